import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HorizontalPodAutoscaler } from './hpa.js';
import { Jitsu } from './jitsu.js';
import { KnativePodAutoscaler } from './kpa.js';
import type { Autoscaler } from './pods.js';

const STEP_MS = 100;

/** Lets an autoscaler live with servers that are ready at once; gives the number of servers at the end of each second. */
function live(
  autoscaler: Autoscaler,
  spells: readonly (readonly [seconds: number, rate: number])[],
): number[] {
  let [now, requests, replicas] = [0, 0, 1];
  const counts: number[] = [];
  for (const [seconds, rate] of spells) {
    for (let step = 0; step < seconds * 10; step += 1) {
      now += STEP_MS;
      requests += rate / 10;
      replicas = autoscaler.desired({ now, requests, ready: replicas, replicas }) ?? replicas;
      if (now % 1_000 === 0) counts.push(replicas);
    }
  }
  return counts;
}

test('HPA follows a rise within two of its periods, and a fall after five minutes, all at once', () => {
  const counts = live(new HorizontalPodAutoscaler(20, 100), [
    [60, 10],
    [300, 55],
    [420, 10],
  ]);
  assert.equal(counts[59], 1);
  assert.equal(counts[60 + 75], 3);
  const fall = counts.findIndex((count, second) => second > 360 && count < 3);
  // The minute over which the rate is taken, and five in which the most that was recommended holds.
  assert.ok(fall >= 360 + 300 && fall <= 360 + 390, `${fall - 360} s after the fall`);
  assert.equal(counts[fall + 60], 1);
});

test('HPA leaves a tenth more or less alone, and adds at most four pods or as many as there are in 15 s', () => {
  const tolerant = live(new HorizontalPodAutoscaler(20, 100), [
    [200, 58],
    [200, 65],
  ]);
  assert.equal(tolerant.at(-1), 3);
  const steps = new Set(
    live(new HorizontalPodAutoscaler(20, 100), [
      [20, 10],
      [200, 2_000],
    ]),
  );
  assert.deepEqual([...steps].slice(0, 4), [1, 5, 10, 20]);
});

test('KPA panics within seconds, takes nothing away for a minute after, and then halves at most', () => {
  const counts = live(new KnativePodAutoscaler(20, 100), [
    [120, 10],
    [30, 150],
    [180, 10],
  ]);
  assert.equal(counts[119], 1);
  assert.ok((counts[130] ?? 0) >= 7, `${counts[130]}`);
  const after = counts.slice(150);
  const fall = after.findIndex((count) => count < 8);
  assert.ok(fall > 30 && fall < 80, `${fall} s`);
  for (const [second, count] of after.entries())
    assert.ok(count >= Math.floor((after[second - 2] ?? 0) / 2) || second < 2, `${second}`);
  assert.equal(counts.at(-1), 1);
});

test('KPA goes to zero a stable window and a grace after the last request, and the next request brings one back', () => {
  const counts = live(new KnativePodAutoscaler(20, 100), [
    [60, 10],
    [120, 0],
    [1, 10],
  ]);
  const zero = counts.indexOf(0) - 60;
  assert.ok(zero >= 85 && zero <= 100, `${zero} s`);
  assert.equal(counts.at(-1), 1);
});

test('Jitsu boots on a query, and stops what was not asked for in two TTLs, at its next sweep', () => {
  const jitsu = new Jitsu(2, 400);
  jitsu.step(100);
  assert.equal(jitsu.standing(0).alive, 0);
  assert.equal(jitsu.ask(0, '198.18.0.1', 1_000).ttlMs, 60_000);
  jitsu.step(1_300);
  assert.deepEqual([jitsu.standing(0).alive, jitsu.standing(0).serving], [1, 0]);
  jitsu.step(1_400);
  assert.equal(jitsu.standing(0).serving, 1);
  assert.equal(jitsu.standing(1).alive, 0);
  for (let now = 1_500; now <= 121_000; now += 100) jitsu.step(now);
  assert.equal(jitsu.standing(0).alive, 1);
  for (let now = 121_100; now <= 126_000; now += 100) jitsu.step(now);
  assert.equal(jitsu.standing(0).alive, 0);
  assert.equal(jitsu.standing(0).changes, 2);
});
