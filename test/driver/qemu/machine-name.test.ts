import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameArguments, parseName } from '../../../src/driver/qemu/machine-name.js';

test('what a machine is called is read back from its command line', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), address, fc.nat(65_535), (owner, id, where, port) => {
      const name = { owner, id, address: where, port };
      assert.deepEqual(parseName(['/usr/bin/qemu', ...nameArguments(name), '-nodefaults']), name);
    }),
  );
});

test('a command line that is not exactly that is nobody of ours', () => {
  const id = randomUUID();
  const name = `guest=hotzone/owner/${id}/127.0.0.1/80`;
  const rows = [
    ['qemu'],
    ['qemu', '-name'],
    ['qemu', '-name', name],
    ['qemu', '-name', name, '-uuid', randomUUID()],
    ['qemu', '-name', `${name},process=x`, '-uuid', id],
    ['qemu', '-name', name.replace('hotzone', 'other'), '-uuid', id],
    ['qemu', '-name', name.replace('/80', ''), '-uuid', id],
    ['sh', '-c', `qemu -name ${name} -uuid ${id}`],
    [],
  ];
  for (const argv of rows) assert.equal(parseName(argv), null, argv.join(' '));
});
