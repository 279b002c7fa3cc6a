import { execa } from 'execa';

/** Of the namespace's own end, on the bridge that joins the hosts of a rig. */
export const OWN_ADDRESS = '10.77.0.254';
const OWN_ADDRESS6 = 'fd00:77::254';
const BRIDGE = 'rig';

/** A network namespace with a bridge, at which nobody else is. */
export async function makeRigNetwork(namespace: string): Promise<void> {
  await execa('ip', ['netns', 'add', namespace]);
  for (const args of [
    ['link', 'set', 'lo', 'up'],
    ['link', 'add', BRIDGE, 'type', 'bridge'],
    ['address', 'add', `${OWN_ADDRESS}/24`, 'dev', BRIDGE],
    ['address', 'add', `${OWN_ADDRESS6}/64`, 'dev', BRIDGE, 'nodad'],
    ['link', 'set', BRIDGE, 'up'],
  ])
    await execa('ip', ['-n', namespace, ...args]);
  // A guest that is gone must not be known for the half minute that is usual: a new one may have its address.
  for (const setting of ['base_reachable_time_ms=1000', 'retrans_time_ms=200', 'delay_first_probe_time=1'])
    for (const family of ['ipv4', 'ipv6']) {
      const sysctl = ['sysctl', '-qw', `net.${family}.neigh.${BRIDGE}.${setting}`];
      await execa('ip', ['netns', 'exec', namespace, ...sysctl]);
    }
}

/** A device of the bridge for one host; one that is there is taken as it is. */
export async function plugIn(namespace: string, device: string): Promise<void> {
  const ip = (...args: readonly string[]) => execa('ip', ['-n', namespace, ...args], { reject: false });
  await ip('tuntap', 'add', 'dev', device, 'mode', 'tap');
  await execa('ip', ['-n', namespace, 'link', 'set', device, 'master', BRIDGE, 'up']);
}

/** Ends whatever still runs in there, too: a host that a test has left behind. */
export async function removeRigNetwork(namespace: string): Promise<void> {
  const { stdout: pids = '' } = await execa('ip', ['netns', 'pids', namespace], { reject: false });
  for (const pid of pids.split('\n').map(Number)) if (pid > 0) kill(pid);
  await execa('ip', ['netns', 'delete', namespace], { reject: false });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
