import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DecisionRecord } from '../../src/store/decisions.js';
import type { EventRecord } from '../../src/store/events.js';
import type { Sample } from '../../src/store/samples.js';
import { openStore } from '../../src/store/store.js';
import { parsed } from '../helpers/policy.js';
import { replicaOf } from '../helpers/replicas.js';
import { ManualClock, memoryStore, temporaryFolder } from '../helpers/store.js';

const MINUTES_PER_DAY = 1_440;
const T = 1_790_000_000_000;

function move(at: number, replica: string, to: 'serving' | 'gone', page = '/a.html'): EventRecord {
  const about = { page, replica, address: '127.77.0.1', driver: 'process', reason: 'it “serves”' };
  return { at, kind: 'moved', ...about, from: null, to };
}

function sample(at: number, fields: Partial<Sample> = {}): Sample {
  const rates = { demand: 31.25, queryRate: 0.001, requestRate: null, measured: 31.25 };
  return { at, ...rates, desired: 3, serving: 2, replicas: 4, ...fields };
}

function decision(at: number, fields: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    at,
    page: '/a.html',
    policy: 'p',
    current: 1,
    serving: 1,
    desired: 2,
    measured: null,
    chain: [],
    actions: [],
    dryRun: false,
    isNews: true,
    ...fields,
  };
}

test('events come back as they were, those of the page and those of every page', (t) => {
  const { events } = memoryStore(t);
  const all: readonly EventRecord[] = [
    { at: T, kind: 'started', lastSeen: null },
    move(T + 1, 'r1', 'serving'),
    { at: T + 2, kind: 'surge', page: '/a.html' },
    { at: T + 3, kind: 'ordered', page: null, verb: 'pause', detail: 'every page', by: 'me' },
    { at: T + 4, kind: 'ordered', page: '/a.html', verb: 'pin', detail: 'pinned', by: 'me' },
    { at: T + 5, kind: 'stopped' },
    { at: T + 6, kind: 'started', lastSeen: T + 5 },
  ];
  for (const event of [...all, move(T + 2, 'r9', 'serving', '/b.html')]) events.add(event);
  assert.deepEqual(events.between('/a.html', T, T + 6, 100), all);
  assert.deepEqual(events.between('/a.html', T + 1, T + 3, 100), all.slice(1, 4));
  assert.deepEqual(events.between('/a.html', T, T + 6, 2), all.slice(-2), 'the last ones');
  assert.deepEqual(events.lastOf('started', T + 5), all[0]);
  assert.deepEqual(events.lastOf('stopped', T + 4), null);
  assert.deepEqual(events.firstAfter('started', T), all[6]);
  assert.equal(events.since(), T);
});

test('the last move of each replica until a moment', (t) => {
  const { events } = memoryStore(t);
  for (const event of [move(T, 'r1', 'serving'), move(T + 1, 'r2', 'serving'), move(T + 9, 'r1', 'gone')])
    events.add(event);
  assert.deepEqual(
    events.lastMoves('/a.html', T + 5).map(({ replica, to }) => [replica, to]),
    [
      ['r1', 'serving'],
      ['r2', 'serving'],
    ],
  );
  assert.deepEqual(
    events.lastMoves('/a.html', T + 9).map(({ replica, to }) => [replica, to]),
    [
      ['r2', 'serving'],
      ['r1', 'gone'],
    ],
  );
  assert.deepEqual(events.lastMoves('/a.html', T - 1), []);
});

test('old events are forgotten, and those beyond the limit, but not how a replica that exists came to be', (t) => {
  const store = memoryStore(t);
  store.replicas.save(replicaOf({ id: 'alive' }));
  store.replicas.save(replicaOf({ id: 'ended', state: 'gone' }));
  const events = [move(T, 'alive', 'serving'), move(T, 'ended', 'serving')];
  for (const event of events) store.events.add(event);
  assert.equal(store.events.prune(T + 1, 100), 1);
  assert.deepEqual(store.events.between('/a.html', 0, T, 9), [events[0]]);
  for (let n = 0; n < 10; n += 1) store.events.add({ at: T + n, kind: 'surge', page: '/a.html' });
  assert.equal(store.events.prune(0, 4), 6);
  assert.equal(store.events.between('/a.html', 0, T + 99, 99).length, 5);
});

test('samples come back in thousandths, and what was not measured stays unknown', (t) => {
  const { samples } = memoryStore(t);
  for (const n of [0, 1, 2]) samples.add('/a.html', sample(T + n, { desired: n }));
  samples.add('/b.html', sample(T));
  assert.deepEqual(
    samples.between('/a.html', T, T + 2, 9),
    [0, 1, 2].map((n) => sample(T + n, { desired: n })),
  );
  assert.deepEqual(
    samples.between('/a.html', T, T + 2, 2).map(({ desired }) => desired),
    [1, 2],
  );
  assert.deepEqual(samples.last('/a.html', T + 1), sample(T + 1, { desired: 1 }));
  assert.equal(samples.last('/a.html', T - 1), null);
  assert.equal(samples.prune(T + 1, 9), 2);
});

test('of too many samples the oldest go', (t) => {
  const store = memoryStore(t);
  store.transaction(() => {
    for (let n = 0; n < 1_000; n += 1) store.samples.add(`/${n % 7}.html`, sample(T + n));
  });
  const removed = store.samples.prune(0, 500);
  assert.ok(removed >= 500 && removed <= 620, String(removed));
  assert.equal(store.samples.last('/0.html', T + 300), null);
  assert.notEqual(store.samples.last('/0.html', T + 999), null);
  assert.equal(store.samples.prune(0, 500), 0);
  store.samples.add('/a.html', sample(T));
  for (const same of ['/c.html', '/d.html']) store.samples.add(same, sample(T));
  store.samples.prune(T, 0);
  assert.equal(store.samples.last('/a.html', T), null, 'samples of one and the same moment go together');
});

test('a decision that is no news explains a moment, and is in no feed', (t) => {
  const { decisions } = memoryStore(t);
  const news = decision(T);
  const other = decision(T + 5, {
    isNews: false,
    measured: { stable: 1, panic: 2, complete: false, detail: 'x' },
  });
  for (const record of [news, other]) decisions.add(record);
  assert.deepEqual(decisions.recent({ limit: 9 }), [news]);
  assert.deepEqual(decisions.between('/a.html', 0, T + 9, 9), [news]);
  assert.deepEqual(decisions.last('/a.html', T + 4), news);
  assert.deepEqual(decisions.last('/a.html', T + 5), other);
  assert.equal(decisions.last('/a.html', T - 1), null);
  assert.equal(decisions.since(), T);
  for (let n = 0; n < 10; n += 1) decisions.add(decision(T + 10 + n));
  assert.equal(decisions.prune(0, 3), 9);
  assert.equal(decisions.since(), T + 17);
});

test('a day of fifty pages that are warm all the time, with a change a minute, stays within what a disk has', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const store = parsed(openStore(file, new ManualClock()));
  const measured = {
    stable: 312.4,
    panic: 401.25,
    complete: true,
    detail: '312 visits/s by DNS (last moments 401), 287 requests/s',
  };
  const chain = [
    {
      step: 'metric',
      value: 7,
      reason: 'MetricAboveTarget',
      detail: '312 visits/s by DNS (last moments 401); 312 / 50 per replica',
    },
    { step: 'bounds', value: 6, reason: 'TooManyReplicas', detail: 'maxReplicas is 6' },
  ] as const;
  const pages = Array.from({ length: 50 }, (_, n) => `/blog/2026/an-article-with-a-title-${n}.html`);
  const size = (): number => {
    store.close();
    return statSync(file).size;
  };
  store.transaction(() => {
    for (let minute = 0; minute < MINUTES_PER_DAY; minute += 1) {
      for (const page of pages) {
        const at = T + minute * 60_000;
        store.samples.add(page, sample(at, { demand: 312.437, queryRate: 14.251, requestRate: 287.003 }));
        // Every page changes how its decision came about once in ten minutes.
        if (minute % 10 === 0) store.decisions.add(decision(at, { page, measured, chain, isNews: false }));
        if (minute % 60 === 0)
          store.events.add({
            ...move(at, '0f7d5c1e-1f3c-4b43-9a5e-30e0c2f1a001', 'serving'),
            page,
          } as EventRecord);
      }
    }
  });
  const bytes = size();
  t.diagnostic(`${(bytes / 1e6).toFixed(1)} MB a day`);
  assert.ok(bytes < 16e6, `${bytes} bytes`);
});
