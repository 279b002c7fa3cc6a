import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf } from '../../../src/driver/qemu/network.js';
import { tapOf } from '../../../src/driver/qemu/tap.js';

const ID = '12345678-9abc-4def-8123-456789abcdef';

test('the user network forwards one port of one address, and nothing else gets through', async () => {
  assert.deepEqual(await connectionOf({ kind: 'user' }, { id: ID, address: '127.77.0.1', port: 8080 }), {
    netdev: 'user,restrict=on,ipv6=off,hostfwd=tcp:127.77.0.1:8080-10.0.2.15:8080',
    settings: {
      'hotzone.ip': '10.0.2.15/24',
      'hotzone.gw': '10.0.2.2',
      'hotzone.controller': '10.0.2.2',
    },
  });
});

test('the user network has no IPv6, and says what to use', async () => {
  const failure = await connectionOf({ kind: 'user' }, { id: ID, address: '::1', port: 80 });
  assert.deepEqual(failure, {
    class: 'config',
    message: "QEMU's user network forwards IPv4 addresses alone, and ::1 is none: use a bridge for it",
  });
});

test('behind a bridge the machine has the address, in the network of the bridge', async () => {
  // Any interface that is up has what a bridge has; loopback is always there.
  const network = { kind: 'bridge', bridge: 'lo' } as const;
  assert.deepEqual(await connectionOf(network, { id: ID, address: '127.77.0.1', port: 80 }), {
    netdev: 'tap,ifname=hz-123456789abc,script=no,downscript=no',
    settings: {
      'hotzone.ip': '127.77.0.1/8',
      'hotzone.gw': '127.0.0.1',
      'hotzone.controller': '127.0.0.1',
    },
  });
  const missing = await connectionOf(
    { kind: 'bridge', bridge: 'br-none' },
    { id: ID, address: '192.0.2.1', port: 80 },
  );
  assert.deepEqual(missing, {
    class: 'config',
    message: 'the bridge br-none is not up with an IPv4 address',
  });
});

test('a network device has a name that Linux takes', () => {
  assert.ok(tapOf(ID).length <= 15);
  assert.notEqual(tapOf(ID), tapOf(ID.replace('1', '2')));
});
