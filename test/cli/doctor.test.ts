import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type DoctorOptions, doctor } from '../../src/cli/doctor.js';
import { QEMU_DEFAULTS } from '../../src/cli/qemu-settings.js';
import { XEN_DEFAULTS } from '../../src/cli/xen-settings.js';
import { captureIo } from '../helpers/captured-io.js';
import { SHORTEST } from '../helpers/policy.js';
import { freePort } from '../helpers/process-driver.js';

/** A host without QEMU, whatever the one that this runs on has. */
async function optionsOf(t: TestContext, part: Partial<DoctorOptions> = {}): Promise<DoctorOptions> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-doctor-'));
  t.after(() => rm(folder, { recursive: true }));
  return {
    pool: ['127.63.0.0/24'],
    httpPort: await freePort(),
    stateDir: join(folder, 'state'),
    qemu: { ...QEMU_DEFAULTS, program: 'qemu-of-nobody', kernel: '/nonexistent/kernel' },
    xen: XEN_DEFAULTS,
    configured: null,
    json: false,
    ...part,
  };
}

test('a host with nothing but Node.js runs processes, and is told the commands for more', async (t) => {
  const io = captureIo();
  const options = await optionsOf(t);
  assert.equal(await doctor(options, io), 0);
  assert.match(io.out(), /^process driver +ok +Node\.js v\d+/m);
  assert.match(io.out(), /^addresses +ok +254 in 127\.63\.0\.0\/24, port \d+ can be listened on$/m);
  assert.match(io.out(), /^QEMU +missing +there is no program qemu-of-nobody/m);
  assert.match(io.out(), /^QEMU +apt install qemu-system-x86$/m);
  assert.match(io.out(), /^page kernel +npm run kernel$/m);
  assert.match(io.out(), /^replicas can run as: process yes, qemu no, xl no$/m);
  assert.ok(!existsSync(options.stateDir), 'a look leaves nothing behind');
});

test('addresses that the host does not have keep everything from running', async (t) => {
  const io = captureIo();
  const qemu = { ...QEMU_DEFAULTS, program: 'qemu-of-nobody', bridge: 'br-none' };
  assert.equal(await doctor(await optionsOf(t, { pool: ['192.0.2.0/28'], qemu, json: true }), io), 1);
  const { drivers, findings } = JSON.parse(io.out());
  assert.deepEqual(drivers, { process: false, qemu: false, xl: false });
  const of = (name: string) => findings.find(({ what }: { what: string }) => what === name);
  assert.equal(of('addresses').state, 'missing');
  assert.equal(of('addresses').fix, 'ip route add local 192.0.2.0/28 dev lo');
  assert.match(of('bridge').fix, /^ip link add br-none type bridge && /);
  assert.equal(of('accelerator').state, 'unused');
});

test('a pool that is none is wrong usage', async (t) => {
  const io = captureIo();
  assert.equal(await doctor(await optionsOf(t, { pool: ['x'] }), io), 2);
  assert.match(io.err(), /^hotzone doctor: --pool: "x" is no address prefix; write it like/);
  assert.equal(io.out(), '');
});

test('what a configuration names and the host lacks is a problem, and what it does not name is none', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-doctor-'));
  t.after(() => rm(folder, { recursive: true }));
  const policies = [join(folder, 'policy.yaml')];
  const listen = [{ address: '127.0.0.1', port: await freePort() }];
  const configured = { file: 'hotzone.yaml', policies, listen };
  await writeFile(policies[0] ?? '', SHORTEST);
  const well = captureIo();
  assert.equal(await doctor(await optionsOf(t, { configured }), well), 0);
  assert.match(well.out(), /^configuration +ok +hotzone\.yaml; 1 policies in force, by process$/m);
  assert.match(well.out(), /^listening +ok +127\.0\.0\.1:\d+ is free$/m);

  const elsewhere = { ...configured, listen: [{ address: '192.0.2.1', port: 53 }] };
  const away = captureIo();
  assert.equal(await doctor(await optionsOf(t, { configured: elsewhere }), away), 1);
  assert.match(away.out(), /^listening +missing +this host has no address 192\.0\.2\.1$/m);

  await writeFile(policies[0] ?? '', `${SHORTEST}placement: [{ driver: qemu }]\n`);
  const lacking = captureIo();
  assert.equal(await doctor(await optionsOf(t, { configured }), lacking), 1);
  assert.match(lacking.out(), /in force, by qemu$/m);
  await writeFile(policies[0] ?? '', 'version: 1\n');
  const wrong = captureIo();
  assert.equal(await doctor(await optionsOf(t, { configured }), wrong), 1);
  assert.match(wrong.out(), /^configuration +missing .*policy\.yaml:1:1: /m);
  assert.match(wrong.out(), /^configuration +hotzone check --config hotzone\.yaml$/m);
});
