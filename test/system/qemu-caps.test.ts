import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { SeenCaps } from '../helpers/caps-in-guest.js';
import { debianGuest, skipWithoutDebian } from '../helpers/debian-guest/debian-guest.js';
import { programFiles } from '../helpers/debian-guest/program-files.js';
import { QEMU, skipWithoutQemu } from '../helpers/qemu-driver.js';

const DIST = fileURLToPath(new URL('../../', import.meta.url));
/** What the guest runs, and all that it imports. */
const MODULES = [
  'test/helpers/caps-in-guest.js',
  ...['src/driver/qemu/cgroup.js', 'src/driver/poll.js', 'src/driver/system-failure.js'],
];
const INIT = `mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t cgroup2 cgroup2 /sys/fs/cgroup
/bin/node /hotzone/test/helpers/caps-in-guest.js
poweroff -f
`;

test('caps hold where control groups are delegated: in a guest with a kernel and groups of its own', {
  skip: skipWithoutQemu || skipWithoutDebian,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
  t.after(() => rm(folder, { recursive: true }));
  const type = join(folder, 'package.json');
  await writeFile(type, '{ "type": "module" }');
  const { kernel, initrd } = await debianGuest(folder, {
    modules: [],
    applets: ['mount', 'poweroff', 'sh', 'dd'],
    files: {
      ...(await programFiles(process.execPath, 'bin/node')),
      'hotzone/package.json': type,
      ...Object.fromEntries(MODULES.map((module) => [`hotzone/${module}`, join(DIST, module)])),
    },
    init: INIT,
  });
  const { stdout } = await execa(QEMU, [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-serial', 'stdio'],
    ...['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max', '-smp', '2', '-m', '1G'],
    ...['-kernel', kernel, '-initrd', initrd, '-append', 'console=ttyS0 quiet panic=-1'],
  ]);
  const seen = JSON.parse(/^caps: (.*?)\r?$/m.exec(stdout)?.[1] ?? assert.fail(stdout)) as SeenCaps;
  t.diagnostic(`two busy loops got ${seen.busy.processors.toFixed(2)} processors`);
  assert.equal(seen.enabled, null);
  assert.equal(seen.controllers, 'cpu memory');
  assert.deepEqual(seen.caps, [null, null, null]);
  assert.deepEqual(seen.greedy, { signal: 'SIGKILL', oomKills: 1 });
  assert.deepEqual(seen.modest, { code: 0 });
  assert.ok(seen.busy.processors < 1.3 && seen.busy.processors > 0.5, `${seen.busy.processors} processors`);
  assert.ok(seen.busy.throttled > 10, `throttled ${seen.busy.throttled} times`);
  assert.deepEqual(seen.left, [false, false, false]);
  assert.deepEqual(seen.undelegated, {
    class: 'config',
    message: 'the control group /sys/fs/cgroup/bare/inner has no cpu and no memory controller',
  });
  assert.match(JSON.stringify(seen.inhabited), /cannot use the control group .*EBUSY/);
});
