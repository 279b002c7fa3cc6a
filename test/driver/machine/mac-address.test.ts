import assert from 'node:assert/strict';
import { test } from 'node:test';
import { macOf } from '../../../src/driver/machine/mac-address.js';

test('an address has a MAC address of its own, unicast and locally administered', () => {
  assert.match(macOf('192.0.2.1'), /^02(:[0-9a-f]{2}){5}$/);
  assert.equal(macOf('192.0.2.1'), macOf('192.0.2.1'));
  assert.notEqual(macOf('192.0.2.1'), macOf('192.0.2.2'));
});
