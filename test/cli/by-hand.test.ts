import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { down } from '../../src/cli/down.js';
import { openDrivers } from '../../src/cli/drivers.js';
import { QEMU_DEFAULTS } from '../../src/cli/qemu-settings.js';
import { type UpOptions, up } from '../../src/cli/up.js';
import { XEN_DEFAULTS } from '../../src/cli/xen-settings.js';
import { systemClock } from '../../src/clock.js';
import { parseAddressPool } from '../../src/scale/address-pool.js';
import { openStore } from '../../src/store/store.js';
import { captureIo } from '../helpers/captured-io.js';
import { ask } from '../helpers/http.js';
import { parsed } from '../helpers/policy.js';
import { freePort } from '../helpers/process-driver.js';

const PAGES = ['/a.html', '/b.html', '/c.css'] as const;

async function optionsOf(t: TestContext): Promise<UpOptions> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-hand-'));
  const site = join(folder, 'site');
  const stateDir = join(folder, 'state');
  await mkdir(site);
  for (const path of PAGES) await writeFile(join(site, path), `this is ${path}\n`);
  t.after(async () => {
    await down({ pages: [], stateDir, xen: XEN_DEFAULTS, json: true }, captureIo());
    await rm(folder, { recursive: true });
  });
  return {
    pages: [],
    domain: 'example.test',
    site,
    naming: 'post',
    driver: 'process',
    httpPort: await freePort(),
    pool: ['127.64.0.0/28'],
    stateDir,
    qemu: QEMU_DEFAULTS,
    xen: XEN_DEFAULTS,
    json: true,
  };
}

interface Row {
  readonly page: string;
  readonly host: string;
  readonly address: string;
  readonly servedAfter: number | null;
  readonly failure: string | null;
}

async function raise(options: UpOptions, code = 0): Promise<readonly Row[]> {
  const io = captureIo();
  assert.equal(await up(options, io), code, io.out() + io.err());
  return JSON.parse(io.out()).replicas;
}

async function end(options: UpOptions, pages: readonly string[] = []) {
  const io = captureIo();
  assert.equal(
    await down({ pages, stateDir: options.stateDir, xen: XEN_DEFAULTS, json: true }, io),
    0,
    io.err(),
  );
  return (JSON.parse(io.out()).ended as { page: string; address: string }[]).map(({ page }) => page).sort();
}

test('every page gets a server of its own, and what is up stays as it is', async (t) => {
  const options = await optionsOf(t);
  const rows = await raise(options);
  assert.deepEqual(rows.map(({ page }) => page).sort(), PAGES);
  for (const { page, host, address, servedAfter } of rows) {
    assert.ok(servedAfter !== null && servedAfter >= 0);
    const answer = await ask({ address, port: options.httpPort, host, target: page });
    assert.deepEqual([answer.status, answer.body.toString()], [200, `this is ${page}\n`]);
  }
  const again = await raise(options);
  assert.deepEqual(
    again,
    rows.map((row) => ({ ...row, servedAfter: null })),
  );
  assert.deepEqual(await end(options), PAGES);
  assert.deepEqual(await end(options), []);
  for (const { address, host } of rows) await assert.rejects(ask({ address, port: options.httpPort, host }));
});

test('pages are named by their paths, and one goes alone', async (t) => {
  const options = await optionsOf(t);
  await raise({ ...options, pages: ['/a.html', '/b.html', '/a.html'] });
  assert.deepEqual(await end(options, ['/a.html']), ['/a.html']);
  const io = captureIo();
  assert.equal(
    await down({ pages: ['/a.html'], stateDir: options.stateDir, xen: XEN_DEFAULTS, json: false }, io),
    1,
  );
  assert.equal(io.err(), 'hotzone down: /a.html: no replica of this page is known\n');
  assert.equal(await up({ ...options, pages: ['a.html', '/b.html'] }, io), 1);
  assert.match(
    io.err(),
    /hotzone up: a\.html: the site has no such page; name it by its path .*leading slash/,
  );
  assert.deepEqual(await end(options), ['/b.html']);
});

test('a page that changed gets a new server, and one whose server died, too', async (t) => {
  const options = await optionsOf(t);
  const before = await raise(options);
  await writeFile(join(options.site, '/a.html'), 'this is new\n');
  const victim = before.find(({ page }) => page === '/b.html') ?? assert.fail();
  const { driver, owner } = drivers(options);
  const replica =
    (await driver.list(owner)).find(({ address }) => address === victim.address) ?? assert.fail();
  process.kill(Number(replica.ref.split(':')[0]), 'SIGKILL');
  while ((await driver.list(owner)).length === PAGES.length) await sleep(10);

  const after = await raise(options);
  assert.deepEqual(
    after.map(({ page, servedAfter }) => [page, servedAfter !== null]),
    [
      ['/a.html', true],
      ['/b.html', true],
      ['/c.css', false],
    ],
  );
  const { address, host } = after.find(({ page }) => page === '/a.html') ?? assert.fail();
  const answer = await ask({ address, port: options.httpPort, host, target: '/a.html' });
  assert.equal(answer.body.toString(), 'this is new\n');
  assert.equal((await driver.list(owner)).length, PAGES.length);
});

test('a state that a daemon holds is refused, with what to do', async (t) => {
  const options = await optionsOf(t);
  const store = parsed(openStore(join(options.stateDir, 'hotzone.db'), systemClock));
  t.after(() => store.close());
  const io = captureIo();
  assert.equal(await up(options, io), 1);
  assert.match(io.err(), /^hotzone up: .*hotzone\.db: is in use by another process; .*give it a policy/);
  const second = captureIo();
  assert.equal(
    await down({ pages: [], stateDir: options.stateDir, xen: XEN_DEFAULTS, json: false }, second),
    1,
  );
  assert.match(second.err(), /^hotzone down: .*is in use by another process/);
  store.close();
});

test('too few addresses leave the pages that have one, and say what is missing', async (t) => {
  const options = { ...(await optionsOf(t)), pool: ['127.64.1.0/31'] };
  const rows = await raise(options, 1);
  assert.equal(rows.filter(({ failure }) => failure === null).length, 2);
  assert.match(
    rows.find(({ failure }) => failure !== null)?.failure ?? '',
    /127\.64\.1\.0\/31 has no free address/,
  );
});

test('what carries the mark of this installation and stands in no books is ended with the rest', async (t) => {
  const options = await optionsOf(t);
  const [row] = await raise({ ...options, pages: ['/a.html'] });
  const { driver, owner } = drivers(options);
  const store = parsed(openStore(join(options.stateDir, 'hotzone.db'), systemClock));
  const known = store.replicas.all()[0] ?? assert.fail();
  store.close();
  const stray = { ...known, id: randomUUID(), owner, address: '127.64.0.9', port: options.httpPort };
  assert.ok((await driver.create(stray)).ok);
  assert.deepEqual(await end(options), ['/a.html', null]);
  assert.deepEqual(await driver.list(owner), []);
  await assert.rejects(ask({ address: row?.address ?? '', port: options.httpPort }));
});

test('a driver that cannot run here, and a state that is none, are told', async (t) => {
  const options = await optionsOf(t);
  const io = captureIo();
  const qemu = { ...QEMU_DEFAULTS, program: 'qemu-of-nobody' };
  assert.equal(await up({ ...options, driver: 'qemu', qemu }, io), 1);
  assert.match(io.err(), /^hotzone up: --driver qemu: there is no program qemu-of-nobody.*hotzone doctor/);
  assert.equal(
    await down({ pages: [], stateDir: join(options.stateDir, 'none'), xen: XEN_DEFAULTS, json: false }, io),
    1,
  );
  assert.match(io.err(), /hotzone down: --state: .*none holds no state of hotzone$/m);
});

/** The driver of the pages, as a bystander sees it. */
function drivers({ stateDir, httpPort, pool }: UpOptions) {
  const settings = {
    stateDir,
    port: httpPort,
    pool: parsed(parseAddressPool(pool, '')),
    qemu: QEMU_DEFAULTS,
    xen: XEN_DEFAULTS,
  };
  const driver = openDrivers({ ...settings, onChoice: () => {} })[0] ?? assert.fail();
  const store = parsed(openStore(join(stateDir, 'hotzone.db'), systemClock));
  const { owner } = store;
  store.close();
  return { driver, owner };
}
