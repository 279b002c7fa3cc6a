import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { checkPool } from '../../driver/pool-check.js';
import { processDriver } from '../../driver/process/process-driver.js';
import type { DriverSettings } from '../drivers.js';
import { checkedPool, replicaDir } from '../drivers.js';
import { type Finding, fine, missing } from './finding.js';

/** Bits of capabilities(7). */
const CAP_NET_BIND_SERVICE = 10n;
const CAP_NET_ADMIN = 12n;
const PRIVILEGED_PORTS = 1_024;

/** What every driver needs of this host. */
export async function examineHost(settings: DriverSettings): Promise<readonly Finding[]> {
  return [await node(settings), await pool(settings), await permissions(settings)];
}

/** Whether this process has a capability, from what the kernel says of it (proc(5), status). */
async function has(capability: bigint): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'latin1');
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return ((BigInt(`0x${effective}`) >> capability) & 1n) === 1n;
}

export function canMakeTaps(): Promise<boolean> {
  return has(CAP_NET_ADMIN);
}

async function node(settings: DriverSettings): Promise<Finding> {
  const what = 'process driver';
  const driver = processDriver({
    stateDir: replicaDir(settings.stateDir),
    node: process.execPath,
    pool: { addresses: [], port: settings.port },
  });
  const failure = await driver.check();
  if (failure !== null) return missing(what, failure.message, `mkdir -p ${settings.stateDir}`);
  return fine(what, `Node.js ${process.version}, state in ${settings.stateDir}`);
}

async function pool(settings: DriverSettings): Promise<Finding> {
  const what = 'addresses';
  const prefixes = settings.pool.prefixes.join(', ');
  const failure = await checkPool(checkedPool(settings));
  if (failure === null)
    return fine(what, `${settings.pool.size} in ${prefixes}, port ${settings.port} can be listened on`);
  const isPort = /not permitted/.test(failure.message);
  return missing(
    what,
    failure.message,
    isPort
      ? `setcap cap_net_bind_service=+ep ${process.execPath}`
      : `ip route add local ${settings.pool.prefixes[0]} dev lo`,
  );
}

async function permissions({ port }: DriverSettings): Promise<Finding> {
  const { username } = userInfo();
  const [bind, taps] = await Promise.all([has(CAP_NET_BIND_SERVICE), canMakeTaps()]);
  const low = bind || port >= PRIVILEGED_PORTS ? '' : ', no ports below 1024 by capability';
  const network = taps ? 'may make network devices' : 'may not make network devices (user network only)';
  return fine('permissions', `${username}: ${network}${low}`);
}
