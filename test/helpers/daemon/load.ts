import { setTimeout } from 'node:timers/promises';
import { Resolver } from '../../../src/cli/demo/resolver.js';
import { Tally } from '../../../src/cli/demo/tally.js';
import { systemClock } from '../../../src/clock.js';
import { seededRandom } from '../random.js';
import type { Hotzone } from './hotzone.js';
import { addressesOf } from './name-client.js';

const TURN_MS = 50;

/** Something that goes on until it is ended; `end` rejects with what went wrong meanwhile. */
export interface Ongoing {
  end(): Promise<void>;
}

/** Calls `turn` again and again, and no longer than the daemon lives. */
export function goOn(daemon: Hotzone, turn: () => Promise<unknown>, everyMs = TURN_MS): Ongoing {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted && !daemon.hasEnded) {
      await turn();
      await setTimeout(everyMs);
    }
  };
  const running = run();
  // Reported by `end`.
  running.catch(() => undefined);
  return {
    end: () => {
      stop.abort();
      return running;
    },
  };
}

/** Visitors that take the page from the origin, `perSecond` of them. */
export function visitOrigin(daemon: Hotzone, host: string, perSecond: number): Ongoing {
  const perTurn = Math.max(1, Math.round((perSecond * TURN_MS) / 1_000));
  return goOn(daemon, async () => {
    const answers = await Promise.all(Array.from({ length: perTurn }, () => daemon.fetch(host)));
    const failed = answers.find(({ status }) => status !== 200);
    if (failed !== undefined) throw new Error(`a visitor got status ${failed.status}`);
  });
}

/** Resolvers with many users: each asks again as soon as its answer's TTL has run out, and keeps to it until then. */
export async function askByResolvers(daemon: Hotzone, host: string, count: number): Promise<Ongoing> {
  const tally = new Tally();
  const random = seededRandom(1);
  const resolvers = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      Resolver.open({
        source: `127.99.${n >> 8}.${1 + (n & 0xff)}`,
        server: daemon.dns,
        clock: systemClock,
        random,
        tally,
        timeoutMs: 2_000,
      }),
    ),
  );
  const asking = goOn(daemon, async () => {
    const lookups = await Promise.all(resolvers.map((resolver) => resolver.lookup(host)));
    const failed = lookups.find(({ ok }) => !ok);
    if (failed?.ok === false) throw new Error(failed.reason);
  });
  return {
    end: async () => {
      await asking.end().finally(() => {
        for (const resolver of resolvers) resolver.close();
      });
    },
  };
}

/** When an address was in answers, as a client saw it. */
export interface Sighting {
  readonly firstAt: number;
  readonly lastAt: number;
  /** Milliseconds: the largest TTL that it was seen with. */
  readonly ttlMs: number;
}

/** Asks for a page's addresses all the time, fetches the page from each new one, and remembers when it saw which. */
export class AnswerWatch {
  /** By address; wall-clock milliseconds, to be compared with the log. */
  readonly sightings = new Map<string, Sighting>();
  readonly #ongoing: Ongoing;

  constructor(daemon: Hotzone, host: string, body: string) {
    this.#ongoing = goOn(
      daemon,
      async () => {
        const askedAt = Date.now();
        const { addresses, ttl } = addressesOf(await daemon.query(host));
        if (addresses.length === 0) throw new Error('an answer without addresses');
        for (const address of addresses) {
          const before = this.sightings.get(address);
          if (before === undefined) await expectPage(daemon, host, address, body);
          this.sightings.set(address, {
            firstAt: before?.firstAt ?? Date.now(),
            lastAt: askedAt,
            ttlMs: Math.max(before?.ttlMs ?? 0, ttl * 1_000),
          });
        }
      },
      15,
    );
  }

  end(): Promise<void> {
    return this.#ongoing.end();
  }
}

async function expectPage(daemon: Hotzone, host: string, address: string, body: string): Promise<void> {
  const answer = await daemon.fetch(host, address);
  if (answer.status !== 200 || answer.body.toString() !== body)
    throw new Error(`${address} is in an answer and gave ${answer.status} ${answer.body.toString()}`);
}
