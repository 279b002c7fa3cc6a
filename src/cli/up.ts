import { join, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { systemClock } from '../clock.js';
import { openSiteFolder } from '../content/site-folder.js';
import type { Parsed, Problem } from '../problem.js';
import { parseAddressPool } from '../scale/address-pool.js';
import type { NamingScheme, ServedPage } from '../site/page.js';
import { HandBooks } from './by-hand/hand-books.js';
import { inParallel } from './by-hand/in-parallel.js';
import { type Raised, raise } from './by-hand/raise.js';
import { QEMU_FIELDS, XEN_FIELDS } from './config/fields.js';
import { readOptions, withFields } from './config/options.js';
import { orRefuse, Refused } from './daemon/refusal.js';
import { Releasers } from './daemon/releasers.js';
import { DRIVERS, driverOption, openDrivers, type UsableDriver } from './drivers.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { type Refuse, reportProblems } from './options.js';
import { progressLine } from './progress-line.js';
import { type QemuSettings, qemuSettings } from './qemu-settings.js';
import { formatTable } from './table.js';
import { type XenSettings, xenSettings } from './xen-settings.js';

export interface UpOptions {
  /** `Page.path`; empty: every page. */
  readonly pages: readonly string[];
  readonly domain: string;
  readonly site: string;
  readonly naming: NamingScheme;
  readonly driver: UsableDriver;
  readonly httpPort: number;
  readonly pool: readonly string[];
  readonly stateDir: string;
  readonly qemu: QemuSettings;
  readonly xen: XenSettings;
  readonly json: boolean;
}

const SHARED = [
  'domain',
  'site',
  'naming',
  'httpPort',
  'pool',
  'state',
  ...QEMU_FIELDS,
  ...XEN_FIELDS,
] as const;
/** Machines get slower, not faster, with more that boot at the same time. */
const CONCURRENCY = 8;

/** `hotzone up` with its options. */
export function upCommand(run: (options: UpOptions) => Promise<void>, refuse: Refuse): Command {
  const command = new Command('up')
    .summary('boot replicas by hand, without a daemon')
    .description(
      'Boots one replica for each page, and waits until it serves. They stay until "hotzone down".',
    )
    .addArgument(new Argument('[pages...]', 'paths, such as /index.html; every page unless given'))
    .addOption(driverOption(DRIVERS))
    .option('--json', 'a report for scripts', false);
  return withFields(command, SHARED).action(async (pages, { driver, json }) => {
    const told = readOptions(command, SHARED, ['domain', 'site']);
    if (!told.ok) return refuse(told.problems);
    const { values } = told.value;
    await run({
      ...values,
      domain: String(values.domain),
      site: String(values.site),
      pages,
      driver,
      json,
      stateDir: resolve(values.state),
      qemu: qemuSettings(values),
      xen: xenSettings(values),
    });
  });
}

/** Boots what is not there; resolves to the exit code, 1 unless every page is served. */
export async function up(options: UpOptions, io: Io): Promise<number> {
  const releasers = new Releasers();
  try {
    const startedAt = performance.now();
    const replicas = await raiseAll(options, io, releasers);
    const ms = Math.round(performance.now() - startedAt);
    const ok = replicas.every(({ failure }) => failure === null);
    const report = { ok, driver: options.driver, port: options.httpPort, ms, replicas };
    if (options.json) io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else write(replicas, ms, io);
    return ok ? EXIT.fine : EXIT.problems;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return reportProblems('up', error.problems, io);
  } finally {
    await releasers.release();
  }
}

async function raiseAll(options: UpOptions, io: Io, releasers: Releasers): Promise<readonly Raised[]> {
  const { domain, naming, stateDir, httpPort: port } = options;
  const pool = orRefuse(parseAddressPool(options.pool, '--pool'));
  const books = orRefuse(HandBooks.open(stateDir, pool, systemClock));
  releasers.add(() => books.close());
  const site = orRefuse(
    await openSiteFolder({
      dir: options.site,
      domain,
      naming,
      scheme: 'http',
      port,
      bundleDir: join(stateDir, 'bundles'),
      onProgress: progressLine(io.stderr, 'pages built'),
    }),
  );
  releasers.add(() => site.close());
  const pages = orRefuse(choose(options.pages, site.pages()));
  const onChoice = (choice: string): void => void io.stderr.write(`${choice}\n`);
  const drivers = openDrivers({ stateDir, port, pool, qemu: options.qemu, xen: options.xen, onChoice });
  const driver = drivers.find(({ name }) => name === options.driver);
  if (driver === undefined) throw new Error(`there is no driver ${options.driver}`);
  const failure = await driver.check();
  if (failure !== null) {
    const hint = '"hotzone doctor" says what this host lacks';
    throw new Refused([{ where: `--driver ${driver.name}`, message: failure.message, hint }]);
  }
  const listed = await driver.list(books.owner);
  const running = new Set(listed.filter((replica) => replica.running).map(({ id }) => id));
  return inParallel(pages, CONCURRENCY, (page) => raise({ books, driver, port, running }, page));
}

function choose(
  wanted: readonly string[],
  pages: ReadonlyMap<string, ServedPage>,
): Parsed<readonly ServedPage[]> {
  if (wanted.length === 0) return { ok: true, value: [...pages.values()] };
  const problems: Problem[] = wanted
    .filter((path) => !pages.has(path))
    .map((path) => ({
      where: path,
      message: 'the site has no such page',
      hint: 'name it by its path in the site with a leading slash, such as /index.html',
    }));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: [...new Set(wanted)].flatMap((path) => pages.get(path) ?? []) };
}

function write(replicas: readonly Raised[], ms: number, io: Io): void {
  const up = replicas.filter(({ failure }) => failure === null);
  const rows = up.map(({ page, host, address, servedAfter }) => [
    page,
    address ?? '',
    servedAfter === null ? 'already' : `${servedAfter} ms`,
    host,
  ]);
  const columns = [{ title: 'PAGE' }, { title: 'ADDRESS' }, { title: 'SERVED AFTER' }, { title: 'HOST' }];
  if (up.length > 0) io.stdout.write(formatTable(columns, rows));
  io.stdout.write(
    `${up.length} of ${replicas.length} pages have a server of their own, after ${ms} ms in all\n`,
  );
  for (const { page, failure } of replicas)
    if (failure !== null) io.stderr.write(`hotzone up: ${page}: ${failure}\n`);
}
