import type { Withdrawal, WithdrawalCause } from './plan.js';

/** Those withdrawn for these leave a place that another one takes, which is no scaling. */
const REPLACED: readonly WithdrawalCause[] = ['stale_content', 'policy_removed'];

/** Net changes by page, as far as they follow a decision on it: nothing else may use up a rate limit. */
export function netChanges(
  boots: readonly { readonly page: string; readonly replaces: string | null }[],
  withdrawn: readonly Withdrawal[],
): ReadonlyMap<string, number> {
  const more = boots.filter(({ replaces }) => replaces === null);
  const pages = new Set([...more, ...withdrawn.map(({ replica }) => replica)].map(({ page }) => page));
  return new Map(
    [...pages].map((page) => {
      const gone = withdrawn.filter(({ replica }) => replica.page === page).map(({ cause }) => cause);
      const replaced = gone.filter((cause) => REPLACED.includes(cause)).length;
      const up = Math.max(0, more.filter((replica) => replica.page === page).length - replaced);
      return [page, up - gone.filter((cause) => cause === 'scale_down').length];
    }),
  );
}
