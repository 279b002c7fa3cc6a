import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entries } from '../../../../src/server/admin/page/runs.js';
import type { DecisionView } from '../../../../src/server/admin/source.js';
import { staticSource } from '../../../helpers/admin-source.js';

const [base] = staticSource().decisions({ limit: 1 });
assert.ok(base);

function decision(page: string, from: number, to: number, actions: readonly string[] = []): DecisionView {
  return { ...(base as DecisionView), page, from, to, actions };
}

/** `2` for a run of two, and the numbers of one alone. */
function told(decisions: readonly DecisionView[]): readonly (number | string)[] {
  return entries(decisions).map((entry) =>
    entry.kind === 'run' ? entry.decisions.length : `${entry.decision.from}→${entry.decision.to}`,
  );
}

test('decisions in a row that changed nothing are one entry, and none is lost', () => {
  assert.deepEqual(
    told([
      decision('/a', 4, 4),
      decision('/a', 4, 4),
      decision('/a', 3, 4, ['boot']),
      decision('/a', 3, 3),
      decision('/a', 3, 3),
      decision('/a', 3, 3),
    ]),
    [2, '3→4', 3],
  );
});

test('another page, another number and anything that was done end a run', () => {
  assert.deepEqual(told([decision('/a', 4, 4), decision('/b', 4, 4)]), ['4→4', '4→4']);
  assert.deepEqual(told([decision('/a', 4, 4), decision('/a', 3, 3)]), ['4→4', '3→3']);
  assert.deepEqual(told([decision('/a', 4, 4), decision('/a', 4, 4, ['drain']), decision('/a', 4, 4)]), [
    '4→4',
    '4→4',
    '4→4',
  ]);
  assert.deepEqual(told([]), []);
});
