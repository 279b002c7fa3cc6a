import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReplicaCounters } from '../../src/driver/driver.js';
import type { Bundle } from '../../src/site/bundle.js';
import { encodeBundle } from '../../src/site/bundle-codec.js';
import { newId, untilServing } from '../driver/conformance.js';
import { BRIDGE } from './bridge.js';
import { until } from './daemon/until.js';
import { KERNEL, setUpQemuDriver } from './qemu-driver.js';

/** A page in a machine behind the bridge of the test's namespace, where nobody else asks for it. */
export interface BridgedPage {
  readonly address: string;
  readonly port: number;
  /** Where the driver's files are. */
  readonly folder: string;
  /** Asked for until they are told: after a crowd the network may lose the first question. */
  counters(): Promise<ReplicaCounters>;
  close(): Promise<void>;
}

/** Resolves when it has served once. */
export async function bootBridgedPage(
  bundle: Bundle,
  address: string,
  memory?: number,
): Promise<BridgedPage> {
  const given = await setUpQemuDriver(KERNEL);
  const bundleFile = join(given.folder, 'bridged.bundle');
  await writeFile(bundleFile, encodeBundle(bundle));
  const driver = given.open({ network: { kind: 'bridge', bridge: BRIDGE.name } });
  const { host, path: page } = bundle;
  const spec = { id: newId(), owner: newId(), page, host, bundleFile, address, port: 80 };
  const outcome = await driver.create(memory === undefined ? spec : { ...spec, memory });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  const replica = { id: spec.id, ref: outcome.ref };
  await untilServing(spec);
  return {
    address,
    port: spec.port,
    folder: given.folder,
    counters: () => until('the machine tells its counters', () => driver.counters(replica)),
    close: async () => {
      await driver.destroy(replica);
      await given.close();
    },
  };
}
