import type { Withdrawal } from './plan.js';

/** Net changes by page. Replacing what is stale is no scaling, and must not use up a rate limit. */
export function netChanges(
  boots: readonly { readonly page: string }[],
  withdrawn: readonly Withdrawal[],
): ReadonlyMap<string, number> {
  const pages = new Set([...boots, ...withdrawn.map(({ replica }) => replica)].map(({ page }) => page));
  return new Map(
    [...pages].map((page) => {
      const gone = withdrawn.filter(({ replica }) => replica.page === page);
      const replaced = gone.filter(({ cause }) => cause !== 'scale_down').length;
      const up = Math.max(0, boots.filter((replica) => replica.page === page).length - replaced);
      return [page, up - (gone.length - replaced)];
    }),
  );
}
