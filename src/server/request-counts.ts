import type { RequestCount } from '../load/batch.js';

/** Requests per page host since they were last taken. Only hosts of pages are ever counted, so it stays small. */
export class RequestCounts {
  #from: number;
  #requests = new Map<string, number>();

  constructor(now: number) {
    this.#from = now;
  }

  count(host: string): void {
    this.#requests.set(host, (this.#requests.get(host) ?? 0) + 1);
  }

  take(now: number): readonly RequestCount[] {
    const from = this.#from;
    const taken = this.#requests;
    this.#from = now;
    this.#requests = new Map();
    return Array.from(taken, ([host, requests]) => ({ host, server: 'origin', from, to: now, requests }));
  }
}
