import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Alarms } from '../../src/control/alarms.js';
import { Decider } from '../../src/control/deciding.js';
import { controlState, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';
import type { ManualClock } from '../helpers/store.js';

const [A, B] = [servedPage('a'), servedPage('b')];
const POLICY = policyOf(
  'maxReplicas: 4\nschedules: [{ name: peak, timezone: UTC, start: "0 9 * * *", duration: 2h, minReplicas: 2 }]\n',
);

function setWall(clock: ManualClock, iso: string): void {
  clock.at += Date.parse(iso) - clock.wall();
}

test('a page that nobody asks for gets its floor when the schedule begins, and is let alone before', (t) => {
  const { state, clock } = controlState(t, { pages: [A, B], policies: [POLICY] });
  const decider = new Decider(state);
  setWall(clock, '2026-11-24T08:59:00Z');
  assert.deepEqual(decider.all(clock.now()), []);
  setWall(clock, '2026-11-24T09:00:00Z');
  assert.deepEqual(
    decider.next(clock.now()).map(({ path, decision }) => [path, decision.desired]),
    [
      ['/a.html', 2],
      ['/b.html', 2],
    ],
  );
});

test('a daemon that starts in the middle of a window finds it open, and keeps what is there', (t) => {
  const replicas = [replicaFor(A), replicaFor(A)];
  const { state, clock } = controlState(t, { pages: [A], policies: [POLICY], replicas });
  setWall(clock, '2026-11-24T10:17:00Z');
  const [page] = new Decider(state).all(clock.now());
  assert.deepEqual([page?.decision.current, page?.decision.desired], [2, 2]);
});

test('the loop is woken when a schedule begins and when it ends, and not by one that is gone', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-11-24T08:58:30Z') });
  const woken: string[] = [];
  const alarms = new Alarms(() => woken.push(new Date().toISOString().slice(11, 19)));
  t.after(() => alarms.clear());
  alarms.set([
    policyOf(
      'schedules: [{ name: s, timezone: Europe/Prague, start: "0 10 * * *", end: "2 10 * * *", minReplicas: 1 }]\n',
    ),
    policyOf(
      'enabled: false\nschedules: [{ name: s, timezone: UTC, start: "1 9 * * *", duration: 1m, minReplicas: 1 }]\n',
    ),
  ]);
  assert.equal(alarms.size, 2);
  const pass = async (seconds: number, step: number): Promise<void> => {
    for (let second = 0; second < seconds; second += step) {
      t.mock.timers.tick(step * 1_000);
      await setImmediate();
    }
  };
  await pass(300, 1);
  assert.deepEqual(woken, ['09:00:00', '09:02:00']);
  alarms.set([]);
  await pass(86_400, 60);
  assert.equal(woken.length, 2);
});
