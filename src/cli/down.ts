import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { systemClock } from '../clock.js';
import type { Driver } from '../driver/driver.js';
import { parseAddressPool } from '../scale/address-pool.js';
import type { Replica } from '../scale/replica.js';
import { HandBooks } from './by-hand/hand-books.js';
import { inParallel } from './by-hand/in-parallel.js';
import { end } from './by-hand/raise.js';
import { XEN_HOST_FIELDS } from './config/fields.js';
import { readOptions, withFields } from './config/options.js';
import { orRefuse, Refused } from './daemon/refusal.js';
import { openDrivers } from './drivers.js';
import type { Io } from './io.js';
import { type Refuse, reportProblems } from './options.js';
import { QEMU_DEFAULTS } from './qemu-settings.js';
import { formatTable } from './table.js';
import { type XenSettings, xenHostSettings } from './xen-settings.js';

export interface DownOptions {
  /** `Page.path`; empty: every page, and whatever else this installation has left on the host. */
  readonly pages: readonly string[];
  readonly stateDir: string;
  readonly xen: XenSettings;
  readonly json: boolean;
}

interface Ended {
  /** Null: it was in no books. */
  readonly page: string | null;
  readonly id: string;
  readonly driver: string;
  readonly address: string;
}

const SHARED = ['state', ...XEN_HOST_FIELDS] as const;
const CONCURRENCY = 8;
/** Nothing is leased here; the pool has to be one all the same. */
const NO_POOL = ['127.0.0.1/32'];

/** `hotzone down` with its options. */
export function downCommand(run: (options: DownOptions) => Promise<void>, refuse: Refuse): Command {
  const command = new Command('down')
    .summary('end replicas by hand, without a daemon')
    .description('Ends the replicas of the pages, at once: what "hotzone up" or a daemon has left.')
    .addArgument(new Argument('[pages...]', 'paths, such as /index.html; every page unless given'))
    .option('--json', 'a report for scripts', false);
  return withFields(command, SHARED).action(async (pages, { json }) => {
    const told = readOptions(command, SHARED);
    if (!told.ok) return refuse(told.problems);
    const { values } = told.value;
    await run({ pages, stateDir: resolve(values.state), xen: xenHostSettings(values), json });
  });
}

/** Ends what is there; resolves to the exit code, 1 when a page that was named has no replica. */
export async function down({ pages, stateDir, xen, json }: DownOptions, io: Io): Promise<number> {
  let books: HandBooks | undefined;
  try {
    const pool = orRefuse(parseAddressPool(NO_POOL, ''));
    if (!existsSync(join(stateDir, 'hotzone.db'))) {
      throw new Refused([{ where: '--state', message: `${stateDir} holds no state of hotzone` }]);
    }
    books = orRefuse(HandBooks.open(stateDir, pool, systemClock));
    const drivers = openDrivers({ stateDir, port: 0, pool, qemu: QEMU_DEFAULTS, xen, onChoice: () => {} });
    const ended = await endAll(books, drivers, pages);
    io.stdout.write(json ? `${JSON.stringify({ ended }, null, 2)}\n` : report(ended));
    const without = pages.filter((page) => !ended.some((replica) => replica.page === page));
    return reportProblems(
      'down',
      without.map((page) => ({ where: page, message: 'no replica of this page is known' })),
      io,
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return reportProblems('down', error.problems, io);
  } finally {
    books?.close();
  }
}

async function endAll(
  books: HandBooks,
  drivers: readonly Driver[],
  pages: readonly string[],
): Promise<readonly Ended[]> {
  const known = books.alive();
  const wanted = known.filter(({ page }) => pages.length === 0 || pages.includes(page));
  const driverOf = ({ driver }: Pick<Replica, 'driver'>): Driver | undefined =>
    drivers.find(({ name }) => name === driver);
  const ended = await inParallel(wanted, CONCURRENCY, async (replica): Promise<Ended[]> => {
    const driver = driverOf(replica);
    if (driver === undefined) return [];
    await end({ books, driver }, replica);
    return [{ page: replica.page, id: replica.id, driver: replica.driver, address: replica.address }];
  });
  const strays =
    pages.length > 0 ? [] : await Promise.all(drivers.map((driver) => endStrays(books, driver, known)));
  return [...ended.flat(), ...strays.flat()];
}

/** What carries this installation's mark, and stands in no books: nobody else would ever end it. */
async function endStrays(
  { owner }: HandBooks,
  driver: Driver,
  known: readonly Replica[],
): Promise<readonly Ended[]> {
  const strays = (await driver.list(owner)).filter(({ id }) => !known.some((replica) => replica.id === id));
  await inParallel(strays, CONCURRENCY, (stray) => driver.destroy(stray));
  return strays.map(({ id, address }) => ({ page: null, id, driver: driver.name, address }));
}

function report(ended: readonly Ended[]): string {
  if (ended.length === 0) return 'there was nothing to end\n';
  const rows = ended.map(({ page, driver, address }) => [page ?? '(in no books)', address, driver]);
  return formatTable([{ title: 'PAGE' }, { title: 'ADDRESS' }, { title: 'WAS' }], rows);
}
