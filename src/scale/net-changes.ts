import type { Withdrawal, WithdrawalCause } from './plan.js';

/** Those withdrawn for these leave a place that another one takes, which is no scaling. */
const REPLACED: readonly WithdrawalCause[] = ['stale_content', 'policy_removed'];

/** Net changes by page, as far as they follow a decision on it: nothing else may use up a rate limit. */
export function netChanges(
  boots: readonly { readonly page: string }[],
  withdrawn: readonly Withdrawal[],
): ReadonlyMap<string, number> {
  const pages = new Set([...boots, ...withdrawn.map(({ replica }) => replica)].map(({ page }) => page));
  return new Map(
    [...pages].map((page) => {
      const gone = withdrawn.filter(({ replica }) => replica.page === page).map(({ cause }) => cause);
      const replaced = gone.filter((cause) => REPLACED.includes(cause)).length;
      const up = Math.max(0, boots.filter((replica) => replica.page === page).length - replaced);
      return [page, up - gone.filter((cause) => cause === 'scale_down').length];
    }),
  );
}
