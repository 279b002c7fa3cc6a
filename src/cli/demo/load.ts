import type { VisitedPage } from './client.js';
import type { ServerAddress } from './exchange.js';
import { drawGap, expectedEvents, type Ramp, rateAt, takeEvents } from './poisson.js';
import { Resolver } from './resolver.js';
import { type LoadCounters, Tally } from './tally.js';
import { type VisitorOptions, Visitors } from './visitors.js';

export interface LoadOptions extends VisitorOptions {
  /** The name server. */
  readonly server: ServerAddress;
  /** How many caching resolvers stand between the clients and the name server. */
  readonly resolvers: number;
  readonly pages: readonly VisitedPage[];
  /** How long a resolver waits for an answer, and how often it asks; by default as long as a client, and three times. */
  readonly patience?: { readonly timeoutMs: number; readonly attempts: number };
  /** Ends the load like `stop`. */
  readonly signal?: AbortSignal;
}

export interface Load {
  /** Changes the visits per second of a host, at once or in a straight line. */
  setRate(host: string, visitsPerSecond: number, rampMs?: number): void;
  /** What clients want of a host right now, in visits per second. */
  rateOf(host: string): number;
  counters(): LoadCounters;
  /** Starts no more visits, waits for those under way, and closes everything. */
  stop(): Promise<LoadCounters>;
}

interface Stream {
  readonly page: VisitedPage;
  ramp: Ramp;
  gapLeft: number;
}

const TICK_MS = 10;
const RESOLVERS_PER_NET = 250;

/** The loopback address of the resolver with this number, counted from 0: 127.53.0.1 and up. */
export function resolverAddress(index: number): string {
  return `127.53.${Math.floor(index / RESOLVERS_PER_NET)}.${(index % RESOLVERS_PER_NET) + 1}`;
}

/** Visitors of a site: a Poisson stream per page, spread over caching resolvers of Zipf sizes. Nothing comes until a rate is set. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { clock, random, server } = options;
  const { patience = { timeoutMs: options.timeoutMs } } = options;
  const tally = new Tally();
  const resolvers = await Promise.all(
    Array.from({ length: options.resolvers }, (_, index) =>
      Resolver.open({ source: resolverAddress(index), server, clock, random, tally, ...patience }),
    ),
  );
  const visitors = new Visitors(resolvers, tally, options);
  const streams = new Map<string, Stream>(
    options.pages.map((page) => [
      page.host,
      { page, ramp: { from: 0, to: 0, startsAt: clock.now(), durationMs: 0 }, gapLeft: drawGap(random) },
    ]),
  );

  let ending: Promise<LoadCounters> | undefined;
  let tickedAt = clock.now();
  const tick = (): void => {
    if (ending !== undefined) return;
    const now = clock.now();
    for (const stream of streams.values()) {
      const due = takeEvents(stream.gapLeft, expectedEvents(stream.ramp, tickedAt, now), random);
      stream.gapLeft = due.gapLeft;
      for (let event = 0; event < due.events; event += 1) visitors.begin(stream.page);
    }
    tickedAt = now;
  };
  const timer = setInterval(tick, TICK_MS);

  const end = async (): Promise<LoadCounters> => {
    clearInterval(timer);
    await visitors.finish();
    for (const resolver of resolvers) resolver.close();
    return tally.read();
  };
  const stop = (): Promise<LoadCounters> => {
    ending ??= end();
    return ending;
  };
  if (options.signal?.aborted) void stop();
  options.signal?.addEventListener('abort', () => void stop(), { once: true });

  const streamOf = (host: string): Stream => {
    const stream = streams.get(host);
    if (stream === undefined) throw new Error(`no page of the load has the host name ${host}`);
    return stream;
  };
  return {
    setRate: (host, visitsPerSecond, rampMs = 0) => {
      const stream = streamOf(host);
      // What was due at the old rate comes first.
      tick();
      const startsAt = clock.now();
      stream.ramp = {
        from: rateAt(stream.ramp, startsAt),
        to: visitsPerSecond,
        startsAt,
        durationMs: rampMs,
      };
    },
    rateOf: (host) => rateAt(streamOf(host).ramp, clock.now()),
    counters: () => tally.read(),
    stop,
  };
}
