import { execa } from 'execa';

/** A bridge for machines, and the host's own addresses on it. */
export const BRIDGE = { name: 'br-hotzone', address: '10.9.1.1', address6: 'fd00:9::1' } as const;

/** Only in a network namespace of the test's own. */
export async function makeBridge(): Promise<void> {
  const { name, address, address6 } = BRIDGE;
  await execa('ip', ['link', 'set', 'lo', 'up']);
  await execa('ip', ['link', 'add', name, 'type', 'bridge']);
  await execa('ip', ['address', 'add', `${address}/24`, 'dev', name]);
  await execa('ip', ['address', 'add', `${address6}/64`, 'dev', name, 'nodad']);
  await execa('ip', ['link', 'set', name, 'up']);
}
