import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DemoEvent, EventKind } from '../../../src/cli/demo/event.js';
import { formatSummary, summarise } from '../../../src/cli/demo/summary.js';
import { loadCounters } from '../../helpers/load-counters.js';

const STORY: readonly DemoEvent[] = [
  { at: 5_000, kind: 'surgeStarted' },
  { at: 5_180, kind: 'surgeDetected' },
  { at: 5_200, kind: 'replicaBooting', replica: 'a', address: '127.80.0.1' },
  { at: 5_210, kind: 'replicaBooting', replica: 'b', address: '127.80.0.2' },
  { at: 5_450, kind: 'replicaServing', replica: 'b', address: '127.80.0.2' },
  { at: 5_452, kind: 'published', replica: 'b', address: '127.80.0.2' },
  { at: 5_480, kind: 'replicaServing', replica: 'a', address: '127.80.0.1' },
  { at: 5_483, kind: 'published', replica: 'a', address: '127.80.0.1' },
  { at: 5_500, kind: 'firstClient', address: '127.80.0.2' },
  { at: 15_500, kind: 'loadDropped' },
  { at: 24_000, kind: 'withdrawn', replica: 'a', address: '127.80.0.1' },
  { at: 25_000, kind: 'withdrawn', replica: 'b', address: '127.80.0.2' },
  { at: 30_000, kind: 'replicaGone', replica: 'a' },
  { at: 31_500, kind: 'replicaGone', replica: 'b' },
];

test('a story that went well passes with its times', () => {
  assert.deepEqual(summarise(STORY, loadCounters()), {
    passed: true,
    problems: [],
    detectionMs: 180,
    bootMs: 240,
    publicationMs: 2,
    firstClientMs: 48,
    drainMs: 6_500,
    totalMs: 26_500,
    replicas: 2,
    queries: { sent: 10, lost: 0 },
    requests: { ok: 90, failed: 0 },
  });
});

test('the order in which events are told does not matter', () => {
  assert.deepEqual(summarise([...STORY].reverse(), loadCounters()), summarise(STORY, loadCounters()));
});

const missing: readonly (readonly [EventKind, string])[] = [
  ['surgeStarted', 'no surge began'],
  ['surgeDetected', 'the surge was not detected'],
  ['replicaBooting', 'no replica booted'],
  ['replicaServing', 'no replica served'],
  ['published', 'no address was published'],
  ['firstClient', 'no client reached a replica'],
  ['loadDropped', 'the load never dropped'],
  ['withdrawn', 'no address was withdrawn'],
  ['replicaGone', 'no replica was drained and gone'],
];
for (const [kind, problem] of missing) {
  test(`it fails without ${kind}`, () => {
    const summary = summarise(
      STORY.filter((event) => event.kind !== kind),
      loadCounters(),
    );
    assert.equal(summary.passed, false);
    assert.ok(summary.problems.includes(problem), summary.problems.join('\n'));
  });
}

const without = (kind: EventKind, replica: string): readonly DemoEvent[] =>
  STORY.filter((event) => event.kind !== kind || event.replica !== replica);
const broken: readonly (readonly [string, readonly DemoEvent[], readonly string[]])[] = [
  ['one replica stays', without('replicaGone', 'b'), ['replica b is still there']],
  ['one address stays', without('withdrawn', 'a'), ['the address of replica a was not withdrawn']],
  [
    'a replica is published that does not serve',
    without('replicaServing', 'a'),
    ['127.80.0.1 was published before its replica served'],
  ],
  [
    'a client comes before the publication',
    [...STORY, { at: 5_300, kind: 'firstClient', address: '127.80.0.1' }],
    ['a client reached 127.80.0.1 before it was published'],
  ],
  [
    'it takes longer than a minute',
    [...STORY, { at: 66_000, kind: 'firstClient', address: '127.80.0.1' }],
    ['it took 61 s, more than 60 s'],
  ],
];
for (const [name, events, problems] of broken) {
  test(`it fails if ${name}`, () => {
    assert.deepEqual(summarise(events, loadCounters()).problems, problems);
  });
}

test('a replica that failed needs neither a withdrawal nor an end', () => {
  const events: DemoEvent[] = [
    ...STORY,
    { at: 5_220, kind: 'replicaBooting', replica: 'c' },
    { at: 5_900, kind: 'replicaFailed', replica: 'c', reason: 'the process ended' },
  ];
  assert.deepEqual(summarise(events, loadCounters()).problems, []);
});

const queries = { sent: 10, answered: 9, lost: 0, refused: 0, overTcp: 0 };
const loads: readonly (readonly [string, Parameters<typeof loadCounters>[0], readonly string[]])[] = [
  ['no query was sent', { queries: { ...queries, sent: 0, answered: 0 } }, ['no query was sent']],
  ['no request was served', { requests: { sent: 0, ok: 0, failed: 0 } }, ['no request was served']],
  [
    'a query was lost',
    { queries: { ...queries, lost: 1 }, failures: new Map([['a query from 127.53.0.1 was lost', 1]]) },
    ['1 of 10 queries were lost, e.g. a query from 127.53.0.1 was lost'],
  ],
  ['an answer had no address', { queries: { ...queries, refused: 1 } }, ['1 answers had no address']],
  [
    'a request failed, though the visit did not',
    { requests: { sent: 91, ok: 90, failed: 1 } },
    ['1 of 91 requests failed'],
  ],
  ['a visit failed', { visits: { started: 90, failed: 2 } }, ['2 of 90 visits failed']],
];
for (const [name, changed, problems] of loads) {
  test(`it fails if ${name}`, () => {
    assert.deepEqual(summarise(STORY, loadCounters(changed)).problems, problems);
  });
}

test('nothing at all fails in every way, and has no times', () => {
  const summary = summarise([], loadCounters());
  assert.equal(summary.problems.length, missing.length);
  for (const time of [
    summary.detectionMs,
    summary.bootMs,
    summary.publicationMs,
    summary.firstClientMs,
    summary.drainMs,
  ])
    assert.equal(time, null);
});

test('the text says what the numbers say', () => {
  const text = formatSummary(summarise(STORY, loadCounters()));
  for (const part of [
    '180 ms',
    '240 ms',
    '2.0 ms',
    '48.0 ms',
    '6500 ms',
    '10 sent, 0 lost',
    '90 served, 0 failed',
    '26.5 s',
  ])
    assert.ok(text.includes(part), `${part} in\n${text}`);
  assert.match(text, /\npassed: .*\n$/);
  const failed = formatSummary(summarise(without('replicaGone', 'b'), loadCounters()));
  assert.match(failed, /\nproblem: replica b is still there\nfailed\n$/);
});
