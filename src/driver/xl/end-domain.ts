import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dom0 } from './dom0.js';
import { isUnknownDomain, xlFailure } from './xl-failure.js';

const DESTROY_TIMEOUT_MS = 40_000;
const LOOK_TIMEOUT_MS = 10_000;
const POLL_MS = 200;
const GIVE_UP_AFTER_MS = 20_000;
/** Where the toolstack writes a log for each domain's name, which nobody would ever remove. */
const LOG_FOLDER = '/var/log/xen';

/** Destroys a domain and removes what it leaves at its host. Resolves once it is gone, also when it never was. */
export async function endDomain(dom0: Dom0, domain: string): Promise<void> {
  const ran = await dom0.run(['xl', 'destroy', domain], { timeoutMs: DESTROY_TIMEOUT_MS });
  // An order that meets a shutdown fails, though the domain goes: only its absence counts then.
  if (ran.exitCode !== 0 && !isUnknownDomain(ran) && !(await isGoneWithin(dom0, domain, GIVE_UP_AFTER_MS)))
    throw new Error(`the domain ${domain} at ${dom0.name} does not end: ${xlFailure(ran).message}`);
  const remains = [`${join(LOG_FOLDER, `xl-${domain}.log`)}`, configAt(dom0, domain)];
  await dom0.run(['rm', '-f', ...remains], { timeoutMs: LOOK_TIMEOUT_MS });
}

async function isGoneWithin(dom0: Dom0, domain: string, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const ran = await dom0.run(['xl', 'domid', domain], { timeoutMs: LOOK_TIMEOUT_MS });
    if (isUnknownDomain(ran)) return true;
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
}

/** A domain's configuration at a host that is not this one. */
export function configAt(dom0: Dom0, domain: string): string {
  return join(dom0.folder, `${domain}.cfg`);
}
