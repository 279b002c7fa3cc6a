import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import {
  ADDRESS_QUARANTINE_MS,
  type AddressPool,
  freeAddress,
  type Lease,
  parseAddressPool,
} from '../../src/scale/address-pool.js';

function poolOf(...prefixes: string[]): AddressPool {
  const parsed = parseAddressPool(prefixes, '--pool');
  assert.ok(parsed.ok);
  return parsed.value;
}

test('a pool has the hosts of its prefixes, without network and broadcast address', () => {
  assert.deepEqual(
    [...poolOf('192.0.2.8/29').addresses(0)],
    [9, 10, 11, 12, 13, 14].map((last) => `192.0.2.${last}`),
  );
  assert.deepEqual(
    [...poolOf('192.0.2.9/29', '198.51.100.7/32').addresses(5)],
    ['192.0.2.14', '198.51.100.7', '192.0.2.9', '192.0.2.10', '192.0.2.11', '192.0.2.12', '192.0.2.13'],
  );
  assert.equal(poolOf('127.77.0.0/16').size, 65_534);
  assert.equal(poolOf('2001:db8::/32').size, 65_534);
});

test('every address of a pool lies in its prefix, and there is none twice', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 20, max: 32 }), (address, bits) => {
      const prefix = `${address}/${bits}`;
      const addresses = [...poolOf(prefix).addresses(0)];
      assert.equal(new Set(addresses).size, addresses.length);
      assert.ok(addresses.every((one) => ipaddr.parse(one).match(ipaddr.parseCIDR(prefix))));
    }),
    { numRuns: 30 },
  );
});

test('what is no prefix is refused, all of it at once', () => {
  const parsed = parseAddressPool(['10.0.0.0', 'here/8', '10.0.0.0/24'], '--pool');
  assert.ok(!parsed.ok);
  assert.equal(parsed.problems.length, 2);
});

test('an address is for another page only after its quarantine, and for the same page at once', () => {
  const pool = poolOf('192.0.2.0/30');
  const leases = new Map<string, Lease>([
    ['192.0.2.1', { address: '192.0.2.1', replica: 'a', page: '/a', releasedAt: 1_000 }],
    ['192.0.2.2', { address: '192.0.2.2', replica: 'b', page: '/b', releasedAt: null }],
  ]);
  assert.equal(freeAddress(pool, leases, '/c', 1_000 + ADDRESS_QUARANTINE_MS - 1), null);
  assert.equal(freeAddress(pool, leases, '/c', 1_000 + ADDRESS_QUARANTINE_MS), '192.0.2.1');
  assert.equal(freeAddress(pool, leases, '/a', 1_001), '192.0.2.1');
});
