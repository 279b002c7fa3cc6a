import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answers } from '../../src/control/answers.js';
import { added, type ControlUnderTest, controlState, replicaFor, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';

const [A, B, C] = [servedPage('a'), servedPage('b'), servedPage('c')];
const ORIGIN = ['127.0.0.1'];
const APEX = 'example.test';

function hosts(answers: Answers): readonly string[] {
  return answers
    .take()
    .wanted.map(({ host }) => host)
    .filter((host) => host !== APEX)
    .sort();
}

function addresses(answers: Answers, host: string): readonly string[] | undefined {
  return answers
    .take()
    .wanted.find((answer) => answer.host === host)
    ?.addresses.map(({ address }) => address);
}

function answersOf(control: ControlUnderTest, apex = APEX): Answers {
  return new Answers(control.state, apex, ORIGIN);
}

test('at first every page is looked at, and the apex beside them; then none', (t) => {
  const answers = answersOf(controlState(t, { pages: [A, B] }), 'Example.test');
  const { wanted, removed } = answers.take();
  assert.deepEqual(
    wanted.map(({ host, addresses }) => [host, addresses]),
    ['a.example.test', 'b.example.test', 'example.test'].map((host) => [
      host,
      [{ address: '127.0.0.1', weight: 1 }],
    ]),
  );
  assert.deepEqual(removed, []);
  assert.deepEqual(answers.take(), { wanted: [], removed: [] });
});

test('a page with replicas is looked at each time, and once more after its last replica is gone', (t) => {
  const control = controlState(t, { pages: [A, B], policies: [policyOf()] });
  const answers = answersOf(control);
  answers.take();
  const replica = replicaFor(A, { state: 'stopping' });
  control.state.fleet.add(replica);
  assert.deepEqual(hosts(answers), ['a.example.test']);
  control.state.fleet.move(replica.id, 'gone', '', 1);
  control.state.fleet.saved();
  assert.deepEqual(hosts(answers), ['a.example.test']);
  assert.deepEqual(hosts(answers), []);
});

test('only replicas that serve what the page is now are answered', (t) => {
  const replicas = [
    replicaFor(A, { address: '127.77.0.1' }),
    replicaFor(A, { address: '127.77.0.2', state: 'probing' }),
    replicaFor(A, { address: '127.77.0.3', state: 'draining' }),
    replicaFor(servedPage('a', 0), { address: '127.77.0.4' }),
  ];
  const policies = [policyOf('dns: { includeOrigin: never }\n')];
  const answers = answersOf(controlState(t, { pages: [A], policies, replicas }));
  assert.deepEqual(addresses(answers, A.host), ['127.77.0.1']);
});

test('when the content changes, the replicas of the old content leave the answer', (t) => {
  const replicas = [replicaFor(A, { address: '127.77.0.1' })];
  const policies = [policyOf('dns: { includeOrigin: never }\n')];
  const control = controlState(t, { pages: [A], policies, replicas });
  const answers = answersOf(control);
  assert.deepEqual(addresses(answers, A.host), ['127.77.0.1']);
  const newer = servedPage('a', 2);
  control.state.catalogue.replacePages({ added: [], changed: [newer], removed: [] });
  answers.pagesChanged([newer], []);
  assert.deepEqual(addresses(answers, A.host), ORIGIN);
});

test('new and changed pages are looked at, and removed ones are named', (t) => {
  const control = controlState(t, { pages: [A, B] });
  const answers = answersOf(control, 'example.test');
  answers.take();
  control.state.catalogue.replacePages({ added: [C], changed: [], removed: [B] });
  answers.pagesChanged([C], [{ ...B, host: 'B.example.test' }]);
  const { wanted, removed } = answers.take();
  assert.deepEqual(
    wanted.map(({ host }) => host),
    ['c.example.test'],
  );
  assert.deepEqual(removed, ['b.example.test']);
  assert.deepEqual(answers.take().removed, []);
});

test('a page that went and came back is not taken away', (t) => {
  const control = controlState(t, { pages: [A, B] });
  const answers = answersOf(control);
  answers.take();
  control.state.catalogue.replacePages({ added: [], changed: [], removed: [B] });
  answers.pagesChanged([], [B]);
  control.state.catalogue.replacePages(added(B));
  answers.pagesChanged([B], []);
  const { wanted, removed } = answers.take();
  assert.deepEqual(
    wanted.map(({ host }) => host),
    ['b.example.test'],
  );
  assert.deepEqual(removed, []);
});

test('other policies, and a publication that failed, make every page be looked at again', (t) => {
  const control = controlState(t, { pages: [A, B] });
  const answers = answersOf(control);
  const all = ['a.example.test', 'b.example.test'];
  answers.take();
  answers.policiesChanged();
  assert.deepEqual(hosts(answers), all);
  answers.putBack(['gone.example.test']);
  const { wanted, removed } = answers.take();
  assert.equal(wanted.length, all.length + 1, 'the pages and the apex');
  assert.deepEqual(removed, ['gone.example.test']);
});
