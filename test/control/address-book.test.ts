import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressBook } from '../../src/control/address-book.js';
import { ADDRESS_QUARANTINE_MS, type Lease, parseAddressPool } from '../../src/scale/address-pool.js';
import { parsed } from '../helpers/policy.js';
import { memoryStore } from '../helpers/store.js';

function book(leases: readonly Lease[] = []): AddressBook {
  // Two addresses beside that of the network and that for broadcasts.
  return new AddressBook(parsed(parseAddressPool(['127.77.0.0/30'], '--pool')), leases);
}

test('every replica gets an address of its own, until there is none', () => {
  const addresses = book();
  const leased = [addresses.lease('/a.html', 'r1', 0), addresses.lease('/a.html', 'r2', 0)];
  assert.deepEqual([...leased].sort(), ['127.77.0.1', '127.77.0.2']);
  assert.equal(addresses.lease('/a.html', 'r3', 0), null);
  assert.match(addresses.description, /127\.77\.0\.0\/30 has no free address: 2 of 2 are in use/);
});

test('a released address is free for its own page at once, and for another one after the quarantine', () => {
  const addresses = book();
  addresses.lease('/a.html', 'r1', 0);
  const second = addresses.lease('/a.html', 'r2', 0) ?? '';
  addresses.release(second, 'r2', 100);
  assert.equal(addresses.lease('/b.html', 'r3', 99 + ADDRESS_QUARANTINE_MS), null);
  assert.equal(addresses.lease('/a.html', 'r4', 100), second);
  addresses.release(second, 'r4', 200);
  assert.equal(addresses.lease('/b.html', 'r5', 200 + ADDRESS_QUARANTINE_MS), second);
});

test('only the replica that has the address can release it, and only once', (t) => {
  const store = memoryStore(t);
  const addresses = book();
  const address = addresses.lease('/a.html', 'r1', 0) ?? '';
  addresses.release(address, 'another', 5);
  addresses.release('127.99.0.1', 'r1', 5);
  addresses.save(store);
  assert.deepEqual(store.leases.all(), [{ address, replica: 'r1', page: '/a.html', releasedAt: null }]);
  addresses.release(address, 'r1', 10);
  addresses.release(address, 'r1', 20);
  addresses.save(store);
  assert.equal(store.leases.all()[0]?.releasedAt, 10);
});

test('leases are kept from one daemon to the next', (t) => {
  const store = memoryStore(t);
  const addresses = book();
  const address = addresses.lease('/a.html', 'r1', 0) ?? '';
  addresses.save(store);
  addresses.saved();
  const next = book(store.leases.all());
  assert.notEqual(next.lease('/b.html', 'r2', 0), address);
  assert.equal(next.lease('/b.html', 'r3', 0), null);
});

test('what was saved is not written again', (t) => {
  const store = memoryStore(t);
  const addresses = book();
  const address = addresses.lease('/a.html', 'r1', 0) ?? '';
  addresses.save(store);
  addresses.saved();
  store.leases.save({ address, replica: 'other', page: '/a.html', releasedAt: null });
  addresses.save(store);
  assert.equal(store.leases.all()[0]?.replica, 'other');
});

test('a lease that is taken back never was: the address is what it was before', (t) => {
  const store = memoryStore(t);
  const addresses = book();
  for (let round = 0; round < 5; round += 1) {
    const address = addresses.lease('/a.html', `r${round}`, round) ?? '';
    addresses.takeBack(address);
  }
  addresses.save(store);
  assert.deepEqual(store.leases.all(), []);
  const own = addresses.lease('/b.html', 'b', 0) ?? '';
  addresses.lease('/b.html', 'c', 0);
  addresses.save(store);
  addresses.saved();
  addresses.release(own, 'b', 100);
  assert.equal(addresses.lease('/b.html', 'd', 200), own);
  addresses.takeBack(own);
  assert.equal(addresses.lease('/a.html', 'e', 200), null, 'its rest was cut short');
});
