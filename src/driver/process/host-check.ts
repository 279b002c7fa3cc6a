import { execa } from 'execa';
import type { DriverFailure } from '../driver.js';
import { checkPool } from '../pool-check.js';
import { checkStateDir } from '../state-folder.js';
import { failureOf } from '../system-failure.js';
import type { ProcessDriverOptions } from './driver-options.js';

const NODE_TIMEOUT_MS = 10_000;

/** Whether page servers can run here: the folder, the program, the addresses. The first thing that is wrong. */
export async function checkHost(options: ProcessDriverOptions): Promise<DriverFailure | null> {
  return (
    (await checkStateDir(options.stateDir, '.sock')) ??
    (await checkNode(options.node)) ??
    (await checkPool(options.pool))
  );
}

async function checkNode(node: string): Promise<DriverFailure | null> {
  const result = await execa(node, ['--version'], {
    reject: false,
    extendEnv: false,
    env: {},
    timeout: NODE_TIMEOUT_MS,
  });
  if (!result.failed) return null;
  const why = result.cause instanceof Error ? result.cause.message : (result.shortMessage ?? '');
  return { ...failureOf(result.cause ?? {}), message: `cannot run ${node}: ${why}` };
}
