import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;

/** Asks again and again until the answer is yes, or time has run out; whether it was yes. */
export async function polled(isSo: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await isSo()) return true;
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
}
