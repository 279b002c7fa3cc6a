import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { DriverFailure, ReplicaSpec } from '../driver.js';
import { readStartTime } from '../host-process.js';
import { failureOf } from '../system-failure.js';
import type { ProcessDriverOptions } from './driver-options.js';
import { programArguments } from './programs.js';
import { controlSocketOf, logOf } from './state-files.js';

/** A page server that was started, or why not. */
export type Started =
  | {
      readonly ok: true;
      readonly ref: string;
      /** Resolves when it is done with starting: it serves, has ended, or takes very long. */
      readonly settled: Promise<void>;
    }
  | { readonly ok: false; readonly failure: DriverFailure };

const SETTLE_POLL_MS = 5;
const SETTLE_TIMEOUT_MS = 2_000;

/** What is known of the process that was started. */
interface ChildProcess {
  readonly pid?: number | undefined;
  readonly exitCode: number | null;
}

/** Starts a page server in a session of its own, with nothing of this process but its log file. */
export async function startPageServer(
  options: Pick<ProcessDriverOptions, 'stateDir' | 'node'>,
  spec: ReplicaSpec,
): Promise<Started> {
  let log: FileHandle;
  try {
    await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
    log = await open(logOf(options.stateDir, spec.id), 'a', 0o600);
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
  // execa's type names 3 to 9 alone; like spawn itself it takes any descriptor.
  const logFd = log.fd as 3;
  const bundle = resolve(spec.bundleFile);
  const control = resolve(controlSocketOf(options.stateDir, spec.id));
  try {
    const args = programArguments(spec, {
      owner: spec.owner,
      id: spec.id,
      bundle,
      host: spec.host.toLowerCase(),
      address: spec.address,
      port: String(spec.port),
      control,
    });
    const child = execa(options.node, args, {
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
    const ref = `${child.pid}:${readStartTime(child.pid) ?? '0'}`;
    return { ok: true, ref, settled: settle(child, control) };
  } finally {
    await log.close();
  }
}

/** The last thing that a page server does before it serves is to open its control socket. */
async function settle(child: ChildProcess, control: string): Promise<void> {
  const isSettled = (): boolean => child.exitCode !== null || existsSync(control);
  for (let waited = 0; waited < SETTLE_TIMEOUT_MS && !isSettled(); waited += SETTLE_POLL_MS)
    await sleep(SETTLE_POLL_MS);
}
