import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { explainPast } from '../../../src/cli/daemon/past.js';
import type { PastView } from '../../../src/server/admin/source.js';
import { type ControlUnderTest, controlState, servedPage } from '../../helpers/control.js';
import { policyOf } from '../../helpers/policies.js';

const PAGE = servedPage('a');
const MINUTE_MS = 60_000;

interface Scene extends ControlUnderTest {
  /** The wall clock at which everything began. */
  readonly start: number;
  at(minutes: number): PastView;
  refused(minutes: number): string;
}

/** An hour: warm from minute 10, one replica from 10 to 40, a pause at 30, the daemon dead from 45 to 50. */
function scene(t: TestContext): Scene {
  const under = controlState(t, { pages: [PAGE], policies: [policyOf()] });
  const { store } = under.state;
  const start = under.clock.wall();
  const wall = (minutes: number): number => start + minutes * MINUTE_MS;
  const page = PAGE.path;
  const replica = { page, replica: '12345678-aaaa', address: '127.77.0.1', driver: 'process' };
  const decide = (minutes: number, current: number, desired: number, actions: readonly string[]): void =>
    store.decisions.add({
      ...{ at: wall(minutes), page, policy: 'test', current, serving: current, desired, actions },
      measured: { stable: 12, panic: 14, complete: true, detail: '12 visits/s' },
      chain: [
        { step: 'metric', value: desired, reason: 'MetricAboveTarget', detail: `at minute ${minutes}` },
      ],
      ...{ dryRun: false, isNews: true },
    });
  store.events.add({ at: wall(0), kind: 'started', lastSeen: null });
  store.samples.add(page, {
    ...{ at: wall(10), demand: 12, queryRate: 3, requestRate: null, measured: 12 },
    ...{ desired: 1, serving: 0, replicas: 1 },
  });
  decide(10, 0, 1, ['boot 12345678 by process on 127.77.0.1']);
  store.events.add({ at: wall(10), kind: 'moved', ...replica, from: null, to: 'planned', reason: 'hot' });
  store.events.add({
    at: wall(11),
    kind: 'moved',
    ...replica,
    from: 'probing',
    to: 'serving',
    reason: 'it serves',
  });
  store.events.add({ at: wall(30), kind: 'ordered', page: null, verb: 'pause', detail: 'all', by: 'me' });
  decide(40, 1, 0, ['drain 12345678 on 127.77.0.1']);
  store.events.add({
    at: wall(40),
    kind: 'moved',
    ...replica,
    from: 'serving',
    to: 'draining',
    reason: 'cold',
  });
  store.events.add({
    at: wall(41),
    kind: 'moved',
    ...replica,
    from: 'stopping',
    to: 'gone',
    reason: 'drained',
  });
  store.events.add({ at: wall(50), kind: 'started', lastSeen: wall(45) });
  store.events.add({ at: wall(55), kind: 'stopped' });
  store.events.add({ at: wall(57), kind: 'started', lastSeen: wall(55) });
  under.clock.at += 60 * MINUTE_MS;
  const ask = (minutes: number) => explainPast(under, page, { kind: 'at', wall: wall(minutes) });
  return {
    ...under,
    start,
    at: (minutes) => {
      const answer = ask(minutes);
      assert.ok(answer.kind === 'past', JSON.stringify(answer));
      return answer.past;
    },
    refused: (minutes) => {
      const answer = ask(minutes);
      assert.ok(answer.kind === 'refused');
      return `${answer.message}; ${answer.hint}`;
    },
  };
}

test('a moment of the past has what was measured, each step, the replicas and what was done, in order', (t) => {
  const { at, start } = scene(t);
  const past = at(12);
  const time = (minutes: number): string => new Date(start + minutes * MINUTE_MS).toISOString();
  assert.deepEqual(past.lines, [
    `/a.html at ${time(12)}, 48m 0s ago`,
    `measured last at ${time(10)}: demand 12/s, queries 3/s, requests –/s`,
    '',
    `decided at ${time(10)} by policy test:`,
    'measured: 12 visits/s (stable window 12)',
    'replicas: 0, of which 0 serve; desired: 1',
    '  metric          1  MetricAboveTarget: at minute 10',
    '',
    'its replicas then:',
    `  12345678 process 127.77.0.1 serving since ${time(11)}: it serves`,
    '',
    'in the quarter of an hour before:',
    `  ${time(0)}  a daemon began, the first one`,
    `  ${time(10)}  0 -> 1 by MetricAboveTarget: boot 12345678 by process on 127.77.0.1`,
    `  ${time(10)}  replica 12345678 on 127.77.0.1 planned by process: hot`,
    `  ${time(11)}  replica 12345678 on 127.77.0.1 probing -> serving: it serves`,
    'in the two minutes after: nothing',
  ]);
  assert.equal(past.decision?.desired, 1);
  assert.equal(past.measured?.demand, 12);
  assert.deepEqual(
    past.replicas.map(({ id, state }) => [id, state]),
    [['12345678-aaaa', 'serving']],
  );
});

test('what was decided before a moment is in force, what came after it is told as such', (t) => {
  const { at } = scene(t);
  assert.deepEqual(at(9).decision, null);
  assert.match(at(9).lines.join('\n'), /nothing was measured of it until then\n\nnothing had been decided/);
  assert.match(at(9).lines.join('\n'), /two minutes after:\n.*0 -> 1 .*\n.*planned.*\n.*probing -> serving/);
  assert.equal(at(39).decision?.desired, 1);
  assert.match(at(39).lines.join('\n'), /pause by hand, by me: all/);
  assert.equal(at(40).decision?.desired, 0);
  assert.equal(at(40).replicas[0]?.state, 'draining');
  assert.deepEqual(at(42).replicas, []);
});

test('a moment at which no daemon ran is told as such, and one that ran is not', (t) => {
  const { at } = scene(t);
  const gap = (minutes: number): string | undefined =>
    at(minutes).lines.find((line) => line.startsWith('no daemon'));
  assert.match(
    gap(47) ?? '',
    /^no daemon is known to have run: one was last seen at .*, and the next one began at/,
  );
  assert.match(gap(56) ?? '', /^no daemon ran: one had ended at .*, and the next one began at/);
  for (const minutes of [5, 44, 51, 54, 58]) assert.equal(gap(minutes), undefined, String(minutes));
});

test('a moment before the history says from when there is one, and the future has none', (t) => {
  const { refused, start } = scene(t);
  assert.equal(
    refused(-1),
    `of ${new Date(start - MINUTE_MS).toISOString()} nothing is known; the history begins at ${new Date(start).toISOString()}`,
  );
  assert.match(refused(61), /has not come yet; it is .* at the daemon/);
  const { state } = controlState(t, { pages: [PAGE] });
  assert.deepEqual(explainPast({ state }, PAGE.path, { kind: 'ago', ms: 0 }), {
    kind: 'refused',
    message: `of ${new Date(state.clock.wall()).toISOString()} nothing is known`,
    hint: 'there is no history yet',
  });
});

test('a page that has left the site has its past still, and one that never was has none', (t) => {
  const { state, at } = scene(t);
  state.catalogue.replacePages({ added: [], changed: [], removed: [PAGE] });
  assert.equal(at(12).decision?.desired, 1);
  assert.deepEqual(explainPast({ state }, '/never.html', { kind: 'ago', ms: 59 * MINUTE_MS }), {
    kind: 'no page',
  });
});
