import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../src/cli/config/config-file.js';
import { FIELD_NAMES, fieldOf } from '../../../src/cli/config/fields.js';
import { sampleConfig } from '../../../src/cli/config/sample.js';
import { formatProblem } from '../../../src/problem.js';

const FILE = '/etc/hotzone/hotzone.yaml';
const SHORT = 'version: 1\nzone: { domain: example.org }\nsite: { folder: site }\n';

function problems(text: string): readonly string[] {
  const parsed = parseConfig(text, FILE);
  assert.equal(parsed.ok, false);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

function values(text: string): Readonly<Record<string, unknown>> {
  const parsed = parseConfig(text, FILE);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems.map(formatProblem).join('\n'));
  return Object.fromEntries(parsed.value.values);
}

test('paths count from the folder of the file, and a program without a slash is one of PATH', () => {
  const text = `${SHORT}policies: [a, /b]\nqemu: { program: qemu, kernel: ./kernel, bridge: br0 }\nstate: ../state\n`;
  assert.deepEqual(values(text), {
    domain: 'example.org',
    site: '/etc/hotzone/site',
    policy: ['/etc/hotzone/a', '/b'],
    qemu: 'qemu',
    kernel: '/etc/hotzone/kernel',
    bridge: 'br0',
    state: '/etc/state',
  });
});

test('values are those of the options', () => {
  const text = `version: 1
zone:
  domain: example.org.
  listen: [192.0.2.1:53, "[2001:db8::1]:53"]
  nameServers: [ns1.example.org=192.0.2.1, ns.example.net]
origin: { port: 8080, listen: [192.0.2.2], external: true }
replicas: { max: 7 }
xen: { gateway: 10.77.0.1/24, hosts: [root@dom0.example] }
log: { level: debug }
`;
  assert.deepEqual(values(text), {
    domain: 'example.org',
    listen: [
      { address: '192.0.2.1', port: 53 },
      { address: '2001:db8::1', port: 53 },
    ],
    nameServer: [
      { host: 'ns1.example.org', addresses: ['192.0.2.1'] },
      { host: 'ns.example.net', addresses: [] },
    ],
    httpPort: 8080,
    originListen: ['192.0.2.2'],
    externalOrigin: true,
    maxInstances: 7,
    xenGateway: { address: '10.77.0.1', prefix: 24 },
    xenHost: ['root@dom0.example'],
    logLevel: 'debug',
  });
});

test('every mistake is told with its line, what was expected and what was likely meant', () => {
  assert.deepEqual(
    problems(`version: 2
zone: { domain: "a b", listn: [127.0.0.1:53] }
origin: { port: 70000, listen: 192.0.2.1 }
xen: { hosts: ["-oProxyCommand=x"], plainVif: yes }
log: { level: inf }
polices: [a]
`),
    [
      `${FILE}:1:10: this version does not do "version": 2 yet; it does 1`,
      `${FILE}:2:17: "zone.domain" is "a b": expected a domain name, e.g. www.example.com`,
      `${FILE}:2:24: unknown key "listn" in zone; did you mean "listen"?`,
      `${FILE}:3:32: "origin.listen" is "192.0.2.1": expected a list of up to 1000 values`,
      `${FILE}:3:17: "origin.port" is 70000: expected a port from 0 to 65535`,
      `${FILE}:4:16: "xen.hosts[0]" is "-oProxyCommand=x": expected what ssh takes as a destination, e.g. root@dom0.example`,
      `${FILE}:4:47: "xen.plainVif" is "yes": expected true or false`,
      `${FILE}:5:15: "log.level" is "inf": expected one of trace, debug, info, warn, error, fatal, silent; did you mean "info"?`,
      `${FILE}:6:1: unknown key "polices"; did you mean "policies"?`,
    ],
  );
});

test('what is no configuration at all is a problem, and an empty section is none', () => {
  assert.match(String(problems('')), /says nothing; expected one map of settings/);
  assert.match(String(problems('- a')), /a configuration is a list of 1: expected a map of settings/);
  assert.match(String(problems('a: 1\n---\nb: 1\n')), /holds more than one document/);
  assert.match(String(problems('a: [')), /hotzone\.yaml:1:5: not valid YAML: /);
  assert.match(String(problems('zone: {}\n')), /"version" is missing: expected 1/);
  assert.deepEqual(values(`${SHORT}qemu:\nxen:\n`), { domain: 'example.org', site: '/etc/hotzone/site' });
  assert.match(String(problems(`${SHORT}state:\n`)), /:4:7: "state" is empty: expected text on one line/);
});

test('an option and its key come from one entry, which commander knows by the name of the entry', () => {
  for (const name of FIELD_NAMES) assert.equal(fieldOf(name).option.attributeName(), name);
  const keys = FIELD_NAMES.map((name) => fieldOf(name).key);
  assert.equal(new Set(keys).size, keys.length);
});

test('the sample is a configuration, and stays one with every comment taken off its settings', () => {
  const sample = sampleConfig(
    new Map([
      ['domain', 'www.example.com'],
      ['site', './public'],
    ]),
  );
  assert.deepEqual(values(sample), { domain: 'www.example.com', site: '/etc/hotzone/public' });
  const bare = sample.replace(/^( *)# (\w+: )/gm, '$1$2');
  const all = values(bare);
  assert.deepEqual(Object.keys(all).sort(), [...FIELD_NAMES].sort());
  for (const name of FIELD_NAMES) {
    const { fallback } = fieldOf(name);
    // Of a relative path the folder is another one.
    if (fallback !== null && name !== 'state') assert.deepEqual(all[name], fallback, name);
  }
});
