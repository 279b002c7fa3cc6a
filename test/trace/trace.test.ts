import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHoles } from '../../src/trace/holes.js';
import { type Trace, TraceBuilder } from '../../src/trace/trace.js';

const query = (at: number, name = 'a.example', source = '192.0.2.1') => ({ at, source, name, type: 'A' });

function traceOf(times: Iterable<number>): Trace {
  const builder = new TraceBuilder();
  for (const [row, at] of [...times].entries()) builder.addQuery(row + 1, query(at));
  return builder.build();
}

test('queries that were written a little out of order are brought into it, with all that belongs to them', () => {
  const builder = new TraceBuilder();
  builder.addQuery(1, query(2_000, 'b.example', '192.0.2.2'));
  builder.addQuery(2, query(1_000, 'a.example', '192.0.2.1'));
  builder.addQuery(3, query(2_500, 'a.example', '192.0.2.2'));
  const trace = builder.build();
  assert.deepEqual([...trace.times], [1_000, 2_000, 2_500]);
  assert.deepEqual(
    [...trace.nameOf].map((name) => trace.names[name]),
    ['a.example', 'b.example', 'a.example'],
  );
  assert.deepEqual(
    [...trace.sourceOf].map((source) => trace.sources[source]),
    ['192.0.2.1', '192.0.2.2', '192.0.2.2'],
  );
  assert.deepEqual(trace.notes.clockSteps, []);
});

test('a clock that was set back is told with its line, and what follows goes on without a break', () => {
  const hour = 3_600_000;
  const trace = traceOf([hour, hour + 1_000, 1_000, 2_000, 3_000]);
  assert.deepEqual([...trace.times], [hour, hour + 1_000, hour + 1_000, hour + 2_000, hour + 3_000]);
  assert.deepEqual(trace.notes.clockSteps, [{ line: 3, milliseconds: hour }]);
});

test('a pause in a busy log is a hole, and the pause of a quiet night is none', () => {
  const busy = Array.from({ length: 200 }, (_, query) => query * 100);
  const later = busy.map((at) => at + 120_000);
  assert.deepEqual(findHoles(traceOf([...busy, ...later])), [{ from: 19_900, to: 120_000 }]);
  const seldom = Array.from({ length: 200 }, (_, query) => query * 60_000);
  const morning = seldom.map((at) => at + 200 * 60_000 + 600_000);
  assert.deepEqual(findHoles(traceOf([...seldom, ...morning])), []);
});

test('a log that falls silent step by step has no hole', () => {
  // Each pause is a tenth longer than the one before.
  const times = Array.from({ length: 120 }, (_, query) => 1_000 * 1.1 ** query);
  assert.deepEqual(findHoles(traceOf(times)), []);
});
