import { appendFile } from 'node:fs/promises';
import { readTail } from '../text-tail.js';
import type { Dom0 } from './dom0.js';
import { domainFiles } from './domain-files.js';

const TIMEOUT_MS = 10_000;
const TAIL_BYTES = 2_048;
/** What a pseudo-terminal holds, at least (pty(7)); the daemon behind it has more when it is full. */
const PTY_BYTES = 4_095;
/** For a domain that says more than anybody reads. */
const MOST_READS = 16;

/** The last lines that were read of a domain's console. */
export function tailOfConsole(stateDir: string, id: string): Promise<string> {
  return readTail(domainFiles(stateDir, id).console, TAIL_BYTES);
}

/**
 * Reads what a domain's console says, also of one that has ended and is preserved, and keeps it: it is said once. Read
 * from the terminal that xenstore names (Xen's docs/misc/console.txt), since `xl console` never ends by itself.
 */
export async function readDomainConsole(
  dom0: Dom0,
  domain: string,
  stateDir: string,
  id: string,
): Promise<string> {
  const look = { timeoutMs: TIMEOUT_MS };
  const domid = (await dom0.run(['xl', 'domid', domain], look)).stdout.trim();
  if (/^\d+$/.test(domid)) {
    const terminal = await dom0.run(['xenstore-read', `/local/domain/${domid}/console/tty`], look);
    if (terminal.exitCode === 0) await drain(dom0, terminal.stdout.trim(), domainFiles(stateDir, id).console);
  }
  return tailOfConsole(stateDir, id);
}

async function drain(dom0: Dom0, terminal: string, file: string): Promise<void> {
  // A terminal that became the reader's own would be hung up with it (credentials(7), "Sessions").
  const argv = ['dd', `if=${terminal}`, 'iflag=nonblock,noctty', 'bs=64K', 'status=none'] as const;
  for (let read = 0; read < MOST_READS; read += 1) {
    // Ends with an error when there is nothing more to read.
    const { stdout } = await dom0.run(argv, { timeoutMs: TIMEOUT_MS });
    const text = stdout.replaceAll('\r', '');
    if (text !== '') await appendFile(file, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 });
    if (Buffer.byteLength(stdout) < PTY_BYTES) return;
  }
}
