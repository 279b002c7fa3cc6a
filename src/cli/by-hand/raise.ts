import { setTimeout as sleep } from 'node:timers/promises';
import { probe } from '../../control/probe.js';
import type { Driver } from '../../driver/driver.js';
import type { Replica, ReplicaState } from '../../scale/replica.js';
import type { ServedPage } from '../../site/page.js';
import type { HandBooks } from './hand-books.js';

/** What became of a page's replica. */
export interface Raised {
  readonly page: string;
  readonly host: string;
  readonly urlPath: string;
  /** Null when it got none. */
  readonly address: string | null;
  /** Milliseconds from its start to its first right answer; null when it served already, or never did. */
  readonly servedAfter: number | null;
  /** Null: it serves. */
  readonly failure: string | null;
}

export interface Ground {
  readonly books: HandBooks;
  readonly driver: Driver;
  readonly port: number;
  /** Ids that the driver lists as running. */
  readonly running: ReadonlySet<string>;
}

const BOOT_TIMEOUT_MS = 10_000;
const PROBE_TIMEOUT_MS = 1_000;
const PROBE_INTERVAL_MS = 10;

/** States from which a replica may come to serve, or does. */
const KEPT: ReadonlySet<ReplicaState> = new Set(['booting', 'probing', 'serving']);

/** Has the page served by a replica: by the one that it has, unless that is gone or stale, or by a new one. */
export async function raise(ground: Ground, page: ServedPage): Promise<Raised> {
  const { books, driver, running } = ground;
  const mine = books
    .alive()
    .filter((replica) => replica.page === page.path && replica.driver === driver.name);
  const isGood = (replica: Replica): boolean =>
    running.has(replica.id) && replica.bundleFile === page.bundleFile && KEPT.has(replica.state);
  const kept = mine.find(isGood);
  for (const replica of mine.filter((other) => other !== kept)) await end(ground, replica);
  if (kept !== undefined && (await serves(ground, page, kept.address)) === null) {
    books.serves(kept.id);
    return raised(page, kept.address, null, null);
  }
  if (kept !== undefined) await end(ground, kept);
  return boot(ground, page);
}

async function boot(ground: Ground, page: ServedPage): Promise<Raised> {
  const { books, driver, port } = ground;
  const replica = books.plan(page, driver.name);
  if (replica === null) return raised(page, null, null, books.noAddress);
  const { id, host, bundleFile, address } = replica;
  const startedAt = performance.now();
  const outcome = await driver.create({
    id,
    owner: books.owner,
    page: page.path,
    host,
    bundleFile,
    address,
    port,
  });
  if (!outcome.ok) {
    await end(ground, replica);
    return raised(page, null, null, outcome.failure.message);
  }
  books.created(id, outcome.ref);
  const failure = await serves(ground, page, address);
  if (failure === null) {
    books.serves(id);
    return raised(page, address, Math.round(performance.now() - startedAt), null);
  }
  const words = await driver.lastWords(replica);
  await end(ground, replica);
  return raised(page, null, null, words === '' ? failure : `${failure}; it said: ${words}`);
}

/** Ends a replica that is in the books. */
export async function end(
  { books, driver }: Pick<Ground, 'books' | 'driver'>,
  replica: Pick<Replica, 'id' | 'ref'>,
): Promise<void> {
  books.ends(replica.id);
  await driver.destroy(replica);
  books.gone(replica.id);
}

/** Null once the replica answers with the page, or why it does not. */
async function serves({ port }: Ground, page: ServedPage, address: string): Promise<string | null> {
  const { host, urlPath, bundle } = page;
  const target = { address, port, host, urlPath, bundle, bodySha256: 'match' } as const;
  const deadline = performance.now() + BOOT_TIMEOUT_MS;
  for (;;) {
    const outcome = await probe(target, true, PROBE_TIMEOUT_MS);
    if (outcome.kind === 'ok') return null;
    if (performance.now() > deadline)
      return `${outcome.detail}, ${BOOT_TIMEOUT_MS / 1_000} s after its start`;
    await sleep(PROBE_INTERVAL_MS);
  }
}

function raised(
  { path, host, urlPath }: ServedPage,
  address: string | null,
  servedAfter: number | null,
  failure: string | null,
): Raised {
  return { page: path, host, urlPath, address, servedAfter, failure };
}
