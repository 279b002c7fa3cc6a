import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayWidth } from '../../src/cli/table.js';
import { frame, plainFrame } from '../../src/cli/top/frame.js';
import { NOTHING_YET, type TopModel, withAll, withEvent } from '../../src/cli/top/model.js';
import { pagesAnswer, replicasAnswer, statusAnswer } from '../../src/cli/views.js';
import { byHeat } from '../../src/server/admin/heat.js';
import { staticSource } from '../helpers/admin-source.js';

const SOURCE = staticSource();
const AT = '2026-01-31T08:00:05.123Z';

function filled(): TopModel {
  const status = statusAnswer.parse({ healthy: true, ...SOURCE.status() });
  const pages = pagesAnswer.parse({ total: 3, pages: byHeat(SOURCE.pages()) });
  return withAll(
    NOTHING_YET,
    status,
    pages,
    replicasAnswer.parse({ replicas: SOURCE.replicas() }),
    1_000_000,
  );
}

test('what is shown fits the terminal, however small it is', () => {
  let model = filled();
  for (let n = 0; n < 50; n += 1) model = withEvent(model, 'surge', { at: AT, page: `/${n}-夜.html` }, 0);
  for (const columns of [20, 40, 80, 200]) {
    for (const rows of [1, 2, 5, 10, 24, 60]) {
      const lines = frame(model, { columns, rows }, 1_000_000);
      assert.ok(lines.length <= rows, `${columns} x ${rows}: ${lines.length} lines`);
      for (const line of lines) assert.ok(displayWidth(line) <= columns, line);
      assert.ok(
        lines.every((line) => !line.includes('\n') && !line.includes('\u001b')),
        'a name speaks to the terminal',
      );
    }
  }
});

test('a terminal that is large enough shows the daemon, its pages, replicas and news', () => {
  const model = withEvent(
    filled(),
    'decided',
    { at: AT, page: '/a.html', from: 1, to: 3, chain: [{ reason: 'Panic' }], actions: ['boot 1', 'boot 2'] },
    0,
  );
  const lines = frame(model, { columns: 160, rows: 40 }, 1_000_000);
  const text = lines.join('\n');
  assert.equal(lines.length, 40);
  assert.match(text, /^example\.org {2}serial/);
  assert.match(text, /^PAGE .*\n\/post\/summoning\.html/m);
  assert.match(text, /^REPLICA .*\n/m);
  assert.match(text, /^127\.0\.1\.4 +serving/m);
  assert.match(text, /^08:00:05 {2}\/a\.html 1 -> 3 Panic: boot 1; boot 2$/m);
  assert.match(lines.at(-1) ?? '', /^q ends it/);
});

test('ticks and steps of replicas change what is shown, and what is not understood changes nothing', () => {
  const before = filled();
  const status = { healthy: false, ...SOURCE.status() };
  const ticked = withEvent(before, 'tick', { at: AT, seconds: 0, status, pages: [] }, 0);
  assert.equal(ticked.pages.length, 0);
  assert.match(frame(ticked, { columns: 80, rows: 24 }, 0).join('\n'), /the control loop stands still/);
  const replica = {
    id: 'new',
    page: '/a.html',
    driver: 'process',
    state: 'booting',
    reason: 'r',
    address: '127.9.9.9',
  };
  const booted = withEvent(before, 'replica', { at: AT, from: null, replica }, 2_000_000);
  assert.match(plainFrame(booted, 2_005_000), /127\.9\.9\.9 +booting +5s/);
  const serving = withEvent(
    booted,
    'replica',
    { at: AT, from: 'booting', replica: { ...replica, state: 'serving' } },
    2_003_000,
  );
  assert.match(plainFrame(serving, 2_005_000), /127\.9\.9\.9 +serving +5s/, 'its age goes on');
  const gone = withEvent(
    serving,
    'replica',
    { at: AT, from: 'stopping', replica: { ...replica, state: 'gone' } },
    0,
  );
  assert.doesNotMatch(plainFrame(gone, 0), /127\.9\.9\.9/);
  for (const [type, data] of [
    ['tick', {}],
    ['replica', null],
    ['decided', { page: 3 }],
    ['surge', 'x'],
    ['ordered', []],
    ['trouble', {}],
    ['something newer', { at: AT }],
  ] as const)
    assert.equal(withEvent(before, type, data, 0), before, type);
});

test('news are remembered to a limit', () => {
  let model = NOTHING_YET;
  for (let n = 0; n < 500; n += 1) model = withEvent(model, 'trouble', { at: AT, what: `trouble ${n}` }, 0);
  assert.equal(model.news.length, 100);
  assert.equal(model.news.at(-1), '08:00:05  trouble 499');
});
