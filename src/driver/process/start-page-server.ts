import { existsSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { DriverFailure, ReplicaSpec } from '../driver.js';
import { readStartTime } from '../host-process.js';
import { failureOf } from '../system-failure.js';
import type { ProcessDriverOptions } from './driver-options.js';
import { formatArguments } from './page-server-arguments.js';
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

const NICE = 5;
const SETTLE_POLL_MS = 5;
const SETTLE_TIMEOUT_MS = 2_000;

/** Starts a page server in a session of its own, with nothing of this process but its log file. */
export async function startPageServer(
  script: string,
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
  const control = resolve(controlSocketOf(options.stateDir, spec.id));
  try {
    const args = formatArguments({
      owner: spec.owner,
      id: spec.id,
      bundle: resolve(spec.bundleFile),
      host: spec.host.toLowerCase(),
      address: spec.address,
      port: String(spec.port),
      control,
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
    giveWay(child.pid);
    // It may have ended already; then the probe fails, and its last words tell why.
    const ref = `${child.pid}:${readStartTime(child.pid) ?? '0'}`;
    return { ok: true, ref, settled: settle(child, control) };
  } finally {
    await log.close();
  }
}

/**
 * A page server takes what the name server leaves, or a crowd of them that boots would delay every answer. Where
 * sessions are scheduled as groups (sched(7), autogroup), a process's own priority says nothing to other sessions.
 */
function giveWay(pid: number): void {
  try {
    setPriority(pid, NICE);
    writeFileSync(`/proc/${pid}/autogroup`, String(NICE));
  } catch {
    // It has ended, or there are no such groups, or the kernel takes only so many of these in a second.
  }
}

/** The last thing that a page server does before it serves is to open its control socket. */
async function settle(child: { readonly exitCode: number | null }, control: string): Promise<void> {
  for (let waited = 0; waited < SETTLE_TIMEOUT_MS; waited += SETTLE_POLL_MS) {
    if (child.exitCode !== null || existsSync(control)) return;
    await sleep(SETTLE_POLL_MS);
  }
}
