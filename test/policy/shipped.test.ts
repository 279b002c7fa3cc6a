import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { PageLoad } from '../../src/load/load.js';
import { describePolicy } from '../../src/policy/describe.js';
import { assignPolicies } from '../../src/policy/match.js';
import { readPolicies } from '../../src/policy/parse.js';
import type { Policy } from '../../src/policy/policy.js';
import { decide } from '../../src/scale/decide.js';
import { NO_HISTORY } from '../../src/scale/history.js';
import type { Replica } from '../../src/scale/replica.js';
import { parsed } from '../helpers/policy.js';

const folder = new URL('../../../policies/', import.meta.url);
const files = readdirSync(folder)
  .sort()
  .map((name) => ({ file: name, text: readFileSync(new URL(name, folder), 'utf8') }));

const NOTHING: PageLoad = {
  demand: { stable: 0, panic: 0, lowerBound: false },
  queryRate: { stable: 0, panic: 0, lowerBound: false },
  requestRate: { stable: 0, panic: 0, lowerBound: false },
  uniqueClients: 0,
};
const LONG = 86_400_000;

/** The policy of that name, switched on. */
function shipped(name: string): Policy {
  const policy = parsed(readPolicies(files).policies).find((other) => other.name === name);
  assert.ok(policy !== undefined);
  return { ...policy, enabled: true };
}

function desired(policy: Policy, load: PageLoad, serving: number): number {
  const replicas = Array.from({ length: serving }, () => ({ state: 'serving' }) as Replica);
  const input = { page: '/x', policy, load, replicas, history: NO_HISTORY, now: LONG, startedAt: 0 };
  return decide(input).desired;
}

test('the shipped policies load together without a problem or a warning', () => {
  const { policies, warnings } = readPolicies(files);
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    parsed(policies).map((policy) => `${policy.name}: ${describePolicy(policy)}`),
    [
      'default: 0 to 4 replicas for each page of /**, one for every 20 visits/s, the first at 10 visits/s, none after 6m of quiet',
      'disaggregate: always 1 replica for each page of /** [disabled, priority 30]',
      'flash-crowd: 0 to 16 replicas for each page of /**, one for every 20 visits/s, the first at 5 visits/s, none after 15m30s of quiet [disabled, priority 10]',
      'lean: 0 to 4 replicas for each page of /**, one for every 20 requests/s, the first at 10 requests/s, none after 1m30s of quiet [disabled, priority 5]',
      'own-image: 0 to 4 replicas for each page of /cart/**, one for every 20 visits/s, the first at 10 visits/s, none after 6m of quiet [disabled, priority 40]',
      'schedule: 0 to 8 replicas for each page of /index.html /news/**, one for every 20 visits/s, the first at 10 visits/s, none after 6m of quiet [disabled, priority 50, schedule weekday-mornings, schedule holidays]',
      'summon: 0 to 1 replica for each page of /**, the first at 0.005 queries/s, none after 2m of quiet [disabled, priority 20]',
    ],
  );
});

test('what default.yaml writes out as defaults are the defaults', () => {
  const written = shipped('default');
  const text = files.find(({ file }) => file === 'default.yaml')?.text ?? '';
  const isDefault = /default(?!\.yaml)/;
  assert.match(text, isDefault);
  const short = `version: 1
name: default
match: { pages: ["/**"] }
maxReplicas: 4
metric: { target: 20 }
budget: { maxInstances: 20 }
`;
  const [implied] = parsed(readPolicies([{ file: 'default.yaml', text: short }]).policies);
  assert.deepEqual(written, implied);
});

test('each of them has its pages once it is switched on beside the default', () => {
  const policies = parsed(readPolicies(files).policies);
  for (const chosen of policies) {
    const set = policies.map((policy) => (policy === chosen ? { ...policy, enabled: true } : policy));
    const page = chosen.name === 'own-image' ? '/cart/index.html' : '/index.html';
    assert.equal(parsed(assignPolicies([page], set)).get(page)?.name, chosen.name);
  }
});

test('all of them switched on at once do not conflict', () => {
  const policies = parsed(readPolicies(files).policies).map((policy) => ({ ...policy, enabled: true }));
  assert.equal(parsed(assignPolicies(['/x'], policies)).get('/x')?.name, 'disaggregate');
});

test('lean takes away at once what is too much, by requests alone', () => {
  const lean = shipped('lean');
  const busy = { stable: 70, panic: 70, lowerBound: false };
  assert.equal(desired(lean, { ...NOTHING, demand: busy }, 0), 0);
  assert.equal(desired(lean, { ...NOTHING, requestRate: busy }, 1), 4);
  assert.equal(desired(lean, { ...NOTHING, requestRate: { ...busy, stable: 15, panic: 15 } }, 4), 1);
});

test('summon boots one replica for a single query and lets it go when there is none', () => {
  const summon = shipped('summon');
  const perWindow = 1_000 / summon.metric.stableWindow;
  const one = { ...NOTHING, queryRate: { stable: perWindow, panic: 0, lowerBound: false } };
  const flood = { ...NOTHING, queryRate: { stable: 1e6, panic: 1e6, lowerBound: false } };
  assert.equal(desired(summon, NOTHING, 0), 0);
  assert.equal(desired(summon, one, 0), 1);
  assert.equal(desired(summon, one, 1), 1);
  assert.equal(desired(summon, flood, 0), 1);
  assert.equal(desired(summon, NOTHING, 1), 0);
  assert.equal(summon.metric.stableWindow, 2 * summon.dns.ttl * 1_000);
});

test('disaggregate wants one replica of every page, whatever the load', () => {
  const disaggregate = shipped('disaggregate');
  const flood = { ...NOTHING, demand: { stable: 1e6, panic: 1e6, lowerBound: false } };
  for (const load of [NOTHING, flood])
    for (const serving of [0, 1]) assert.equal(desired(disaggregate, load, serving), 1);
});

test('a crowd gets more replicas at once by flash-crowd than by default', () => {
  const crowd = { ...NOTHING, demand: { stable: 20, panic: 400, lowerBound: false } };
  assert.equal(desired(shipped('default'), crowd, 0), 4);
  assert.equal(desired(shipped('flash-crowd'), crowd, 0), 8);
});
