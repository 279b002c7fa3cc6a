import { join } from 'node:path';
import type { Clock } from '../../clock.js';
import type { SiteFolderOptions } from '../../content/site-folder.js';
import type { TakeOriginReport } from '../../control/state.js';
import { CountsReader } from '../../server/counts-reader.js';
import { askCounts } from '../../server/counts-socket.js';
import type { SocketShelf } from '../../server/inherited-sockets.js';
import { type Origin, startOrigin } from '../../server/origin.js';
import type { DaemonSettings } from './settings.js';

/** Where the encoded bundles of the pages are, as replicas boot from them. */
export function bundleDirOf(settings: DaemonSettings): string {
  return join(settings.stateDir, 'bundles');
}

/** How the site's folder is read for this daemon. */
export function siteOptions(
  { domain, site, http, ...settings }: DaemonSettings,
  onProgress?: (done: number, total: number) => void,
): SiteFolderOptions {
  const bundleDir = bundleDirOf({ domain, site, http, ...settings });
  const options = {
    dir: site.dir,
    domain,
    naming: site.naming,
    scheme: 'http',
    port: http.port,
    bundleDir,
  } as const;
  return onProgress === undefined ? options : { ...options, onProgress };
}

/** Null: another program is the origin. */
export async function openOrigin(
  { domain, http }: DaemonSettings,
  sockets: SocketShelf,
): Promise<Origin | null> {
  if (http.originListen.length === 0) return null;
  const listen = http.originListen.map((address) => ({
    address,
    port: http.port,
    fd: sockets.take('tcp', address, http.port),
  }));
  return startOrigin({ listen, domain });
}

/** How to learn what the origin serves; null: it is another program, and there is no socket to ask. */
export function originReports(
  origin: Origin | null,
  countsSocket: string | null,
  clock: Clock,
): TakeOriginReport | null {
  const reader = new CountsReader();
  if (origin !== null) return async () => reader.read(origin.counts(reader.mark), clock.now());
  if (countsSocket === null) return null;
  return async () => {
    const report = await askCounts(countsSocket, reader.mark);
    return report === null ? null : reader.read(report, clock.now());
  };
}
