import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPolicies } from '../../src/policy/parse.js';
import { formatProblem } from '../../src/problem.js';
import { problemsOf, SHORTEST } from '../helpers/policy.js';

function errors(text: string): readonly string[] {
  return problemsOf(readPolicies([{ file: 'p.yaml', text }]).policies);
}

function warnings(lines: string): readonly string[] {
  const reading = readPolicies([{ file: 'p.yaml', text: `${SHORTEST}${lines}\n` }]);
  assert.ok(reading.policies.ok);
  return reading.warnings.map(formatProblem);
}

function metric(settings: string): string {
  return SHORTEST.replace('{ target: 20 }', `{ target: 20, ${settings} }`);
}

test('the minimum may not be above the maximum', () => {
  assert.deepEqual(errors(`${SHORTEST}minReplicas: 5\n`), [
    'p.yaml:6:14: minReplicas is 5, above maxReplicas 4',
  ]);
});

test('an image is of the kind that its driver runs, and can be started', () => {
  const of = (placement: string) => errors(`${SHORTEST}placement: [${placement}]\n`);
  assert.deepEqual(of('{ driver: process, image: { kernel: /k } }'), [
    'p.yaml:6:49: the driver "process" runs an image by its "command"',
  ]);
  assert.deepEqual(of('{ driver: qemu, image: { command: [/bin/x] } }'), [
    'p.yaml:6:47: the driver "qemu" runs an image by its "kernel"',
  ]);
  assert.deepEqual(of('{ driver: process, image: { command: [serve] } }'), [
    'p.yaml:6:51: "serve" is no absolute path of a program',
  ]);
  assert.deepEqual(of('{ driver: process, image: { command: [/bin/x, "{mac}"] } }'), [
    'p.yaml:6:59: {mac} is for virtual machines: a process has no such thing',
  ]);
  assert.match(of('{ driver: qemu, image: { kernel: /k } }').join(), /needs "memory"/);
});

test('activation may not be above the target', () => {
  assert.match(
    errors(metric('activation: 21')).join(),
    /^p.yaml:5:35: metric.activation is 21, above metric.target 20/,
  );
});

test('the panic window must be shorter than the stable one', () => {
  assert.deepEqual(errors(metric('stableWindow: 10s, panic: { window: 10s }')), [
    'p.yaml:5:59: metric.panic.window is 10s: expected less than metric.stableWindow 10s',
  ]);
});

test('the TTL must be within its bounds', () => {
  assert.deepEqual(errors(`${SHORTEST}dns: { ttl: 4s, minTtl: 5s }\n`), [
    'p.yaml:6:13: dns.ttl is 4s, below dns.minTtl 5s',
  ]);
  assert.deepEqual(errors(`${SHORTEST}dns: { ttl: 40s, maxTtl: 35s }\n`), [
    'p.yaml:6:13: dns.ttl is 40s, above dns.maxTtl 35s',
  ]);
});

test('a back-off may not begin above its end', () => {
  assert.deepEqual(errors(`${SHORTEST}backoff: { initial: 2m, max: 1m }\n`), [
    'p.yaml:6:21: backoff.initial is 2m, above backoff.max 1m',
  ]);
});

test('a placement must hold the minimum, and a driver has one placement', () => {
  const few = 'minReplicas: 3\nplacement: [{ driver: process, maxReplicas: 2 }]\n';
  assert.deepEqual(errors(SHORTEST + few), [
    'p.yaml:7:12: the placements hold 2 replicas, fewer than minReplicas 3',
  ]);
  assert.deepEqual(errors(`${SHORTEST}placement: [{ driver: process }, { driver: process }]\n`), [
    'p.yaml:6:44: the driver "process" already has a placement',
  ]);
  assert.deepEqual(errors(`${SHORTEST}placement: [{ driver: process, memory: 16MiB }]\n`), [
    'p.yaml:6:40: memory is for virtual machines: a process takes what it needs',
  ]);
  assert.deepEqual(warnings('placement: [{ driver: process, maxReplicas: 2 }]'), [
    'p.yaml:6:12: the placements hold 2 replicas: no page can reach maxReplicas 4',
  ]);
});

test('a budget below the minimum of one page is an error, below its maximum a warning', () => {
  assert.deepEqual(errors(`${SHORTEST}minReplicas: 3\nbudget: { maxInstances: 2 }\n`), [
    'p.yaml:7:25: budget.maxInstances is 2, below the minReplicas 3 of a single page',
  ]);
  assert.deepEqual(warnings('budget: { maxInstances: 3 }'), [
    'p.yaml:6:25: budget.maxInstances is 3: no page can reach maxReplicas 4',
  ]);
});

test('a fallback says how many replicas it means, if it means another number, and not more than the maximum', () => {
  assert.deepEqual(warnings('fallback: { replicas: 4 }'), []);
  assert.deepEqual(warnings('fallback: { behavior: currentReplicas }'), []);
  const of = (settings: string) => errors(`${SHORTEST}fallback: { ${settings} }\n`);
  assert.deepEqual(of('behavior: static'), [
    'p.yaml:6:11: the behavior "static" has no "replicas": expected a number of at least 1',
  ]);
  assert.deepEqual(of('behavior: currentReplicas, replicas: 2'), [
    'p.yaml:6:50: the behavior "currentReplicas" leaves what there is: expected no "replicas"',
  ]);
  assert.deepEqual(of('replicas: 5'), [
    'p.yaml:6:23: fallback.replicas is 5, above maxReplicas 4, which always wins',
  ]);
  assert.match(
    of('behavior: currentReplicasIfHiger, replicas: 2').join(),
    /did you mean "currentReplicasIfHigher"/,
  );
});

test('a boot that outlasts the patience with an idle page is a warning', () => {
  const boot = 'instance: { bootTimeout: 7m }';
  assert.match(warnings(boot).join(), /^p.yaml:6:26: a replica may boot for 7m but be given up after 6m /);
  assert.deepEqual(warnings(`${boot}\ncooldown: { toZero: 10m }`), []);
});

test('a lifetime must be longer than a boot', () => {
  assert.deepEqual(errors(`${SHORTEST}instance: { maxLifetime: 2m, bootTimeout: 2m }\n`), [
    'p.yaml:6:26: instance.maxLifetime is 2m: expected more than instance.bootTimeout 2m, or a replica may go before it ever served',
  ]);
  assert.deepEqual(warnings('instance: { maxLifetime: 24h }'), []);
});

test('a budget of money that no placement fits into, and one of no instances, are legal and say so', () => {
  assert.deepEqual(warnings('placement: [{ driver: xl, hourlyCost: 0.1 }]\nbudget: { maxHourlyCost: 0 }'), [
    'p.yaml:7:26: budget.maxHourlyCost is 0, and the cheapest placement costs 0.1 an hour: nothing will boot',
  ]);
  assert.deepEqual(warnings('budget: { maxHourlyCost: 0 }'), []);
  assert.deepEqual(warnings('budget: { maxInstances: 0 }'), [
    'p.yaml:6:25: budget.maxInstances is 0: nothing will boot',
  ]);
});

test('a cap on draining that the TTL overrules is a warning', () => {
  assert.match(
    warnings('dns: { ttl: 5m, drain: { maxDuration: 5m } }').join(),
    /^p.yaml:6:39: dns.drain.maxDuration is 5m, .* 5m30s/,
  );
});
