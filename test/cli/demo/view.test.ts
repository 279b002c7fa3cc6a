import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { commandsToTry } from '../../../src/cli/demo/commands.js';
import { demoFiles } from '../../../src/cli/demo/site.js';
import { HOT_PAGE } from '../../../src/cli/demo/story.js';
import { type DemoView, renderView } from '../../../src/cli/demo/view.js';
import { loadCounters } from '../../helpers/load-counters.js';

const HOST = 'mirageos-xen-virtualbox.19.01.2015.blog.index.html.demo.hotzone.test';
const paths = [...demoFiles().keys()];
const VIEW: DemoView = {
  domain: 'demo.hotzone.test',
  phase: 'hot',
  now: 75_000,
  startedAt: 1_000,
  pages: paths.map((path, index) => ({
    path,
    demand: path === HOT_PAGE ? 137.4 : index === 3 ? null : 1 / (index + 1),
    serving: path === HOT_PAGE ? 3 : 0,
    desired: path === HOT_PAGE ? 4 : 0,
    addresses: path === HOT_PAGE ? ['127.80.0.1', '127.80.0.2', '127.80.0.3', '127.0.0.1'] : ['127.0.0.1'],
  })),
  events: Array.from({ length: 15 }, (_, index) => ({
    at: 1_000 + index * 1_000,
    kind: 'published',
    address: `127.80.0.${index}`,
    reason: '137 requests/s; 137 / 40 per replica: 4 replicas wanted, 3 of them serve, one boots',
  })),
  load: loadCounters(),
  statusUrl: 'http://127.0.0.1:8053/',
  commands: commandsToTry({
    dns: { address: '127.0.0.1', port: 5353 },
    host: HOST,
    urlPath: '/index.html',
    address: '127.80.0.1',
    httpPort: 8080,
  }),
};

test('no line is wider than the terminal, and no more lines than it has', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 250 }),
      fc.integer({ min: 1, max: 90 }),
      fc.boolean(),
      (columns, rows, color) => {
        const lines = renderView(VIEW, { columns, rows }, color).split('\n');
        assert.ok(lines.length <= rows, `${lines.length} lines of ${rows}`);
        // Commands break at spaces only; a single word may be cut, but not be wider.
        for (const line of lines.map(stripVTControlCharacters))
          assert.ok(line.length <= columns, `${line.length} of ${columns}: ${line}`);
      },
    ),
  );
});

test('the hottest page comes first, with its demand, replicas and addresses', () => {
  const text = renderView(VIEW, { columns: 160, rows: 50 });
  const lines = text.split('\n');
  const header = lines.findIndex((line) => line.startsWith('PAGE'));
  assert.match(
    lines[header + 1] ?? '',
    /mirageos-xen-virtualbox\/index\.html +137\.4 █{10} 3 of 4 +127\.80\.0\.1 .*127\.0\.0\.1$/,
  );
  assert.ok(text.includes('01:14'));
});

test('what was not measured is not shown as zero', () => {
  const page = { path: '/a', demand: null, serving: 0, desired: 0, addresses: [] };
  assert.match(renderView({ ...VIEW, pages: [page] }, { columns: 80, rows: 40 }), /\/a +\? /);
});

test('the newest events are shown with their reasons, and all pages where there is room', () => {
  const text = renderView(VIEW, { columns: 200, rows: 90 });
  assert.ok(text.includes('14.000 s  address published'));
  assert.ok(text.includes('3 of them serve, one boots'));
  for (const path of paths) assert.ok(text.includes(path), path);
});

test('the commands can be pasted from a terminal of 80 columns', () => {
  const text = renderView(VIEW, { columns: 80, rows: 40 });
  const pasted = text
    .slice(text.indexOf('$ dig'))
    .replaceAll(/ \\\n +/g, ' ')
    .replaceAll(/^\$ /gm, '');
  assert.deepEqual(pasted.split('\n'), VIEW.commands);
});

test('a small terminal shows the pages rather than the commands', () => {
  const text = renderView(VIEW, { columns: 80, rows: 10 });
  assert.ok(text.includes('137.4'));
  assert.ok(text.includes('0 lost'));
  assert.ok(!text.includes('$ dig'));
});

test('colours are only used where they are wanted', () => {
  assert.ok(!renderView(VIEW, { columns: 80, rows: 24 }).includes('\x1b'));
  const colored = renderView(VIEW, { columns: 80, rows: 24 }, true);
  assert.ok(colored.includes('\x1b[31m'));
  assert.equal(stripVTControlCharacters(colored), renderView(VIEW, { columns: 80, rows: 24 }));
});

test('what a replica said cannot control the terminal', () => {
  const events = [{ at: 2_000, kind: 'replicaFailed', replica: 'a', reason: 'bad\x1b[2J\r\nword' } as const];
  const text = renderView({ ...VIEW, events }, { columns: 120, rows: 40 });
  assert.ok(text.includes('bad?[2J??word'));
});
