import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ignores } from '../../src/policy/ignore.js';
import { policyFrom, SHORTEST } from '../helpers/policy.js';

function ignoring(...blocks: readonly string[]): (source: string) => boolean {
  const list = JSON.stringify(blocks);
  return ignores(policyFrom(SHORTEST.replace('target: 20', `target: 20, ignoreClients: ${list}`)));
}

test('addresses within a block do not count', () => {
  const ignored = ignoring('66.249.64.0/19', '2001:4860:4801::/48', '192.0.2.1');
  assert.equal(ignored('66.249.95.255'), true);
  assert.equal(ignored('66.249.96.0'), false);
  assert.equal(ignored('2001:4860:4801:1::1'), true);
  assert.equal(ignored('2001:4860:4802::1'), false);
  assert.equal(ignored('192.0.2.1'), true);
  assert.equal(ignored('192.0.2.2'), false);
});

test('a client subnet is ignored only if all of it is', () => {
  const ignored = ignoring('192.0.2.0/25', '2001:db8::/32');
  assert.equal(ignored('192.0.2.0/26'), true);
  assert.equal(ignored('192.0.2.0/25'), true);
  assert.equal(ignored('192.0.2.0/24'), false);
  assert.equal(ignored('2001:db8:1::/56'), true);
  assert.equal(ignored('2001::/16'), false);
});

test('an IPv4 address in IPv6 form is that IPv4 address', () => {
  const ignored = ignoring('192.0.2.0/24');
  assert.equal(ignored('::ffff:192.0.2.7'), true);
  assert.equal(ignored('::ffff:192.0.2.0/120'), true);
  assert.equal(ignored('::ffff:0:0/95'), false);
});

test('host bits in a block make no difference', () => {
  assert.equal(ignoring('192.0.2.77/24')('192.0.2.1'), true);
  assert.deepEqual(
    policyFrom(SHORTEST.replace('target: 20', 'target: 20, ignoreClients: ["192.0.2.77/24", "2001:db8::1"]'))
      .metric.ignoreClients,
    ['192.0.2.0/24', '2001:db8::1/128'],
  );
});

test('what is not an address is never ignored, and never throws', () => {
  const ignored = ignoring('0.0.0.0/0', '::/0');
  for (const source of [
    '',
    'x',
    '1.2.3',
    '0x7f.1',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/8/8',
    'fe80::1%eth0',
  ])
    assert.equal(ignored(source), false, source);
  fc.assert(
    fc.property(fc.string(), (source) => {
      ignored(source);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (source) => {
      assert.equal(ignored(source), true);
    }),
  );
});

test('with nothing to ignore everybody counts', () => {
  assert.equal(ignoring()('192.0.2.1'), false);
});
