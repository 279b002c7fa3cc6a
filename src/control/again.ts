import { setTimeout } from 'node:timers/promises';

/** Calls `look` again and again, each time an interval after the last one has ended, until `signal` ends it. */
export function again(
  intervalMs: number,
  signal: AbortSignal,
  look: () => Promise<void>,
  onError: (error: unknown) => void,
): void {
  const loop = async (): Promise<void> => {
    // No timers/promises setInterval: after a long look it makes up for every interval that it missed.
    for (;;) {
      await setTimeout(intervalMs, undefined, { signal });
      await look().catch(onError);
    }
  };
  // The only end that there is: it was stopped.
  void loop().catch(() => undefined);
}
