import { resolve } from 'node:path';
import type { CreateOutcome, Driver, DriverFailure, ListedReplica, ReplicaSpec } from '../driver.js';
import { askCounters, askDrain } from '../machine/kernel-control.js';
import { HostUnreachable } from './dom0.js';
import { readDomainConsole, tailOfConsole } from './domain-console.js';
import { readDomainRecord, readDomainRecords, removeDomainFiles } from './domain-files.js';
import { domainName } from './domain-name.js';
import { endDomain } from './end-domain.js';
import type { Host } from './host.js';
import { inspectHosts, openHosts } from './hosts.js';
import { inOrder } from './placing.js';
import { refOf, startDomain } from './start-domain.js';
import type { XlDriverOptions } from './xl-options.js';

/**
 * Replicas as domains of Xen: each runs the page kernel, and has its page from the bundle that it is booted with. Who a
 * domain is, its name and UUID tell; what Xen does not know of it stands in its configuration in the state folder.
 */
export function xlDriver(given: XlDriverOptions): Driver {
  const options = { ...given, stateDir: resolve(given.stateDir) };
  const { stateDir } = options;
  const hosts = openHosts(options);
  const creating = new Map<string, Promise<CreateOutcome>>();
  /** Where replicas that are being made will be: the next one should be elsewhere. */
  const placing = new Map<string, { readonly host: string; readonly page: string }>();

  const hostNamed = (name: string): Host | undefined => hosts.find((host) => host.name === name);

  /** Where a replica is, or may be; every host when nothing is written down about it. */
  const hostsOf = async (id: string): Promise<readonly Host[]> => {
    const record = await readDomainRecord(stateDir, id);
    if (record === null) return hosts;
    const host = hostNamed(record.host);
    if (host === undefined)
      throw new Error(`replica ${id} is at ${record.host}, which is none of the hosts that are given now`);
    return [host];
  };

  const create = async (spec: ReplicaSpec): Promise<CreateOutcome> => {
    const record = await readDomainRecord(stateDir, spec.id);
    const earlier = record === null ? undefined : hostNamed(record.host);
    if (earlier !== undefined) {
      const domains = await earlier.domains();
      if (domains.some(({ id }) => id === spec.id)) return { ok: true, ref: refOf(earlier, spec) };
    }
    const failures: DriverFailure[] = [];
    const taken = [...(await readDomainRecords(stateDir)).values(), ...placing.values()];
    for (const host of inOrder(earlier === undefined ? hosts : [earlier], spec.page, taken)) {
      placing.set(spec.id, { host: host.name, page: spec.page });
      const outcome = await startDomain(options, host, spec);
      if (outcome.ok) return outcome;
      failures.push(outcome.failure);
    }
    return { ok: false, failure: worthTelling(failures) };
  };

  const listAt = async (host: Host, owner: string): Promise<readonly ListedReplica[]> => {
    try {
      const domains = (await host.domains()).filter((domain) => domain.owner === owner);
      const records = await readDomainRecords(stateDir);
      // What this installation has written down need not be asked for.
      const isKnown = domains.every(({ id }) => records.has(id));
      const addresses = isKnown ? new Map<number, string>() : await host.addresses();
      return domains.map(({ id, domid, ended }) => ({
        id,
        ref: refOf(host, { owner, id }),
        address: records.get(id)?.address ?? addresses.get(domid) ?? '',
        running: !ended,
      }));
    } catch (error) {
      // With one host nothing is known at all; with several the others' replicas are.
      if (!(error instanceof HostUnreachable) || hosts.length === 1) throw error;
      return presumed(host, owner);
    }
  };

  /** Silence is no end: the replicas are there as far as anybody knows, and the probe tells whether they serve. */
  const presumed = async (host: Host, owner: string): Promise<readonly ListedReplica[]> =>
    [...(await readDomainRecords(stateDir))]
      .filter(([, record]) => record.host === host.name && record.owner === owner)
      .map(([id, { address }]) => ({ id, ref: refOf(host, { owner, id }), address, running: true }));

  return {
    name: 'xl',

    check: () => inspectHosts(options, hosts),

    create(spec) {
      const underway = creating.get(spec.id);
      if (underway !== undefined) return underway;
      const outcome = orUnreachable(create(spec)).finally(() => {
        creating.delete(spec.id);
        placing.delete(spec.id);
      });
      creating.set(spec.id, outcome);
      return outcome;
    },

    async list(owner) {
      return (await Promise.all(hosts.map((host) => listAt(host, owner)))).flat();
    },

    async drain({ id }) {
      const record = await readDomainRecord(stateDir, id);
      if (record !== null) await askDrain(record);
    },

    async counters({ id }) {
      const record = await readDomainRecord(stateDir, id);
      return record === null ? null : askCounters(record);
    },

    async destroy({ id }) {
      await creating.get(id);
      const record = await readDomainRecord(stateDir, id);
      for (const host of await hostsOf(id)) {
        if (record === null) await host.endAll(id);
        else await endDomain(host.dom0, domainName({ owner: record.owner, id }));
        await host.files.removeOld();
      }
      await removeDomainFiles(stateDir, id);
    },

    async lastWords({ id }) {
      const record = await readDomainRecord(stateDir, id);
      const host = record === null ? undefined : hostNamed(record.host);
      if (record === null || host === undefined) return tailOfConsole(stateDir, id);
      return readDomainConsole(host.dom0, domainName({ owner: record.owner, id }), stateDir, id);
    },
  };
}

async function orUnreachable(outcome: Promise<CreateOutcome>): Promise<CreateOutcome> {
  try {
    return await outcome;
  } catch (error) {
    if (!(error instanceof HostUnreachable)) throw error;
    return { ok: false, failure: { class: 'transient', message: error.message } };
  }
}

/** Full hosts call for the next placement, whatever is wrong with the others. */
function worthTelling(failures: readonly DriverFailure[]): DriverFailure {
  return (
    failures.find((failure) => failure.class === 'capacity') ??
    failures.find((failure) => failure.class === 'transient') ??
    failures[0] ?? { class: 'config', message: 'there is no host' }
  );
}
