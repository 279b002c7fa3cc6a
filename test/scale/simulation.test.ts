import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simulate, type Weather } from '../helpers/page-simulation.js';
import { policyOf } from '../helpers/policies.js';

const POLICY = policyOf(`minReplicas: 1
maxReplicas: 6
metric: { target: 10, stableWindow: 20s, panic: { window: 2s, threshold: 2 } }
behavior: { scaleDown: { stabilizationWindow: 30s, policies: [{ type: Replicas, value: 2, period: 10s }] } }
cooldown: { scaleDown: 5s, toZero: 30s }
instance: { bootTimeout: 8s }
dns: { ttl: 20s, drain: { gracePeriod: 2s, maxDuration: 60s } }
`);

/** Spells of weather: the load stays for a while, faults come now and then. */
const SPELL = fc.record({
  load: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 120, noNaN: true })),
  seconds: fc.integer({ min: 1, max: 90 }),
  isMeasured: fc.boolean(),
  deathEvery: fc.constantFrom(0, 0, 7, 20),
  bootMs: fc.constantFrom(0, 500, 3_000, 7_000, null),
});

function* weatherOf(
  spells: readonly {
    load: number;
    seconds: number;
    isMeasured: boolean;
    deathEvery: number;
    bootMs: number | null;
  }[],
): Generator<Weather> {
  for (const { load, seconds, isMeasured, deathEvery, bootMs } of spells) {
    for (let second = 1; second <= seconds; second += 1) {
      yield { load, isMeasured, death: deathEvery > 0 && second % deathEvery === 0, bootMs };
    }
  }
}

test('over any load and faults the number stays in its bounds, and nothing is destroyed before its last TTL has passed', () => {
  fc.assert(
    fc.property(fc.array(SPELL, { minLength: 1, maxLength: 12 }), (spells) => {
      const mayBeCachedUntil = new Map<string, number>();
      for (const { now, decision, answered, ttlMs, replicas, destroyed } of simulate(
        POLICY,
        weatherOf(spells),
      )) {
        assert.ok(decision.desired >= 1 && decision.desired <= 6, `desired ${decision.desired}`);
        assert.ok(answered.length > 0);
        const serving = new Set(
          replicas.filter(({ state }) => state === 'serving').map(({ address }) => address),
        );
        for (const address of answered) {
          if (address === '192.0.2.1') continue;
          assert.ok(serving.has(address), `${address} is answered and does not serve`);
          mayBeCachedUntil.set(address, Math.max(mayBeCachedUntil.get(address) ?? 0, now + ttlMs));
        }
        for (const { id, address, busyAt, stateSince, withdrawnAt } of destroyed) {
          // What died had no choice; `withdrawnAt` says that it left in order.
          if (withdrawnAt !== null)
            assert.ok(now >= (mayBeCachedUntil.get(address) ?? 0), `${id} ${busyAt} ${stateSince}`);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('under constant load, with noise within the tolerance, nothing changes once the number is reached', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 70, noNaN: true }),
      fc.array(fc.double({ min: -0.04, max: 0.04, noNaN: true }), { minLength: 50, maxLength: 50 }),
      (load, noise) => {
        const weather = Array.from({ length: 600 }, (_, second) => ({
          load: load * (1 + (noise[second % noise.length] ?? 0)),
          isMeasured: true,
          death: false,
          bootMs: 500,
        }));
        const moments = [...simulate(POLICY, weather)];
        const late = moments.slice(200).reduce((sum, { changes }) => sum + changes, 0);
        // Noise around a multiple of the target may ask for one more, once; it never comes and goes.
        assert.ok(late <= 1, `${late} changes`);
      },
    ),
    { numRuns: 60 },
  );
});

test('a load that comes and goes faster than the windows changes the number at most once up', () => {
  const weather = Array.from({ length: 600 }, (_, second) => ({
    load: second % 10 < 5 ? 50 : 5,
    isMeasured: true,
    death: false,
    bootMs: 500,
  }));
  const late = [...simulate(POLICY, weather)].slice(60).reduce((sum, { changes }) => sum + changes, 0);
  assert.equal(late, 0);
});
