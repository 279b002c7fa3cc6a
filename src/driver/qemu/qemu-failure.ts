import type { DriverFailure } from '../driver.js';
import { ListenError } from '../listen-error.js';
import { tryListen } from '../listening.js';
import { failureOf } from '../system-failure.js';

/** What QEMU prints when it refuses to start, and what helps against it. */
const CLASSES: readonly (readonly [RegExp, DriverFailure['class']])[] = [
  [/cannot allocate memory|cannot set up guest memory|out of memory/i, 'capacity'],
  [/too many open files|no space left/i, 'capacity'],
  [/kernel|initrd|pvh|elf/i, 'config'],
  [/permission denied|operation not permitted|no such (file|device)|unknown user|doesn't exist/i, 'config'],
  [/invalid (option|parameter)|not a valid|unsupported machine/i, 'config'],
];

/** Where QEMU listens for a machine. */
export interface Forwarded {
  readonly address: string;
  readonly port: number;
}

/** The class and the words of a QEMU that ended before it ran; `output` is all that it printed. */
export async function startFailure(output: string, forwarded: Forwarded | null): Promise<DriverFailure> {
  const message = firstComplaint(output);
  if (forwarded !== null && /host forwarding rule/.test(message)) {
    // QEMU does not say why; whoever listens there now would keep this process from it, too.
    const { address, port } = forwarded;
    const error = await tryListen(address, port);
    if (error === null) return { class: 'transient', message };
    return { ...failureOf(error), message: new ListenError(error, address, port).message };
  }
  const known = CLASSES.find(([pattern]) => pattern.test(message));
  return { class: known?.[1] ?? 'transient', message };
}

/** Warnings come first, and the program's name before each line. */
function firstComplaint(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^[^\s:]*qemu[^\s:]*: /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('warning:'));
  return lines[0] ?? 'QEMU ended without a word';
}
