import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { PastView } from '../../src/server/admin/source.js';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { visitOrigin } from '../helpers/daemon/load.js';
import { html, Scene } from '../helpers/daemon/scene.js';

const PAGE = '/hot.html';
const HOST = `hot-html.${DOMAIN}`;

test('any moment of a surge explains itself afterwards, also to the next daemon', async (t) => {
  const scene = await Scene.set(t, { 'index.html': html('index'), 'hot.html': html('hot') });
  const before = new Date().toISOString();
  await setTimeout(50);
  const first = await scene.start();
  const load = visitOrigin(first, HOST, 60);
  await first.until('replicas serve', async () => (await first.page(PAGE)).serving > 0);
  await setTimeout(1_500);
  const during = new Date().toISOString();
  const booted = (await first.replicas()).map(({ id }) => id);
  await load.end();
  await first.until('all are gone', async () => (await first.replicas()).length === 0);
  const after = new Date().toISOString();
  first.signal('SIGKILL');
  await first.exit();
  await setTimeout(100);
  const between = new Date().toISOString();
  await setTimeout(100);

  const second = await scene.start();
  const explain = async (at: string): Promise<PastView> =>
    second.api(`explain?page=${encodeURIComponent(PAGE)}&at=${encodeURIComponent(at)}`);
  const hot = await explain(during);
  assert.ok(hot.replicas.length > 0);
  for (const { id, state } of hot.replicas) {
    assert.ok(booted.includes(id));
    assert.equal(state, 'serving');
  }
  assert.ok((hot.decision?.desired ?? 0) > 0);
  assert.ok((hot.decision?.measured?.stable ?? 0) > 4);
  assert.notEqual(hot.decision?.chain.length, 0);
  const text = hot.lines.join('\n');
  const [id] = hot.replicas[0]?.id.split('-') ?? [];
  for (const expected of [
    /the page gets hot/,
    new RegExp(`0 -> \\d by \\w+: boot .*${id}`),
    new RegExp(`replica ${id} on \\S+ planned by process`),
    new RegExp(`replica ${id} on \\S+ booting -> .*`),
    /in the two minutes after:\n(?:.*\n)*.*drain /,
  ])
    assert.match(text, expected);
  const over = (await explain(after)).lines.join('\n');
  assert.match(over, /it had no replicas/);
  assert.match(over, /serving -> draining: (?:.*\n)*.*draining -> stopping: (?:.*\n)*.*stopping -> gone/);
  assert.match(
    (await explain(between)).lines.join('\n'),
    /no daemon is known to have run|a daemon began; the one before/,
  );

  const shown = await second.command('explain', PAGE, '--at', during);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /^\/hot\.html at .* ago$/m);
  const ago = await second.command('explain', PAGE, '--at', '-1s');
  assert.equal(ago.code, 0, ago.stderr);
  const early = await second.command('explain', PAGE, '--at', before);
  assert.equal(early.code, 1);
  assert.match(early.stderr, /nothing is known; the history begins at 20/);
  const wrong = await second.command('explain', PAGE, '--at', 'yesterday');
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /parameter at: expected a time such as 2026-01-31T08:00:00Z, .*-10m/);
  assert.match(await second.explain(PAGE), /what happened lately:\n(?:.*\n)*.*stopping -> gone/);
});
