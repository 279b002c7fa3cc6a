import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { NO_HISTORY, type PageHistory } from '../../src/scale/history.js';
import type { Replica } from '../../src/scale/replica.js';
import { openDatabase } from '../../src/store/database.js';
import type { DecisionRecord } from '../../src/store/decisions.js';
import { openStore, storeIn } from '../../src/store/store.js';
import { parsed, problemsOf } from '../helpers/policy.js';
import { replicaOf } from '../helpers/replicas.js';
import { ManualClock, memoryStore, temporaryFolder } from '../helpers/store.js';

const HISTORY: PageHistory = {
  recommendations: [{ at: 1.5, desired: 2 }],
  changes: [{ at: 2.25, by: -1 }],
  panicUntil: 3,
  failures: { xl: { count: 4, at: 5 } },
  blindSince: 6,
  inactiveSince: 6,
};

const DECISION: DecisionRecord = {
  at: 1_700_000_000_123,
  page: '/a.html',
  policy: 'p',
  current: 0,
  serving: 0,
  desired: 2,
  measured: { stable: 20, panic: 30, complete: true, detail: '“20”' },
  chain: [{ step: 'metric', value: 2, reason: 'MetricAboveTarget', detail: '“20” > 10' }],
  actions: ['boot one', 'boot another'],
  dryRun: false,
  isNews: true,
};

test('a replica comes back with every field as it was, whatever is null in it', (t) => {
  const store = memoryStore(t);
  const fresh = replicaOf({ createdAt: 1.25, ref: '', withdrawnAt: null, reason: 'ünïcode "quoted"' });
  const old = replicaOf({
    createdAt: 2.5,
    stateSince: 3.75,
    probeStreak: -2,
    answerTtl: 30_000,
    withdrawnAt: 0,
    busyAt: 4.125,
    state: 'draining',
  });
  store.replicas.save(old);
  store.replicas.save(fresh);
  assert.deepEqual(store.replicas.all(), [fresh, old], 'oldest first');
});

test('saving a replica again replaces it, and what is gone is not given back', (t) => {
  const store = memoryStore(t);
  const replica = replicaOf({ withdrawnAt: 7 });
  store.replicas.save(replica);
  const later: Replica = { ...replica, state: 'stopping', withdrawnAt: null };
  store.replicas.save(later);
  assert.deepEqual(store.replicas.all(), [later]);
  store.replicas.save({ ...later, state: 'gone' });
  assert.deepEqual(store.replicas.all(), []);
  assert.equal(store.replicas.deleteGone(), 1);
  assert.equal(store.replicas.deleteGone(), 0);
});

test('a lease comes back held or released, and only old releases are forgotten', (t) => {
  const store = memoryStore(t);
  const held = { address: '127.77.0.1', replica: 'r1', page: '/a.html', releasedAt: null };
  const released = { address: '127.77.0.2', replica: 'r2', page: '/b.html', releasedAt: 99.5 };
  for (const lease of [held, released]) store.leases.save(lease);
  assert.deepEqual(store.leases.all(), [held, released]);
  assert.equal(store.leases.deleteReleased(99.5), 0);
  assert.equal(store.leases.deleteReleased(100), 1);
  assert.deepEqual(store.leases.all(), [held]);
  store.leases.save({ ...held, replica: 'r3' });
  assert.deepEqual(store.leases.all(), [{ ...held, replica: 'r3' }]);
});

test('a history comes back as it was, and an empty one takes no row', (t) => {
  const store = memoryStore(t);
  store.histories.save('/a.html', HISTORY);
  store.histories.save('/b.html', { ...HISTORY, failures: {} });
  assert.deepEqual(store.histories.all().get('/a.html'), HISTORY);
  store.histories.save('/b.html', NO_HISTORY);
  assert.deepEqual([...store.histories.all().keys()], ['/a.html']);
});

test('a history of an older hotzone is read as far as it goes', (t) => {
  const database = parsed(openDatabase(':memory:'));
  const store = storeIn(database, new ManualClock());
  t.after(() => store.close());
  const old = {
    recommendations: [{ at: 1, desired: 2 }],
    changes: [],
    panicUntil: 3,
    failures: 2,
    failedAt: 9,
  };
  database.prepare('INSERT INTO histories VALUES (?, ?)').run('/a.html', JSON.stringify(old));
  const { recommendations, panicUntil, failures, blindSince } =
    store.histories.all().get('/a.html') ?? NO_HISTORY;
  assert.deepEqual(
    { recommendations, panicUntil, failures, blindSince },
    {
      recommendations: [{ at: 1, desired: 2 }],
      panicUntil: 3,
      failures: {},
      blindSince: 0,
    },
  );
});

test('decisions come back newest first, of all pages or of one, and no more than asked for', (t) => {
  const { decisions } = memoryStore(t);
  const second = { ...DECISION, page: '/b.html', dryRun: true, measured: null, chain: [], actions: [] };
  const third = { ...DECISION, at: DECISION.at + 5, desired: 0 };
  for (const record of [DECISION, second, third]) decisions.add(record);
  assert.deepEqual(decisions.recent({ limit: 10 }), [third, second, DECISION]);
  assert.deepEqual(decisions.recent({ limit: 2 }), [third, second]);
  assert.deepEqual(decisions.recent({ page: '/a.html', limit: 1 }), [third]);
  assert.deepEqual(decisions.recent({ page: '/none.html', limit: 1 }), []);
  assert.equal(decisions.prune(third.at, 10), 2);
  assert.deepEqual(decisions.recent({ limit: 10 }), [third]);
});

test('owner and serial outlive the process', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const clock = new ManualClock();
  const first = parsed(openStore(file, clock));
  assert.match(first.owner, /^[0-9a-f-]{36}$/);
  assert.equal(first.serial, 0);
  first.saveSerial(4_294_967_295);
  first.close();
  const second = parsed(openStore(file, clock));
  assert.equal(second.owner, first.owner);
  assert.equal(second.serial, 4_294_967_295);
  second.close();
  assert.notEqual(memoryStore(t).owner, first.owner);
});

test('what a failing transaction wrote is not there, and the next one works', (t) => {
  const store = memoryStore(t);
  const failing = (): void => {
    store.replicas.save(replicaOf());
    store.leases.save({ address: '127.77.0.1', replica: 'r', page: '/a.html', releasedAt: null });
    store.histories.save('/a.html', HISTORY);
    store.decisions.add(DECISION);
    store.saveSerial(7);
    throw new Error('in the middle');
  };
  assert.throws(() => store.transaction(failing), /in the middle/);
  assert.deepEqual(store.replicas.all(), []);
  assert.deepEqual(store.leases.all(), []);
  assert.equal(store.histories.all().size, 0);
  assert.deepEqual(store.decisions.recent({ limit: 1 }), []);
  assert.equal(store.serial, 0);
  assert.equal(
    store.transaction(() => {
      store.saveSerial(8);
      return 'done';
    }),
    'done',
  );
  assert.equal(store.serial, 8);
});

test('a database that refuses even the first row is a problem, and is closed again', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const refusing = parsed(openDatabase(file));
  refusing.exec(`CREATE TRIGGER full BEFORE INSERT ON settings
    BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`);
  refusing.close();
  assert.deepEqual(problemsOf(openStore(file, new ManualClock())), [
    `${file}: cannot be opened: database or disk is full; check that the folder exists, is writable and has room`,
  ]);
  parsed(openDatabase(file)).close();
});

test('within one boot, times are kept; after another boot, all that was under way begins anew', (t) => {
  const file = join(temporaryFolder(t), 'hotzone.db');
  const clock = new ManualClock(500);
  const draining = replicaOf({
    state: 'draining',
    createdAt: 100,
    stateSince: 200,
    busyAt: 300,
    answerTtl: 30_000,
    withdrawnAt: 400,
  });
  const serving = replicaOf({ createdAt: 150, stateSince: 250, busyAt: 350, withdrawnAt: null });
  const held = { address: '127.77.0.1', replica: 'r1', page: '/a.html', releasedAt: null };
  const released = { address: '127.77.0.2', replica: 'r2', page: '/b.html', releasedAt: 450 };
  const first = parsed(openStore(file, clock, 'boot 1'));
  for (const replica of [draining, serving]) first.replicas.save(replica);
  for (const lease of [held, released]) first.leases.save(lease);
  first.histories.save('/a.html', HISTORY);
  first.decisions.add(DECISION);
  first.close();

  clock.at = 600;
  const same = parsed(openStore(file, clock, 'boot 1'));
  assert.deepEqual(same.replicas.all(), [draining, serving]);
  assert.deepEqual(same.leases.all(), [held, released]);
  assert.deepEqual(same.histories.all().get('/a.html'), HISTORY);
  same.close();

  // The monotonic clock has begun at 0 again: an old time would lie in the future, or too far in the past.
  clock.at = 20;
  const other = parsed(openStore(file, clock, 'boot 2'));
  const now = { createdAt: 20, stateSince: 20, busyAt: 20 };
  const byId = new Map(other.replicas.all().map((replica) => [replica.id, replica]));
  assert.deepEqual(byId.get(draining.id), { ...draining, ...now, withdrawnAt: 20 });
  assert.deepEqual(byId.get(serving.id), { ...serving, ...now });
  assert.deepEqual(other.leases.all(), [held, { ...released, releasedAt: 20 }]);
  assert.equal(other.histories.all().size, 0);
  assert.deepEqual(other.decisions.recent({ limit: 9 }), [DECISION], 'decisions have wall-clock times');
  other.close();
});
