import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { execa } from 'execa';
import type { DriverFailure } from '../driver.js';
import { ListenError, tryListen } from '../listen-error.js';
import { failureOf } from '../system-failure.js';
import type { ProcessDriverOptions } from './driver-options.js';
import { controlSocketOf } from './state-files.js';

/** `sun_path` of unix(7) has 108 bytes, the last of them a NUL. */
const MAX_SOCKET_PATH_BYTES = 107;
const ID_EXAMPLE = '0'.repeat(36);
const NODE_TIMEOUT_MS = 10_000;

/** Whether page servers can run here: the folder, the program, the addresses. The first thing that is wrong. */
export async function checkHost(options: ProcessDriverOptions): Promise<DriverFailure | null> {
  return (
    (await checkStateDir(options.stateDir)) ??
    (await checkNode(options.node)) ??
    (await checkPool(options.pool))
  );
}

async function checkStateDir(stateDir: string): Promise<DriverFailure | null> {
  const socket = resolve(controlSocketOf(stateDir, ID_EXAMPLE));
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH_BYTES) {
    const excess = Buffer.byteLength(socket) - MAX_SOCKET_PATH_BYTES;
    const message = `the path of the state folder ${stateDir} is ${excess} bytes too long for a Unix socket in it`;
    return { class: 'config', message };
  }
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await access(stateDir, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return failureOf(error);
  }
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

async function checkPool(pool: ProcessDriverOptions['pool']): Promise<DriverFailure | null> {
  for (const address of pool.addresses) {
    const error = await tryListen(address, pool.port);
    // In use is no fault of the pool: a replica that outlived the last run may have it.
    if (error === null || error.code === 'EADDRINUSE') continue;
    const failure = new ListenError(error, address, pool.port);
    return { ...failureOf(error), message: failure.message };
  }
  return null;
}
