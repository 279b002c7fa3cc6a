import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { startFailure } from '../../../src/driver/qemu/qemu-failure.js';

test("QEMU's complaint is classed by what helps against it, without the warnings before it", async () => {
  const rows = [
    ["cannot set up guest memory 'microvm.ram': Cannot allocate memory", 'capacity'],
    ['Error loading uncompressed kernel without PVH ELF Note', 'config'],
    ["could not open kernel file '/nonexistent': No such file or directory", 'config'],
    ['could not configure /dev/net/tun (hz-1): Operation not permitted', 'config'],
    ['User "nobody" doesn\'t exist', 'config'],
    ['Something that nobody has thought of', 'transient'],
  ] as const;
  for (const [complaint, expected] of rows) {
    const output = `qemu-system-x86_64: warning: old\nqemu-system-x86_64: ${complaint}\nmore\n`;
    assert.deepEqual(await startFailure(output, null), { class: expected, message: complaint });
  }
  assert.equal((await startFailure('', null)).message, 'QEMU ended without a word');
});

test('QEMU does not say why it cannot forward a port; who listens there now does', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const output = `qemu-system-x86_64: -netdev user: Could not set up host forwarding rule 'tcp:127.0.0.1:${port}-:80'\n`;
  const inUse = await startFailure(output, { address: '127.0.0.1', port });
  assert.equal(inUse.class, 'transient');
  assert.match(inUse.message, new RegExp(`^127\\.0\\.0\\.1:${port}: .*in use by another program`));
  const foreign = await startFailure(output, { address: '192.0.2.1', port });
  assert.equal(foreign.class, 'config');
  assert.match(foreign.message, /this host does not have the address/);
});
