import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver, ReplicaSpec } from '../../src/driver/driver.js';
import { xlDriver } from '../../src/driver/xl/xl-driver.js';
import type { XlDriverOptions } from '../../src/driver/xl/xl-options.js';
import { encodeBundle } from '../../src/site/bundle-codec.js';
import { type DriverUnderTest, untilServing } from '../driver/conformance.js';
import { BODY, bundleOf } from './bundle.js';
import { KERNEL } from './qemu-driver.js';
import type { RunningRig } from './xen-rig/boot.js';
import { BRIDGE, dom0Address } from './xen-rig/dom0-system.js';

export interface XlDriverUnderTest extends DriverUnderTest {
  readonly folder: string;
  readonly options: XlDriverOptions;
  open(options?: Partial<XlDriverOptions>): Driver;
}

export const DOM0 = `root@${dom0Address(1)}`;

const FOLDER = '/var/lib/hotzone';

/** An xl driver for the rig, over a temporary state folder, and a bundle to serve. */
export function setUpXlDriver(
  { image: { sshKey: key, knownHosts } }: RunningRig,
  more: Partial<XlDriverOptions> = {},
): Promise<XlDriverUnderTest> {
  return setUp({ hosts: [DOM0], ssh: { key, knownHosts, folder: FOLDER }, ...more });
}

/** The same for the control domain that this runs on. */
export function setUpLocalXlDriver(): Promise<XlDriverUnderTest> {
  return setUp({ hosts: [], ssh: { key: null, knownHosts: null, folder: FOLDER } });
}

async function setUp(
  given: Pick<XlDriverOptions, 'hosts' | 'ssh'> & Partial<XlDriverOptions>,
): Promise<XlDriverUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
  const bundleFile = join(folder, 'page.bundle');
  const bundle = bundleOf();
  await writeFile(bundleFile, encodeBundle(bundle));
  const options: XlDriverOptions = {
    stateDir: join(folder, 'state'),
    kernel: KERNEL,
    bridge: BRIDGE,
    gateway: null,
    plainVif: true,
    ...given,
  };
  return {
    folder,
    options,
    open: (other = {}) => xlDriver({ ...options, ...other }),
    page: bundle.path,
    host: bundle.host,
    bundleFile,
    body: BODY,
    addresses: Array.from({ length: 24 }, (_, index) => `10.77.0.${100 + index}`),
    port: 80,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

const SERVE_PATIENCE_MS = 60_000;

/** Boots a replica and waits until it serves its page; one that does not in time says why. */
export async function served(driver: Driver, spec: ReplicaSpec, body: string): Promise<void> {
  const outcome = await driver.create(spec);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  const serving = untilServing(spec).then(({ body: got }) => got.toString());
  const tooLate = sleep(SERVE_PATIENCE_MS, null, { ref: false });
  const got = await Promise.race([serving, tooLate]);
  assert.equal(got, body, `${spec.address}: ${got === null ? await driver.lastWords(spec) : 'another page'}`);
}

export function ended(driver: Driver, { id }: ReplicaSpec): Promise<void> {
  return driver.destroy({ id, ref: '' });
}
