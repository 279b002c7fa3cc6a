import type { RequestCount } from './batch.js';
import { Coverage } from './coverage.js';
import type { LoadSettings, Rate } from './load.js';
import { rateOf, Windows } from './windows.js';

export const ORIGIN = 'origin';

/** Which servers told their counts, and for which times; a server that told nothing is not a server without requests. */
export class Reports {
  readonly #servers = new Map<string, Coverage>();

  /** False, and nothing happens, for a time that runs backwards. */
  add(server: string, from: number, to: number): boolean {
    let coverage = this.#servers.get(server);
    if (coverage === undefined) {
      coverage = new Coverage();
      this.#servers.set(server, coverage);
    }
    return coverage.add(from, to);
  }

  of(server: string): Coverage | undefined {
    return this.#servers.get(server);
  }

  /** Told something within the last `stalenessMs`. */
  fresh(server: string, now: number, stalenessMs: number): boolean {
    const coverage = this.#servers.get(server);
    return coverage !== undefined && now - coverage.end <= stalenessMs && coverage.start <= now;
  }

  /** Forgets replicas that have been silent for so long; the origin stays. */
  prune(now: number, silentMs: number): void {
    for (const [server, coverage] of this.#servers)
      if (server !== ORIGIN && now - coverage.end > silentMs) this.#servers.delete(server);
  }
}

/** Requests for one page, over all servers. */
export class RequestLoad {
  readonly #requests: Windows;
  #lastRequest = Number.NEGATIVE_INFINITY;

  constructor(settings: LoadSettings) {
    this.#requests = new Windows(settings);
  }

  add(count: RequestCount): void {
    this.#requests.add(count.requests, count.from, count.to);
    this.#lastRequest = Math.max(this.#lastRequest, count.to);
  }

  apply(settings: LoadSettings): void {
    this.#requests.resize(settings);
  }

  /** The rate over the time that was watched: for which the origin told its counts, if it ever does. */
  rate(watched: Coverage, now: number, lowerBound: boolean): Rate {
    return {
      stable: rateOf(this.#requests.stable, watched, now),
      panic: rateOf(this.#requests.panic, watched, now),
      lowerBound,
    };
  }

  idle(now: number): boolean {
    return now - this.#lastRequest > this.#requests.stable.windowMs;
  }
}
