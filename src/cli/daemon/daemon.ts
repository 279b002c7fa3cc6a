import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import { openPolicyFolder } from '../../content/policy-folder.js';
import { openSiteFolder } from '../../content/site-folder.js';
import { Controller } from '../../control/controller.js';
import type { ControlListener } from '../../control/events.js';
import type { Publication } from '../../dns/publication.js';
import { firstSerial } from '../../dns/serial.js';
import type { Policy } from '../../policy/policy.js';
import { formatProblem, type Parsed, type Problem } from '../../problem.js';
import { parseAddressPool } from '../../scale/address-pool.js';
import { startAdmin } from '../../server/admin/admin.js';
import { EventHub } from '../../server/admin/event-hub.js';
import { type DnsServer, startDnsServer, ZoneError } from '../../server/dns/dns-server.js';
import { type InheritedSocket, SocketShelf } from '../../server/inherited-sockets.js';
import type { SiteChange } from '../../site/page.js';
import { databaseSize } from '../../store/database.js';
import { openStore } from '../../store/store.js';
import type { Logger } from '../../telemetry/log.js';
import { createMetrics } from '../../telemetry/recorder.js';
import { openDrivers } from '../drivers.js';
import { VERSION } from '../version.js';
import { adminActions } from './admin-actions.js';
import { adminSource } from './admin-source.js';
import { adminToken } from './admin-token.js';
import { DriverHealth } from './driver-health.js';
import { gaugeSetter } from './gauges.js';
import { startHousekeeping } from './housekeeping.js';
import { LiveFeed } from './live-feed.js';
import { LogControl } from './log-control.js';
import { NameGuard } from './name-guard.js';
import { bundleDirOf, openOrigin, originReports, siteOptions } from './parts.js';
import { orRefuse, Refused, refusing } from './refusal.js';
import { Releasers } from './releasers.js';
import { countEvent, countQueries, countRequests, logEvent } from './reporting.js';
import type { DaemonSettings, Listen } from './settings.js';
import { writtenSerial, zoneRecords } from './zone-records.js';

export interface Daemon {
  readonly dns: readonly Listen[];
  /** e.g. `http://127.0.0.1:9153`. */
  readonly admin: string;
  readonly controller: Controller;
  /** The control loop goes round. */
  isWell(): boolean;
  /** Looks at policies and zone file again (SIGHUP); what is wrong changes nothing and is given back. */
  reload(): Promise<readonly Problem[]>;
  /** Answers until the end. */
  close(stopReplicas: boolean): Promise<void>;
}

export interface DaemonOptions {
  readonly settings: DaemonSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** What whoever started this process has opened for it. */
  readonly sockets?: readonly InheritedSocket[];
  readonly onEvent?: ControlListener;
  readonly onProgress?: (done: number, total: number) => void;
  /** The name server has died: nothing is answered any more. */
  readonly onFatal: (error: Error) => void;
}

/** Starts everything, in the order of need; or says all that keeps it from starting, and leaves nothing open. */
export async function startDaemon(options: DaemonOptions): Promise<Parsed<Daemon>> {
  const releasers = new Releasers();
  try {
    return await open(options, releasers);
  } catch (error) {
    await releasers.release();
    if (error instanceof Refused) return { ok: false, problems: error.problems };
    throw error;
  }
}

async function open(options: DaemonOptions, releasers: Releasers): Promise<Parsed<Daemon>> {
  const { settings, clock, log } = options;
  const sockets = new SocketShelf(options.sockets ?? []);
  const pool = orRefuse(parseAddressPool(settings.pool, '--pool'));
  const policies = orRefuse(await openPolicyFolder(settings.policies));
  releasers.add(() => policies.close());
  const records = orRefuse(await zoneRecords(settings));
  const names = orRefuse(NameGuard.of(settings.domain, records));
  const databaseFile = join(settings.stateDir, 'hotzone.db');
  const store = orRefuse(openStore(databaseFile, clock));
  releasers.add(() => store.close());
  store.saveSerial(
    firstSerial(store.serial === 0 ? null : store.serial, writtenSerial(records), clock.wall()),
  );
  const { token, file: tokenAt, isOpen } = orRefuse(adminToken(settings));
  if (isOpen) log.warn({ file: tokenAt }, 'the admin token can be read by others: chmod it to 0600');
  const site = orRefuse(await openSiteFolder(siteOptions(settings, options.onProgress)));
  releasers.add(() => site.close());
  const drivers = openDrivers({
    stateDir: settings.stateDir,
    port: settings.http.port,
    pool,
    qemu: settings.qemu,
    xen: settings.xen,
    onChoice: (choice) => log.info({ driver: 'qemu', choice }, 'virtual machines run so'),
    onTrouble: ({ host, message }) => {
      if (message === null) log.info({ driver: 'xl', host }, 'a host of Xen answers again');
      else log.warn({ driver: 'xl', host, message }, 'a host of Xen cannot be used');
    },
  });
  const wishes = settings.dns.map(({ address, port }) => ({
    address,
    port,
    fds: { udp: sockets.take('udp', address, port), tcp: sockets.take('tcp', address, port) },
  }));
  const adminFd = sockets.take('tcp', settings.admin.address, settings.admin.port);
  const health = new DriverHealth(drivers, log);
  const origin = await refusing('--http-port', () => openOrigin(settings, sockets));
  if (origin !== null) releasers.add(() => origin.close());
  if (sockets.problems().length > 0) throw new Refused(sockets.problems());

  let dns: DnsServer | undefined;
  let initial: Publication | undefined;
  const metrics = createMetrics({
    clock,
    version: VERSION,
    drivers: drivers.map(({ name }) => name),
    dns: () => server.counters(),
    storeSize: () => databaseSize(databaseFile),
  });
  const setGauges = gaugeSetter(metrics);
  const hub = new EventHub({
    epoch: randomUUID().replaceAll('-', ''),
    onCut: (client, waitingBytes) =>
      log.warn({ client, waitingBytes }, 'a client of the events was cut off: it reads too slowly'),
  });
  releasers.add(() => hub.close());
  const feed = new LiveFeed(hub, clock);
  const controller: Controller = new Controller({
    clock,
    store,
    pool,
    drivers,
    port: settings.http.port,
    maxInstances: settings.maxInstances,
    maxHourlyCost: settings.maxHourlyCost,
    apex: settings.domain,
    originAddresses: settings.http.originAddresses,
    tickIntervalMs: settings.tickIntervalMs,
    takeOriginReport: originReports(origin, settings.http.originCounts, clock),
    publish: async (publication) => {
      if (dns === undefined) initial = publication;
      else await dns.publish(publication);
    },
    onEvent: (event) => {
      logEvent(log, event);
      countEvent(metrics, event);
      health.note(event);
      feed.note(event, controller, source);
      if (event.kind === 'ticked') setGauges({ controller, health, drivers });
      if (event.kind === 'visited') countRequests(metrics, controller, event.counts);
      options.onEvent?.(event);
    },
  });

  const source = adminSource({ controller, health, clock, metrics, zone: settings.domain, version: VERSION });

  const everything = { added: [...site.pages().values()], changed: [], removed: [] };
  origin?.replace(everything);
  controller.replacePages(everything);
  const misfits = controller.replacePolicies(policies.policies());
  if (misfits.length > 0) throw new Refused(misfits);
  metrics.policyLoad(true);
  void health.check(policies.policies());
  await controller.begin();
  let stopReplicas = false;
  releasers.add(() => controller.stop(stopReplicas));

  const server = await refusing('--listen', () =>
    startDnsServer({
      listen: wishes,
      domain: settings.domain,
      records,
      originAddresses: settings.http.originAddresses,
      initial,
      onBatch: (batch) => {
        controller.addQueries(batch);
        countQueries(metrics, controller, batch);
      },
      onLogged: (report) => logControl.report(report),
      onFatal: options.onFatal,
    }),
  );
  dns = server;
  const logControl: LogControl = new LogControl({
    log,
    dns: server,
    zone: settings.domain,
    hostOf: (path) => controller.state.catalogue.get(path)?.page.host,
  });
  releasers.add(() => logControl.close());
  // It answers until the end.
  releasers.addLast(() => server.close());
  if (server.normalPriority !== null) {
    log.info({ reason: server.normalPriority }, 'answers wait for their turn while replicas boot');
  }
  controller.start();

  const admin = await refusing('--admin', () =>
    startAdmin({
      listen: { ...settings.admin, fd: adminFd },
      source,
      events: hub,
      writes: { actions: adminActions(controller.hand, logControl), token, tokenAt },
    }),
  );
  releasers.add(() => admin.close());
  releasers.add(startHousekeeping({ clock, controller, site, bundleDir: bundleDirOf(settings), log }));

  const takePages = (change: SiteChange): void => {
    origin?.replace(change);
    controller.replacePages(change);
  };
  site.watch({
    onChange: (found) => {
      const { change, problems } = names.admit(found);
      logProblems(log, 'a page is not served', problems);
      takePages(change);
    },
    onProblems: (problems) => logProblems(log, 'the site cannot be read; the last good one stays', problems),
  });
  const takePolicies = (found: readonly Policy[]): readonly Problem[] => {
    const problems = controller.replacePolicies(found);
    metrics.policyLoad(problems.length === 0);
    if (problems.length === 0) void health.check(found);
    return problems;
  };
  policies.watch({
    onChange: (found) => void takePolicies(found),
    onProblems: (problems) => {
      metrics.policyLoad(false);
      logProblems(log, 'the policies are not taken over; the last good ones stay', problems);
    },
  });

  /** Records that make no zone, or none beside the pages, leave the present ones in force. */
  const reloadZone = async (): Promise<readonly Problem[]> => {
    const zone = await zoneRecords(settings);
    if (!zone.ok) return zone.problems;
    try {
      await server.replaceRecords(zone.value);
    } catch (error) {
      if (error instanceof ZoneError) return error.problems;
      throw error;
    }
    await controller.recordsChanged(writtenSerial(zone.value));
    takePages(names.replaceRecords(settings.domain, zone.value));
    return [];
  };

  return {
    ok: true,
    value: {
      dns: server.addresses,
      admin: admin.url,
      controller,
      isWell: source.healthy,
      reload: async () => {
        const found = await policies.reload();
        if (!found.ok) metrics.policyLoad(false);
        return [...(found.ok ? takePolicies(found.value) : found.problems), ...(await reloadZone())];
      },
      close: async (alsoReplicas) => {
        stopReplicas = alsoReplicas;
        await releasers.release();
      },
    },
  };
}

function logProblems(log: Logger, what: string, problems: readonly Problem[]): void {
  for (const problem of problems) log.error({ problem: formatProblem(problem) }, what);
}
