import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Driver, ReplicaSpec } from '../../src/driver/driver.js';
import { newId } from '../driver/conformance.js';

/** What a driver under test has around it. */
interface Surroundings {
  open(): Driver;
  close(): Promise<void>;
  readonly page: string;
  readonly host: string;
  readonly bundleFile: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

/** An owner of its own and a spec for each address; whatever that owner has at the end is destroyed. */
export function driverScene<Given extends Surroundings>(
  t: TestContext,
  given: Given,
): Given & { readonly owner: string; readonly specs: readonly ReplicaSpec[] } {
  const owner = newId();
  t.after(async () => {
    const driver = given.open();
    await Promise.all((await driver.list(owner)).map((replica) => driver.destroy(replica)));
    await given.close();
  });
  const { page, host, bundleFile, port } = given;
  const specs = given.addresses.map((address) => ({
    id: newId(),
    owner,
    page,
    host,
    bundleFile,
    address,
    port,
  }));
  return { ...given, owner, specs };
}

export function firstOf<T>(items: readonly T[]): T {
  return items[0] ?? assert.fail('there is none');
}
