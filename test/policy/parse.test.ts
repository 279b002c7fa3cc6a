import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicies, readPolicies } from '../../src/policy/parse.js';
import { formatProblem } from '../../src/problem.js';
import { parsed, policyFrom, problemsOf, SHORTEST } from '../helpers/policy.js';

/** The problems of the shortest policy with further lines. */
function complaints(lines: string): readonly string[] {
  return problemsOf(parsePolicies(`${SHORTEST}${lines}\n`, 'p.yaml'));
}

test('the shortest policy is filled up with defaults, in milliseconds and for DNS in seconds', () => {
  assert.deepEqual(policyFrom(SHORTEST), {
    version: 1,
    name: 'shortest',
    file: 'p.yaml',
    enabled: true,
    dryRun: false,
    priority: 0,
    match: { pages: ['/**'], exclude: [] },
    minReplicas: 0,
    maxReplicas: 4,
    metric: {
      type: 'demand',
      target: 20,
      activation: 10,
      tolerance: 0.1,
      stableWindow: 60_000,
      panic: { window: 6_000, threshold: 2 },
      ignoreClients: [],
    },
    behavior: {
      scaleUp: {
        stabilizationWindow: 0,
        policies: [
          { type: 'Replicas', value: 4, period: 15_000 },
          { type: 'Percent', value: 100, period: 15_000 },
        ],
        selectPolicy: 'Max',
      },
      scaleDown: {
        stabilizationWindow: 300_000,
        policies: [{ type: 'Replicas', value: 1, period: 60_000 }],
        selectPolicy: 'Max',
      },
    },
    cooldown: { scaleUp: 0, scaleDown: 60_000, toZero: 300_000 },
    schedules: [],
    fallback: null,
    budget: { maxInstances: 100, maxHourlyCost: null, onExceeded: 'hold' },
    placement: [{ driver: 'process', maxReplicas: 100, hourlyCost: 0 }],
    instance: { bootTimeout: 10_000, maxLifetime: null },
    probe: { period: 2_000, timeout: 1_000, bodySha256: 'match', successThreshold: 1, failureThreshold: 3 },
    backoff: { initial: 30_000, max: 1_800_000, resetAfter: 10_800_000, quarantineAfter: 5 },
    dns: {
      ttl: 30,
      minTtl: 5,
      maxTtl: 300,
      maxAddresses: 8,
      includeOrigin: 'whenBelowTarget',
      drain: { gracePeriod: 30_000, maxDuration: 600_000, untilIdle: true },
    },
  });
});

test('defaults follow the fields that they depend on', () => {
  const policy = policyFrom(
    SHORTEST.replace('20', '3, stableWindow: 10s').replace('maxReplicas: 4', 'maxReplicas: 300') +
      'placement: [{ driver: process }]\ndns: { ttl: 2s }\n',
  );
  assert.equal(policy.metric.activation, 1.5);
  assert.equal(policy.metric.panic.window, 1_000);
  assert.equal(policy.budget.maxInstances, 300);
  assert.deepEqual(policy.placement, [{ driver: 'process', maxReplicas: 300, hourlyCost: 0 }]);
  assert.deepEqual(policyFrom(`${SHORTEST}placement: [{ driver: qemu, memory: 16MiB }]\n`).placement, [
    { driver: 'qemu', maxReplicas: 100, hourlyCost: 0, memory: 16 * 2 ** 20 },
  ]);
  assert.deepEqual(complaints('placement: [{ driver: qemu, memory: 16 }]'), [
    'p.yaml:6:37: "placement[0].memory" is 16: expected a size from 4MiB to 64GiB, such as "16MiB"',
  ]);
  assert.deepEqual([policy.dns.minTtl, policy.dns.maxTtl], [2, 300]);
  assert.equal(policyFrom(`${SHORTEST}dns: { ttl: 10m }\n`).dns.maxTtl, 600);
});

test('a boot timeout is one duration, or one for each driver', () => {
  assert.equal(policyFrom(`${SHORTEST}instance: { bootTimeout: 3s }\n`).instance.bootTimeout, 3_000);
  const map = 'instance: { bootTimeout: { process: 4s, ec2: 120s } }\n';
  assert.equal(policyFrom(SHORTEST + map).instance.bootTimeout, 4_000);
  assert.equal(policyFrom(`${SHORTEST}instance: { bootTimeout: { xl: 5s } }\n`).instance.bootTimeout, 10_000);
  assert.deepEqual(complaints('instance: { bootTimeout: { xl: 5 } }'), [
    'p.yaml:6:32: "instance.bootTimeout.xl" is 5: expected a duration from 100ms to 168h, such as "30s" or "1h30m"',
  ]);
  assert.deepEqual(complaints('instance: { bootTimeout: 5 }'), [
    'p.yaml:6:26: "instance.bootTimeout" is 5: expected a duration from 100ms to 168h, such as "30s" or "1h30m"',
  ]);
});

test('a file may hold several policies, with empty documents between', () => {
  const text = `---\n${SHORTEST}---\n---\n${SHORTEST.replace('shortest', 'second')}---\n`;
  assert.deepEqual(
    parsed(parsePolicies(text, 'p.yaml')).map(({ name }) => name),
    ['shortest', 'second'],
  );
});

test('all mistakes of all documents are told at once, in the order of the file', () => {
  const text = `version: 1
name: Not a name
match: { pages: ["blog/**"] }
maxReplica: 3
metric: { target: 0, stableWindow: 60 }
---
version: 1
name: second
match: { pages: ["/**"] }
minReplicas: 5
maxReplicas: 2
metric: { target: 1 }
`;
  assert.deepEqual(problemsOf(parsePolicies(text, 'p.yaml')), [
    'p.yaml:1:1: "maxReplicas" is missing: expected a whole number from 1 to 1000',
    'p.yaml:2:7: "name" is "Not a name": expected a name of up to 63 lower-case letters, digits, dots and hyphens that begins with a letter or digit',
    `p.yaml:3:18: "match.pages[0]" is "blog/**": expected a pattern over a page's path that begins with "/" or "**", such as "/blog/**"`,
    'p.yaml:4:1: unknown key "maxReplica"; did you mean "maxReplicas"?',
    'p.yaml:5:19: "metric.target" is 0: expected a number above 0',
    'p.yaml:5:36: "metric.stableWindow" is 60: expected a duration from 1s to 1h, such as "30s" or "1h30m"',
    'p.yaml:10:14: minReplicas is 5, above maxReplicas 2',
  ]);
});

test('an unknown key is an error with its place and the key that was meant', () => {
  assert.deepEqual(complaints('dns: { tll: 30s, drain: { grace: 3s } }'), [
    'p.yaml:6:8: unknown key "tll" in dns; did you mean "ttl"?',
    'p.yaml:6:27: unknown key "grace" in dns.drain; known here are gracePeriod, maxDuration, untilIdle',
  ]);
  assert.deepEqual(complaints('placement: [{ drivr: process, driver: process }]'), [
    'p.yaml:6:15: unknown key "drivr" in placement[0]; did you mean "driver"?',
  ]);
  assert.match(complaints('"__proto__": { name: x }')[0] ?? '', /^p.yaml:6:1: unknown key "__proto__"/);
});

test('a wrong word is told with the word that was meant', () => {
  assert.deepEqual(complaints('dns: { includeOrigin: Always }'), [
    'p.yaml:6:23: "dns.includeOrigin" is "Always": expected one of always, whenBelowTarget, never; did you mean "always"?',
  ]);
});

test('an image is a command, or a kernel with what it is booted with', () => {
  const placement = (text: string) => policyFrom(`${SHORTEST}placement: [${text}]\n`).placement;
  assert.deepEqual(placement('{ driver: process, image: { command: [/bin/serve, "{address}:{port}"] } }'), [
    {
      driver: 'process',
      maxReplicas: 100,
      hourlyCost: 0,
      image: { kind: 'command', command: ['/bin/serve', '{address}:{port}'] },
    },
  ]);
  const machine =
    '{ driver: qemu, memory: 32MiB, image: { kernel: /srv/k, commandLine: "--ipv4={address}/{prefix}", disks: ["/srv/{host}.tar"] } }';
  assert.deepEqual(placement(machine), [
    {
      driver: 'qemu',
      maxReplicas: 100,
      hourlyCost: 0,
      memory: 32 * 2 ** 20,
      image: {
        kind: 'kernel',
        kernel: '/srv/k',
        commandLine: '--ipv4={address}/{prefix}',
        initrd: null,
        disks: ['/srv/{host}.tar'],
      },
    },
  ]);
});

test('an image that makes no sense is refused where it is written', () => {
  const complaint = (image: string): string =>
    complaints(`placement: [{ driver: process, image: ${image} }]`).join();
  assert.match(
    complaint('{ command: [/bin/serve], kernel: /k }'),
    /^p.yaml:6:39: .* either "command", or "kernel"/,
  );
  assert.match(complaint('{}'), /either "command", or "kernel"/);
  assert.match(complaint('{ command: ["{adress}"] }'), /^p.yaml:6:51: .*\{address\} \{port\}/);
  assert.match(complaint('{ kernel: k }'), /^p.yaml:6:49: .* an absolute path/);
  assert.match(complaint('{ comand: [a] }'), /did you mean "command"\?/);
});

test('what the full language has and this version has not is refused as such', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['pollingInterval: 5s', 'pollingInterval'],
    ['budget: { currency: USD }', 'budget.currency'],
    ['placement: [{ driver: process, region: x }]', 'placement[0].region'],
    ['placement: [{ driver: process, zones: [a] }]', 'placement[0].zones'],
    ['placement: [{ driver: process, instanceType: x }]', 'placement[0].instanceType'],
    ['placement: [{ driver: process, launchTemplate: x }]', 'placement[0].launchTemplate'],
    ['instance: { payload: auto }', 'instance.payload'],
    ['probe: { httpGet: { path: / } }', 'probe.httpGet'],
    ['probe: { initialDelay: 0s }', 'probe.initialDelay'],
  ];
  for (const [line, key] of refused) {
    const column = line.search(new RegExp(`\\b${key.split('.').at(-1)}\\b`)) + 1;
    assert.deepEqual(complaints(line), [
      `p.yaml:6:${column}: this version does not do "${key}" yet; leave it out`,
    ]);
  }
  assert.deepEqual(complaints('dns: { failOpen: false }'), [
    'p.yaml:6:18: this version does not do "dns.failOpen": false yet; it does true',
  ]);
  assert.deepEqual(complaints('probe: { expect: { status: 204 } }'), [
    'p.yaml:6:28: this version does not do "probe.expect.status": 204 yet; it does 200',
  ]);
  assert.deepEqual(complaints('placement: [{ driver: ec2 }]'), [
    'p.yaml:6:23: this version does not do "placement[0].driver": "ec2" yet; it does process, qemu, xl',
  ]);
  assert.deepEqual(
    problemsOf(parsePolicies(SHORTEST.replace('target', 'type: prometheus, target'), 'p.yaml')),
    [
      'p.yaml:5:17: this version does not do "metric.type": "prometheus" yet; it does demand, dnsQueryRate, uniqueClients, httpRequestRate',
    ],
  );
  assert.deepEqual(problemsOf(parsePolicies(SHORTEST.replace('version: 1', 'version: 2'), 'p.yaml')), [
    'p.yaml:1:10: this version does not do "version": 2 yet; it does 1',
  ]);
  assert.equal(policyFrom(`${SHORTEST}dns: { failOpen: true }\n`).name, 'shortest');
});

test('a name can be taken once, in all files together', () => {
  const { policies } = readPolicies([
    { file: 'a.yaml', text: SHORTEST },
    { file: 'b.yaml', text: `# the same name\n${SHORTEST}` },
  ]);
  assert.deepEqual(problemsOf(policies), ['b.yaml:3:7: the name "shortest" is already taken in a.yaml:2']);
});

test('an empty file is a problem, since an editor empties a file before it writes it', () => {
  for (const text of ['', '\n', '# all of it commented out\n', '---\n---\n', '\u{feff}'])
    assert.deepEqual(problemsOf(parsePolicies(text, 'p.yaml')), [
      'p.yaml: holds no policy; remove or rename the file',
    ]);
});

test('warnings leave the policies as they are', () => {
  const { policies, warnings } = readPolicies([
    { file: 'p.yaml', text: `${SHORTEST}budget: { maxInstances: 2 }\n` },
  ]);
  assert.equal(parsed(policies).length, 1);
  assert.deepEqual(warnings.map(formatProblem), [
    'p.yaml:6:25: budget.maxInstances is 2: no page can reach maxReplicas 4',
  ]);
});
