import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Listen } from '../../src/cli/daemon/settings.js';

const PROGRAM = fileURLToPath(new URL('../../../test/fixtures/exact-client.py', import.meta.url));
/** So late an answer still counts: what is to be seen is whether any is lost. */
const PATIENCE_SECONDS = 60;

export interface Outcome {
  readonly asked: number;
  readonly lost: number;
  /** Answers that were none. */
  readonly failures: number;
  /** Seconds from a query to its answer, at most. */
  readonly worst: number;
}

/** Asks a name server again and again, each query once; `end` tells what became of them. */
export function askExactly(
  { address, port }: Listen,
  name: string,
  perSecond: number,
): { end(): Promise<Outcome>; kill(): void } {
  const args = [PROGRAM, address, String(port), name, String(perSecond), String(PATIENCE_SECONDS)];
  const client = execa('python3', args, { stdin: 'pipe' });
  // Reported by `end`.
  client.catch(() => undefined);
  return {
    end: async () => {
      client.stdin?.end('enough\n');
      return JSON.parse((await client).stdout) as Outcome;
    },
    kill: () => void client.kill(),
  };
}
