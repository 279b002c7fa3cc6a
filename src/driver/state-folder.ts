import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DriverFailure } from './driver.js';
import { failureOf } from './system-failure.js';

/** `sun_path` of unix(7) has 108 bytes, the last of them a NUL. */
const MAX_SOCKET_PATH_BYTES = 107;
const ID_EXAMPLE = '0'.repeat(36);

/** Whether a driver can keep its files here, and Unix sockets named by a replica's id and `suffix`; makes the folder. */
export async function checkStateDir(stateDir: string, suffix: string): Promise<DriverFailure | null> {
  const socket = resolve(join(stateDir, ID_EXAMPLE + suffix));
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
