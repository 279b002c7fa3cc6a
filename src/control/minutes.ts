import type { Decision } from '../scale/decide.js';
import type { PlannedPage } from '../scale/plan.js';
import type { Step } from '../scale/reason.js';
import type { DecisionRecord } from '../store/decisions.js';
import type { ControlState } from './state.js';

/** A decision as it is written down, announced and explained: with what shared limits made of it, and what is done. */
export interface Minute {
  readonly decision: Decision;
  readonly actions: readonly string[];
  readonly dryRun: boolean;
}

/** By page: what is done, and what keeps it from what was decided. */
interface Said {
  readonly actions: ReadonlyMap<string, readonly string[]>;
  readonly notes: ReadonlyMap<string, Step>;
}

/** Keeps the minutes: which decisions are news, and what was said about each page last. */
export class Minutes {
  readonly #state: ControlState;
  readonly #said = new Map<string, string>();

  constructor(state: ControlState) {
    this.#state = state;
  }

  /** Takes every decision as the page's present one, and gives back those that differ from what was said before. */
  draft(pages: readonly PlannedPage[], intent: Said): readonly Minute[] {
    return pages.flatMap(({ path, policy, decision }) => {
      const noted = withNote(decision, intent.notes.get(path));
      const before = this.#state.decisions.get(path);
      this.#state.decisions.set(path, noted);
      const actions = intent.actions.get(path) ?? [];
      const gist = `${noted.current} ${noted.desired} ${telling(noted).reason}`;
      // A first decision that leaves things as they are is none; one that comes to nothing (a dry run, a budget) is.
      const isChange = before === undefined ? noted.desired !== noted.current : this.#said.get(path) !== gist;
      const isNews = actions.length > 0 || isChange;
      this.#said.set(path, gist);
      return isNews ? [{ decision: noted, actions, dryRun: policy.dryRun }] : [];
    });
  }

  write(minutes: readonly Minute[]): void {
    for (const minute of minutes) this.#state.store.decisions.add(this.#record(minute));
  }

  announce(minutes: readonly Minute[]): void {
    const at = this.#state.clock.now();
    for (const minute of minutes) this.#state.emit({ kind: 'decided', at, ...minute });
  }

  #record({ decision, actions, dryRun }: Minute): DecisionRecord {
    const { page, policy, current, desired, chain } = decision;
    return { at: this.#state.clock.wall(), page, policy, current, desired, chain, actions, dryRun };
  }
}

/** The last step of a decision that had something to say. */
export function telling(decision: Decision): Step {
  const quiet: Step = { step: 'metric', value: decision.desired, reason: 'DesiredWithinRange', detail: '' };
  return (
    decision.chain.findLast((step) => step.reason !== 'DesiredWithinRange') ?? decision.chain[0] ?? quiet
  );
}

/** A shared limit is one more step of the chain; the page still wants what it wants. */
function withNote(decision: Decision, note: Step | undefined): Decision {
  return note === undefined ? decision : { ...decision, chain: [...decision.chain, note] };
}
