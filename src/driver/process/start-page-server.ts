import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { execa } from 'execa';
import type { CreateOutcome, ReplicaSpec } from '../driver.js';
import { readStartTime } from '../host-process.js';
import { failureOf } from '../system-failure.js';
import type { ProcessDriverOptions } from './driver-options.js';
import { formatArguments } from './page-server-arguments.js';
import { controlSocketOf, logOf } from './state-files.js';

/** Starts a page server in a session of its own, with nothing of this process but its log file. */
export async function startPageServer(
  script: string,
  options: Pick<ProcessDriverOptions, 'stateDir' | 'node'>,
  spec: ReplicaSpec,
): Promise<CreateOutcome> {
  let log: FileHandle;
  try {
    await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
    log = await open(logOf(options.stateDir, spec.id), 'a', 0o600);
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
  // execa's type names 3 to 9 alone; like spawn itself it takes any descriptor.
  const logFd = log.fd as 3;
  try {
    const args = formatArguments({
      owner: spec.owner,
      id: spec.id,
      bundle: resolve(spec.bundleFile),
      host: spec.host.toLowerCase(),
      address: spec.address,
      port: String(spec.port),
      control: resolve(controlSocketOf(options.stateDir, spec.id)),
    });
    const child = execa(options.node, [script, ...args], {
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      cwd: '/',
      env: {},
      extendEnv: false,
      stdin: 'ignore',
      stdout: logFd,
      stderr: logFd,
    });
    if (child.pid === undefined) return { ok: false, failure: failureOf((await child).cause) };
    child.unref();
    // It may have ended already; then the probe fails, and its last words tell why.
    return { ok: true, ref: `${child.pid}:${readStartTime(child.pid) ?? '0'}` };
  } finally {
    await log.close();
  }
}
