import { useState } from 'preact/hooks';
import type { Command, Hand, Refused } from '../model.js';
import { visible } from '../words.js';

export interface Ordering {
  readonly isBusy: boolean;
  readonly refused: Refused | null;
  /** Resolves to whether it was done. */
  give(command: Command, body: Readonly<Record<string, unknown>>): Promise<boolean>;
}

/** One order at a time, and what became of the last one. */
export function useOrdering(hand: Hand): Ordering {
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  return {
    isBusy,
    refused,
    give: async (command, body) => {
      if (isBusy) return false;
      setBusy(true);
      const problem = await hand.order(command, body);
      setBusy(false);
      setRefused(problem);
      return problem === null;
    },
  };
}

/** Read out at once: whoever gave the order waits for it. */
export function Problem({ refused }: { readonly refused: Refused | null }) {
  return (
    <div role="alert">
      {refused !== null && (
        <p class="problem">
          <b>{visible(refused.message)}</b>
          <br />
          {visible(refused.hint)}
        </p>
      )}
    </div>
  );
}
