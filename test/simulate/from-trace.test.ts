import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Caches } from '../../src/simulate/caches.js';
import { traceWorkload } from '../../src/simulate/from-trace.js';
import { visitsBehind } from '../../src/simulate/source-visits.js';
import type { Demand } from '../../src/simulate/synthetic.js';
import type { System } from '../../src/simulate/system.js';
import type { CacheKind } from '../../src/simulate/workload.js';
import { type Trace, TraceBuilder } from '../../src/trace/trace.js';
import { policyOf } from '../helpers/policies.js';
import { crowdOf, figuresOf } from '../helpers/simulation.js';

const START = Date.UTC(2026, 10, 24, 12);
const TTL_MS = 30_000;
const PAGES = [{ path: '/a.html', host: 'a.example.test' }];

/** The queries that a name server with a steady answer would have written down, and how many visits there were. */
function record(
  seconds: number,
  demand: Demand,
  kind: Partial<CacheKind> = {},
): { readonly trace: Trace; readonly visits: number } {
  const builder = new TraceBuilder();
  const workload = crowdOf(seconds, demand, kind);
  const system: System = {
    ask: (_, source, at) => {
      builder.addQuery(builder.size + 1, { at: START + at, source, name: 'a.example.test', type: 'A' });
      return { ttlMs: TTL_MS, addresses: ['192.0.2.1'] };
    },
    serverAt: () => null,
    step: () => undefined,
    standing: () => ({ serving: 0, alive: 0, desired: 0, changes: 0, hourlyCost: 0 }),
  };
  const caches = new Caches(workload.caches, 1);
  let visits = 0;
  for (const { at, cache } of workload.visits()) {
    caches.lookUp(system, cache, 0, at);
    visits += 1;
  }
  return { trace: builder.build(), visits };
}

const guess = (trace: Trace) => traceWorkload(trace, { pages: PAGES, ttlMs: TTL_MS, seed: 1 });

for (const demand of [5, 40]) {
  test(`of ${demand} visits/s behind a hundred caches the guess is near the truth, although many are hidden`, () => {
    const { trace, visits } = record(3_600, () => demand);
    const guessed = [...guess(trace).visits()].length;
    assert.ok(trace.times.length < visits * 0.75, `${trace.times.length} queries of ${visits} visits`);
    assert.ok(Math.abs(guessed / visits - 1) < 0.2, `${guessed} guessed, ${visits} in truth`);
  });
}

test('visits come in order of time, and each query is one of them', () => {
  const { trace } = record(600, () => 20);
  const workload = guess(trace);
  const times = [...workload.visits()].map(({ at }) => at);
  assert.ok(times.every((at, visit) => visit === 0 || at >= (times[visit - 1] ?? 0)));
  const known = new Set(times);
  assert.ok([...trace.times].every((at) => known.has(at - (trace.times[0] ?? 0))));
  assert.equal(workload.notes.queries, trace.times.length);
});

test('clients without a cache hide nothing', () => {
  const { trace, visits } = record(600, () => 20, { caches: false });
  const workload = guess(trace);
  assert.ok(workload.notes.clients > 0);
  assert.ok([...workload.visits()].length < visits * 1.1);
});

test('A, AAAA and HTTPS of one visit are one, other types are none, and strangers are counted by name', () => {
  const builder = new TraceBuilder();
  const add = (at: number, name: string, type: string): void =>
    builder.addQuery(builder.size + 1, { at: START + at, source: '198.18.0.1', name, type });
  for (let visit = 0; visit < 10; visit += 1) {
    for (const type of ['A', 'AAAA', 'HTTPS', 'TXT']) add(visit * 120_000, 'a.example.test', type);
    add(visit * 120_000, visit < 7 ? 'x.example.test' : `${visit}.example.test`, 'A');
  }
  const workload = guess(builder.build());
  assert.equal(workload.notes.otherTypes, 10);
  assert.equal(workload.notes.strangers, 10);
  assert.deepEqual(workload.notes.strangerNames[0], { name: 'x.example.test', queries: 7 });
  const seen = [...workload.visits()].filter(({ at }) => at % 120_000 === 0);
  assert.equal(seen.length, 10);
});

test('what a saturated cache hides is only bounded from below, and it is told of how many that holds', () => {
  const every30s = Float64Array.from({ length: 40 }, (_, query) => query * (TTL_MS + 20));
  const { rates, isSaturated } = visitsBehind(every30s, TTL_MS);
  assert.ok(isSaturated);
  assert.ok(rates.every((rate) => rate === 1 / 500));
});

test('in a hole nothing is made up, and it is told', () => {
  const { trace } = record(1_800, (second) => (second >= 600 && second < 1_200 ? 0 : 40));
  const workload = guess(trace);
  assert.equal(workload.holes.length, 1);
  const { from = 0, to = 0 } = workload.holes[0] ?? {};
  assert.ok(Math.abs(from - 600_000) < 5_000 && Math.abs(to - 1_200_000) < 5_000, `${from} to ${to}`);
  const within = [...workload.visits()].filter(({ at }) => at > from && at < to);
  assert.deepEqual(within, []);
});

test('a trace of a crowd, played again, asks for nearly the same replicas as the crowd itself', () => {
  const demand: Demand = (second) => (second >= 600 && second < 1_800 ? 60 : 2);
  const policy = policyOf('maxReplicas: 8\nmetric: { target: 10 }\n');
  const truth = figuresOf(crowdOf(3_600, demand), policy);
  const again = figuresOf(guess(record(3_600, demand).trace), policy);
  const ratio = again.replicaSeconds / truth.replicaSeconds;
  assert.ok(Math.abs(ratio - 1) < 0.25, `${again.replicaSeconds} replica-seconds, ${truth.replicaSeconds}`);
  assert.equal(again.lostVisits, 0);
});
