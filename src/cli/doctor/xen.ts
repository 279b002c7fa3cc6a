import type { Host } from '../../driver/xl/host.js';
import { inspectHost, openHosts } from '../../driver/xl/hosts.js';
import type { DriverSettings } from '../drivers.js';
import { xlOptions } from '../xen-settings.js';
import { type Finding, fine, missing, unused } from './finding.js';

const INSTALL_XEN = 'apt install xen-system-amd64, and boot it';

/** What domains of Xen need, at this host or at those that are named; `able` when one of them has it all. */
export async function examineXen({
  xen,
  qemu,
  stateDir,
}: DriverSettings): Promise<{ readonly findings: readonly Finding[]; readonly able: boolean }> {
  const options = xlOptions(xen, qemu.kernel, stateDir);
  const hosts = openHosts(options);
  const [here] = hosts;
  const absence = here?.dom0.absence() ?? null;
  if (absence !== null) {
    const detail = `${absence}; over ssh with --xen-host`;
    return { findings: [unused('Xen', detail)], able: false };
  }
  const examined = await Promise.all(
    hosts.map(async (host) => {
      const found = await inspectHost(options, host);
      return 'class' in found
        ? {
            able: false,
            finding: missing(what(host), found.message, fixFor(host, found.message, xen.bridge)),
          }
        : {
            able: true,
            finding: fine(
              what(host),
              `${found.version}, ${found.freeMemory} MiB free, bridge ${xen.bridge}${script(xen.plainVif)}`,
            ),
          };
    }),
  );
  return {
    findings: examined.map(({ finding }) => finding),
    able: examined.some(({ able }) => able),
  };
}

function what(host: Host): string {
  return host.dom0.isHere ? 'Xen' : `Xen at ${host.name}`;
}

function script(plain: boolean): string {
  return plain ? ', cards plugged in by the plain script' : '';
}

function fixFor(host: Host, message: string, bridge: string): string | null {
  const at = host.dom0.isHere ? '' : `ssh ${host.name} `;
  if (/no bridge/.test(message))
    return `${at}ip link add ${bridge} type bridge && ip address add 10.77.0.1/16 dev ${bridge} && ip link set ${bridge} up`;
  if (/page kernel/.test(message)) return 'npm run kernel';
  return /no control domain/.test(message) ? INSTALL_XEN : null;
}
