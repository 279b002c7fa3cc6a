import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MachineArguments, machineArguments } from '../../../src/driver/qemu/machine-arguments.js';

const MACHINE: MachineArguments = {
  name: { owner: 'owner', id: 'id', address: '127.77.0.1', port: 80 },
  machine: 'microvm',
  accelerator: 'tcg',
  memory: 16,
  kernel: '/k',
  commandLine: 'word',
  initrd: '/b, with a comma',
  disks: [],
  files: { console: '/state,1/c', qmp: '/state,1/q', config: '/state,1/f' },
  netdev: 'user,restrict=on',
  mac: '02:00:00:00:00:01',
  userArguments: [],
};

/** The value that follows an option, or all of them. */
function valuesOf(option: string, args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ''] : []));
}

test('nothing of QEMU is there but what a page needs', () => {
  const args = machineArguments(MACHINE);
  for (const flag of ['-nodefaults', '-no-user-config', '-no-reboot']) assert.ok(args.includes(flag), flag);
  assert.deepEqual(valuesOf('-display', args), ['none']);
  assert.deepEqual(valuesOf('-m', args), ['16M']);
  assert.deepEqual(valuesOf('-smp', args), ['1']);
  assert.deepEqual(valuesOf('-device', args), [
    'isa-debug-exit,iobase=0xf4,iosize=4',
    'virtio-net-device,netdev=net,mac=02:00:00:00:00:01',
  ]);
  assert.deepEqual(valuesOf('-netdev', args), ['user,restrict=on,id=net']);
});

test('a comma in a path ends no option', () => {
  const args = machineArguments(MACHINE);
  assert.deepEqual(valuesOf('-initrd', args), ['/b, with a comma']);
  assert.deepEqual(valuesOf('-readconfig', args), ['/state,1/f']);
  assert.deepEqual(valuesOf('-chardev', args), [
    'file,id=console,path=/state,,1/c,append=on',
    'socket,id=qmp,path=/state,,1/q,server=on,wait=off',
  ]);
});

test('an image of its own may have no boot module, and disks that it can only read', () => {
  const args = machineArguments({ ...MACHINE, machine: 'q35', initrd: null, disks: ['/a,b.tar', '/c'] });
  assert.deepEqual(valuesOf('-initrd', args), []);
  assert.deepEqual(valuesOf('-drive', args), [
    'file=/a,,b.tar,format=raw,if=none,readonly=on,id=disk0',
    'file=/c,format=raw,if=none,readonly=on,id=disk1',
  ]);
  assert.deepEqual(valuesOf('-device', args).slice(2), [
    'virtio-blk-pci,drive=disk0',
    'virtio-blk-pci,drive=disk1',
  ]);
});

test('the filter forbids to become somebody else, unless that is how privileges are dropped', () => {
  const [asUser] = valuesOf('-sandbox', machineArguments(MACHINE));
  assert.equal(asUser, 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny');
  const args = machineArguments({ ...MACHINE, userArguments: ['-runas', 'nobody'] });
  assert.match(valuesOf('-sandbox', args)[0] ?? '', /^on,.*elevateprivileges=allow,spawn=deny/);
  assert.deepEqual(valuesOf('-runas', args), ['nobody']);
});

test('a QEMU without microvm gets a machine with PCI', () => {
  const args = machineArguments({ ...MACHINE, machine: 'q35', accelerator: 'kvm' });
  assert.match(valuesOf('-machine', args)[0] ?? '', /^q35/);
  assert.match(valuesOf('-device', args)[1] ?? '', /^virtio-net-pci,/);
  assert.deepEqual(valuesOf('-accel', args), ['kvm']);
});
