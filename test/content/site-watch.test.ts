import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openSiteFolder, type SiteFolder } from '../../src/content/site-folder.js';
import { formatProblem } from '../../src/problem.js';
import type { ServedPage, SiteChange } from '../../src/site/page.js';
import { type SiteFiles, temporaryFolder, writeFiles } from '../helpers/site-files.js';

/** Values in the order in which they come, to be waited for. */
class Inbox<T> {
  readonly #arrived: T[] = [];
  readonly #waiting: ((value: T) => void)[] = [];

  put(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#arrived.push(value);
    else waiting(value);
  }

  next(): Promise<T> {
    const arrived = this.#arrived.shift();
    return arrived === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(arrived);
  }

  get isEmpty(): boolean {
    return this.#arrived.length === 0;
  }
}

interface Watched {
  readonly dir: string;
  readonly site: SiteFolder;
  readonly changes: Inbox<SiteChange>;
  readonly problems: Inbox<readonly string[]>;
}

async function watched(files: SiteFiles): Promise<Watched> {
  const folder = temporaryFolder();
  const dir = writeFiles(join(folder, 'site'), files);
  const opened = await openSiteFolder({
    dir,
    domain: 'd.test',
    naming: 'post',
    scheme: 'http',
    port: 80,
    bundleDir: join(folder, 'bundles'),
  });
  assert.ok(opened.ok, JSON.stringify(opened));
  const site = opened.value;
  after(() => site.close());
  const changes = new Inbox<SiteChange>();
  const problems = new Inbox<readonly string[]>();
  site.watch({
    onChange: (change) => changes.put(change),
    onProblems: (list) => problems.put(list.map(formatProblem)),
  });
  return { dir, site, changes, problems };
}

function pathsOf(change: SiteChange): Record<string, readonly string[]> {
  const paths = (pages: readonly { readonly path: string }[]): string[] => pages.map((page) => page.path);
  return {
    added: paths(change.added),
    changed: paths(change.changed),
    removed: paths(change.removed),
  };
}

function textOf(page: ServedPage | undefined): string {
  return Buffer.from(page?.bundle.representations[0]?.body ?? []).toString();
}

test('a file that is added, changed and removed is a page that is added, changed and removed', async () => {
  const { dir, site, changes } = await watched({ '/index.html': 'one' });
  const before = site.pages();

  mkdirSync(join(dir, 'new/folder'), { recursive: true });
  writeFileSync(join(dir, 'new/folder/page.html'), 'two');
  assert.deepEqual(pathsOf(await changes.next()), {
    added: ['/new/folder/page.html'],
    changed: [],
    removed: [],
  });
  assert.equal(textOf(site.pages().get('/new/folder/page.html')), 'two');
  assert.equal(before.size, 1, 'the map handed out before stays as it was');

  writeFileSync(join(dir, 'new/folder/page.html'), 'TWO');
  const change = await changes.next();
  assert.deepEqual(pathsOf(change), { added: [], changed: ['/new/folder/page.html'], removed: [] });
  assert.equal(textOf(change.changed[0]), 'TWO');

  rmSync(join(dir, 'new'), { recursive: true });
  assert.deepEqual((await changes.next()).removed, [
    { path: '/new/folder/page.html', host: 'folder.new.page.html.d.test', urlPath: '/page.html' },
  ]);
  assert.deepEqual([...site.pages().keys()], ['/index.html']);
});

test('a file that is renamed over another replaces it', async () => {
  const { dir, site, changes } = await watched({ '/index.html': 'one' });
  writeFileSync(join(dir, '.index.html.new'), 'two');
  renameSync(join(dir, '.index.html.new'), join(dir, 'index.html'));
  assert.deepEqual(pathsOf(await changes.next()).changed, ['/index.html']);
  assert.equal(textOf(site.pages().get('/index.html')), 'two');
});

test('only pages whose links lead elsewhere now are built again', async () => {
  const { dir, site, changes } = await watched({
    '/index.html': '<a href="/later.html">later</a>',
    '/other.html': '<a href="/index.html">home</a>',
  });
  const other = site.pages().get('/other.html');
  assert.equal(site.deadLinks().length, 1);
  writeFileSync(join(dir, 'later.html'), 'here');
  assert.deepEqual(pathsOf(await changes.next()), {
    added: ['/later.html'],
    changed: ['/index.html'],
    removed: [],
  });
  assert.match(textOf(site.pages().get('/index.html')), /http:\/\/later\.html\.d\.test\/later\.html/);
  assert.deepEqual(site.deadLinks(), []);
  assert.equal(site.pages().get('/other.html'), other, 'taken over as it was');

  rmSync(join(dir, 'later.html'));
  assert.deepEqual(pathsOf(await changes.next()), {
    added: [],
    changed: ['/index.html'],
    removed: ['/later.html'],
  });
});

test('a file that is still being written is served only when it is whole', async () => {
  const { dir, site, changes } = await watched({ '/index.html': 'one' });
  const file = join(dir, 'slow.txt');
  const end = performance.now() + 1_000;
  let whole = '';
  // Between any two looks at the folder at least one turn of the event loop passes, and in each the file grows.
  while (performance.now() < end) {
    whole += 'x';
    appendFileSync(file, 'x');
    await setImmediate();
  }
  assert.ok(changes.isEmpty);
  assert.equal(site.pages().size, 1);
  assert.deepEqual(pathsOf(await changes.next()).added, ['/slow.txt']);
  assert.equal(textOf(site.pages().get('/slow.txt')), whole);
});

test('files that cannot have names keep the last good site, said once, until they are renamed', async () => {
  const { dir, site, changes, problems } = await watched({ '/a-b.css': 'a{}' });
  writeFileSync(join(dir, 'a_b.css'), 'b{}');
  const [problem = '', ...others] = await problems.next();
  assert.match(problem, /\/a-b\.css: has the same host name "a-b\.css\.d\.test" as \/a_b\.css/);
  assert.deepEqual(others, []);
  assert.deepEqual([...site.pages().keys()], ['/a-b.css']);
  renameSync(join(dir, 'a_b.css'), join(dir, 'c.css'));
  assert.deepEqual(await problems.next(), [], 'all is well again, and nothing was said in between');
  assert.deepEqual(pathsOf(await changes.next()).added, ['/c.css']);
});

test('a folder that vanishes keeps the last good site until it is back', async () => {
  const { dir, site, changes, problems } = await watched({ '/index.html': 'one' });
  renameSync(dir, `${dir}-away`);
  assert.deepEqual(await problems.next(), [`${dir}: does not exist; check the path`]);
  assert.equal(site.pages().size, 1);
  renameSync(`${dir}-away`, dir);
  assert.deepEqual(await problems.next(), []);
  writeFileSync(join(dir, 'index.html'), 'two');
  assert.deepEqual(pathsOf(await changes.next()).changed, ['/index.html']);
});

test('a folder that was emptied keeps the last good site', async () => {
  const { dir, site, problems } = await watched({ '/index.html': 'one' });
  for (const name of readdirSync(dir)) rmSync(join(dir, name));
  assert.match((await problems.next()).join(), /holds no file/);
  assert.equal(site.pages().size, 1);
});

test('a bundle folder that is gone is a problem until it is back', async () => {
  const { dir, site, changes, problems } = await watched({ '/index.html': 'one' });
  const bundles = join(dir, '../bundles');
  rmSync(bundles, { recursive: true });
  writeFileSync(join(dir, 'index.html'), 'two');
  assert.match((await problems.next()).join(), /bundles: does not exist/);
  assert.equal(textOf(site.pages().get('/index.html')), 'one');
  mkdirSync(bundles);
  assert.deepEqual(await problems.next(), []);
  assert.deepEqual(pathsOf(await changes.next()).changed, ['/index.html']);
});

test('a watch that is closed says nothing any more', async () => {
  const { dir, site, changes } = await watched({ '/index.html': 'one' });
  await site.close();
  writeFileSync(join(dir, 'index.html'), 'two');
  assert.equal(textOf(site.pages().get('/index.html')), 'one');
  assert.ok(changes.isEmpty);
});
