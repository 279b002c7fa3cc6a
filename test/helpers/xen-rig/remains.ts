import type { RunningRig } from './boot.js';
import { inDom0 } from './xen-host.js';

/** What a domain could leave at its host, and the memory that Xen has left. */
export async function remainsOf(rig: RunningRig) {
  const said = async (...argv: readonly string[]): Promise<string> => (await inDom0(rig, argv)).stdout;
  const devices = await said('ls', '/sys/class/net');
  const store = await said('xenstore-ls', '-f');
  const info = await said('xl', 'info');
  // Xen prints a table of grants for every domain, also of one that is only kept by its grants.
  await said('xl', 'dmesg', '-c');
  await said('xl', 'debug-keys', 'g');
  const grants = (await said('xl', 'dmesg', '-c'))
    .split('\n')
    .filter((line) => /grant-table for remote|active grant|\[ *\d+\]/.test(line));
  return {
    domains: (await said('xl', 'list', '-v')).trim().split('\n').length - 2,
    vifs: devices.split('\n').filter((name) => name.startsWith('vif')),
    store: store
      .split('\n')
      .filter((line) => /^\/(local\/domain\/(?!0\/)|libxl\/|vm\/)|\/backend\/\w+\/\d/.test(line)),
    freeMemory: /^free_memory\s*:\s*(\d+)/m.exec(info)?.[1],
    grants,
    loops: await said('losetup', '--all'),
    files: (await said('ls', '/var/lib/hotzone')).split('\n'),
    logs: (await said('ls', '/var/log/xen')).split('\n').filter((name) => name.includes('hotzone')),
  };
}
