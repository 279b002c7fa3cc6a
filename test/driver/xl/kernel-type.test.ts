import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { kernelType } from '../../../src/driver/xl/kernel-type.js';
import { KERNEL } from '../../helpers/qemu-driver.js';

/** A 64-bit ELF file with one segment of notes, each `[owner, type]`. */
function elf(notes: readonly (readonly [string, number])[]): Buffer {
  const told = Buffer.from([1, 2, 3, 0]);
  const segment = Buffer.concat(
    notes.map(([owner, type]) => {
      const name = Buffer.from(`${owner}\0`);
      const head = Buffer.alloc(12);
      head.writeUInt32LE(name.length, 0);
      head.writeUInt32LE(3, 4);
      head.writeUInt32LE(type, 8);
      return Buffer.concat([head, name, Buffer.alloc((4 - (name.length % 4)) % 4), told]);
    }),
  );
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt8(2, 4);
  header.writeBigUInt64LE(64n, 0x20);
  header.writeUInt16LE(56, 0x36);
  header.writeUInt16LE(1, 0x38);
  const program = Buffer.alloc(56);
  program.writeUInt32LE(4, 0);
  program.writeBigUInt64LE(120n, 8);
  program.writeBigUInt64LE(BigInt(segment.length), 32);
  return Buffer.concat([header, program, segment]);
}

test('a kernel says how Xen starts it', () => {
  assert.equal(
    kernelType(
      elf([
        ['GNU', 3],
        ['Xen', 6],
        ['Xen', 18],
      ]),
    ),
    'pvh',
  );
  assert.equal(
    kernelType(
      elf([
        ['GNU', 3],
        ['Xen', 6],
        ['Xen', 1],
      ]),
    ),
    'pv',
  );
  assert.equal(kernelType(Buffer.concat([elf([]), Buffer.from('GUEST_OS=Mini-OS\0__xen_guest\0')])), 'pv');
});

test('what does not say so is not guessed', () => {
  assert.equal(kernelType(elf([['GNU', 18]])), null);
  for (const bytes of [Buffer.alloc(0), Buffer.from('MZ'), Buffer.alloc(4_096, 1)])
    assert.equal(kernelType(bytes), null);
  // Cut off anywhere, it is no bug.
  const whole = elf([
    ['Xen', 6],
    ['Xen', 18],
  ]);
  for (let length = 0; length < whole.length; length += 1) kernelType(whole.subarray(0, length));
});

const skip = existsSync(KERNEL) ? false : 'needs the page kernel: npm run kernel';
test('the page kernel is for PVH', { skip }, () => {
  assert.equal(kernelType(readFileSync(KERNEL)), 'pvh');
});
