import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 40_000;

/** Looks until there is something to see, and gives it back; a rejection that says what was waited for when there is not in time. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  options: { readonly patienceMs?: number; readonly otherwise?: () => string } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + (options.patienceMs ?? PATIENCE_MS);
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined)
      return seen as Exclude<T, false | null | undefined>;
    if (performance.now() > deadline)
      throw new Error(`waited in vain: ${what}\n${options.otherwise?.() ?? ''}`);
    await setTimeout(LOOK_EVERY_MS);
  }
}
