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
export interface Said {
  readonly actions: ReadonlyMap<string, readonly string[]>;
  readonly notes: ReadonlyMap<string, Step>;
}

/** Keeps the minutes: which decisions are news, and what was said about each page last. */
export class Minutes {
  readonly #state: ControlState;
  readonly #said = new Map<string, string>();
  /** By page: how the last decision that was written down came about. */
  readonly #written = new Map<string, string>();

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
    for (const minute of minutes) this.#add(minute, true);
  }

  /**
   * Writes down the decisions that come to the same as the last ones that were written, but by other steps: once a
   * minute, so that a chain that changes with every pass does not fill the store.
   */
  writeOthers(): void {
    for (const [page, decision] of this.#state.decisions) {
      const written = this.#written.get(page);
      const isNothing = written === undefined && decision.desired + decision.current === 0;
      if (isNothing || written === shapeOf(decision)) continue;
      const dryRun = this.#state.catalogue.get(page)?.policy?.dryRun ?? false;
      this.#add({ decision, actions: [], dryRun }, false);
    }
  }

  announce(minutes: readonly Minute[]): void {
    const at = this.#state.clock.now();
    for (const minute of minutes) this.#state.emit({ kind: 'decided', at, ...minute });
  }

  #add({ decision, actions, dryRun }: Minute, isNews: boolean): void {
    const { page, policy, current, serving, desired, measured } = decision;
    const chain = decision.chain.filter(isTelling);
    const about = { page, policy, current, serving, desired, measured, chain };
    const record: DecisionRecord = { at: this.#state.clock.wall(), ...about, actions, dryRun, isNews };
    this.#state.store.decisions.add(record);
    this.#written.set(page, shapeOf(decision));
  }
}

/** The last step of a decision that had something to say. */
export function telling(decision: Decision): Step {
  const quiet: Step = { step: 'metric', value: decision.desired, reason: 'DesiredWithinRange', detail: '' };
  return (
    decision.chain.findLast((step) => step.reason !== 'DesiredWithinRange') ?? decision.chain[0] ?? quiet
  );
}

/** Whether a step changed the number, or has something to say about it. */
function isTelling({ reason, detail }: Step): boolean {
  return reason !== 'DesiredWithinRange' || detail !== '';
}

/** Everything of a decision but its figures. */
function shapeOf({ current, serving, chain }: Decision): string {
  const steps = chain.filter(isTelling).map(({ step, value, reason }) => `${step} ${value} ${reason}`);
  return [current, serving, ...steps].join(', ');
}

/** A shared limit is one more step of the chain; the page still wants what it wants. */
function withNote(decision: Decision, note: Step | undefined): Decision {
  return note === undefined ? decision : { ...decision, chain: [...decision.chain, note] };
}
