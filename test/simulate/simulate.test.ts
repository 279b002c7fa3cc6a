import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Answer, Server, Standing, System } from '../../src/simulate/system.js';
import type { Workload } from '../../src/simulate/workload.js';
import { policyOf } from '../helpers/policies.js';
import { crowdOf, figuresOf, hotzoneOf, ORIGIN, runOf } from '../helpers/simulation.js';

const POLICY = policyOf('maxReplicas: 8\nmetric: { target: 10 }\n');
/** Ten quiet minutes, ten of a crowd, and a quiet hour. */
const CROWD = (second: number): number => (second >= 600 && second < 1_200 ? 60 : 1);

test('a crowd gets its replicas within moments, no visit is lost, and in the end all is as it was', () => {
  const figures = figuresOf(crowdOf(4_800, CROWD), POLICY);
  const points = figures.series.points();
  const at = (second: number) => points[Math.floor((second * 1_000) / figures.series.stepMs)];
  assert.equal(at(590)?.serving, 0);
  assert.ok((at(700)?.serving ?? 0) >= 6, `${at(700)?.serving} serve`);
  assert.equal(at(4_790)?.alive, 0);
  assert.equal(figures.lostVisits, 0);
  // Four replicas at once, and the rest when the rate limit's 15 s are over.
  assert.ok(figures.shortSeconds <= 20, `${figures.shortSeconds} s with too few`);
  assert.ok(figures.reactions.length >= 1 && (figures.reactions[0] ?? 9) < 3, `${figures.reactions}`);
  assert.equal(figures.seconds, 4_800);
  // 600 s of six replicas at the least, and what stabilization and draining add.
  assert.ok(figures.replicaSeconds >= 3_600 && figures.replicaSeconds < 3_600 + 8 * 1_200);
});

test('the same again is the same again', () => {
  const workload = crowdOf(1_500, CROWD);
  assert.deepEqual(figuresOf(workload, POLICY), figuresOf(workload, POLICY));
});

test('caches that keep answers for hours send visitors to servers that have gone, and that is counted', () => {
  const load = (second: number): number => (second < 600 ? 60 : 2);
  const honest = figuresOf(crowdOf(3_600, load), POLICY);
  const stubborn = figuresOf(crowdOf(3_600, load, { floorMs: 3_600_000 }), POLICY);
  assert.equal(honest.lostVisits, 0);
  assert.ok(stubborn.lostVisits > 100, `${stubborn.lostVisits} lost`);
});

test('a replica that dies is found, and another takes its place', () => {
  const load = crowdOf(3_600, () => 35);
  const figures = figuresOf(load, POLICY, { meanLifeMs: 300_000 });
  // Some fifty die, and caches know each of them for half a minute.
  assert.ok(figures.lostVisits > 0 && figures.lostVisits < figures.visits / 10, `${figures.lostVisits} lost`);
  assert.ok(figures.shortSeconds < 360, `${figures.shortSeconds} s with too few`);
});

test('boots that take longer than the policy waits for come to nothing, and are tried again ever more seldom', () => {
  const slow = { ms: 20_000, atOnce: 1 };
  const policy = policyOf(
    'maxReplicas: 8\nmetric: { target: 10 }\ninstance: { bootTimeout: 5s }\nbackoff: { quarantineAfter: 3 }\n',
  );
  const boots = { process: slow, qemu: slow, xl: slow, ec2: slow };
  const load = crowdOf(1_200, () => 35);
  const figures = figuresOf(load, policy, { boots });
  assert.equal(Math.max(...figures.series.points().map(({ serving }) => serving)), 0);
  assert.ok(figures.replicaSeconds > 0 && figures.replicaSeconds < 600, `${figures.replicaSeconds}`);
});

test('a schedule holds its floor by the wall clock of the simulation, without any visit', () => {
  const policy = policyOf(
    'schedules: [{ name: noon, timezone: Etc/UTC, start: "0 12 * * *", duration: 1h, minReplicas: 2 }]\n',
  );
  const load = crowdOf(7_200, () => 0);
  const figures = figuresOf(load, policy, { wallAtStart: Date.UTC(2026, 10, 24, 11, 30) });
  const serving = figures.series.points().map((point) => point.serving);
  const at = (second: number) => serving[Math.floor((second * 1_000) / figures.series.stepMs)];
  assert.deepEqual([at(1_700), at(1_900), at(5_300)], [0, 2, 2]);
  assert.equal(figures.visits, 0);
});

test('while nothing is measured nothing is taken away, and nothing is judged', () => {
  const load = (second: number): number => (second < 600 ? 60 : 0);
  const holed: Workload = { ...crowdOf(3_600, load), holes: [{ from: 600_000, to: 3_000_000 }] };
  const figures = figuresOf(holed, POLICY);
  const at = (second: number) =>
    figures.series.points()[Math.floor((second * 1_000) / figures.series.stepMs)]?.serving ?? 0;
  assert.ok(at(2_990) >= 6, `${at(2_990)} serve at the end of the hole`);
  assert.equal(figures.seconds, 1_200);
});

/** Notes whatever a system does that it must not. */
class Watched implements System {
  readonly faults: string[] = [];
  readonly #system: System;
  readonly #handedOut = new Map<string, number>();
  #now = 0;

  constructor(system: System) {
    this.#system = system;
  }

  ask(page: number, source: string, at: number): Answer {
    const answer = this.#system.ask(page, source, at);
    if (answer.addresses.length === 0) this.faults.push(`an empty answer at ${at}`);
    for (const address of answer.addresses) {
      this.#handedOut.set(address, at + answer.ttlMs);
      if (this.#system.serverAt(page, address) === null)
        this.faults.push(`${address} serves nothing at ${at}`);
    }
    return answer;
  }

  serverAt(page: number, address: string): Server | null {
    const server = this.#system.serverAt(page, address);
    if (server === null && (this.#handedOut.get(address) ?? 0) > this.#now)
      this.faults.push(`${address} is gone and caches still know it`);
    return server;
  }

  step(now: number, isMeasured: boolean): void {
    this.#now = now;
    this.#system.step(now, isMeasured);
  }

  standing(page: number): Standing {
    return this.#system.standing(page);
  }
}

test('whatever the load does, each answer leads to a server, and none goes before caches have forgotten it', () => {
  const spell = fc.record({
    rate: fc.constantFrom(0, 3, 25, 70),
    seconds: fc.integer({ min: 5, max: 400 }),
  });
  fc.assert(
    fc.property(fc.array(spell, { minLength: 1, maxLength: 6 }), (spells) => {
      const ends = spells.map((_, index) =>
        spells.slice(0, index + 1).reduce((sum, { seconds }) => sum + seconds, 0),
      );
      const rate = (second: number): number => spells[ends.findIndex((end) => second < end)]?.rate ?? 0;
      const workload = crowdOf((ends.at(-1) ?? 0) + 600, rate);
      const watched = new Watched(hotzoneOf(workload, POLICY));
      const [figures] = runOf(workload, POLICY, watched);
      assert.deepEqual(watched.faults, []);
      assert.equal(figures?.lostVisits, 0);
    }),
    { numRuns: 25 },
  );
});

test('what replicas cost is summed by their price for as long as they exist, and a limit holds them', () => {
  const policy = policyOf(
    'maxReplicas: 8\nmetric: { target: 10 }\nplacement: [{ driver: process, hourlyCost: 0.5 }]\n',
  );
  const load = crowdOf(1_800, () => 55);
  const free = figuresOf(load, policy);
  assert.ok(free.peakReplicas >= 6);
  assert.ok(Math.abs(free.cost - (0.5 * free.replicaSeconds) / 3_600) < 1e-9, `${free.cost}`);
  const held = figuresOf(load, policy, { maxHourlyCost: 1.5 });
  assert.equal(held.peakReplicas, 3);
});

test('without a policy a page stays on the origin', () => {
  const workload = crowdOf(300, () => 50);
  const system = hotzoneOf(workload, POLICY, { policyOf: () => null });
  assert.deepEqual(system.ask(0, '198.18.0.1', 0).addresses, [ORIGIN]);
  const [figures] = runOf(workload, POLICY, system);
  assert.equal(figures?.replicaSeconds, 0);
  assert.equal(figures?.shortSeconds, 300);
});

test('it is at least a thousand times as fast as time', () => {
  const before = process.cpuUsage();
  const load = crowdOf(21_600, (second) => 15 + 10 * Math.sin(second / 3_000));
  figuresOf(load, POLICY);
  const { user, system } = process.cpuUsage(before);
  assert.ok((user + system) / 1e6 < 21.6, `${(user + system) / 1e6} s of a processor for six hours`);
});
