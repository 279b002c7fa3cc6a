import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decider } from '../../src/control/deciding.js';
import { controlState, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';

const A = servedPage('a');

test('while nothing is measured, a page that has nothing gets its fallback, and loses it when there is a signal', (t) => {
  const { state, clock } = controlState(t, {
    pages: [A],
    policies: [policyOf('fallback: { replicas: 2 }\n')],
  });
  const decider = new Decider(state);
  const wanted = (): readonly number[] =>
    decider.next(clock.now()).map(({ path, decision }) => {
      state.histories.set(path, decision.history);
      return decision.desired;
    });
  assert.deepEqual(wanted(), [0]);
  clock.at += 3_000;
  assert.deepEqual(wanted(), [2]);
  state.book.addQueries({ from: clock.at - 100, to: clock.at, sources: [], rest: [] });
  assert.deepEqual(wanted(), [0]);
});
