import { decidingSteps } from '../../format.js';
import type { DecisionView } from '../../source.js';
import { type Entry, entries, isQuiet } from '../runs.js';
import { clockTime, count, momentAddress, visible } from '../words.js';
import { Badge, PageLink } from './marks.js';

export interface FeedProps {
  readonly decisions: readonly DecisionView[];
  readonly now: number;
  /** Not on a page's own view. */
  readonly withPage: boolean;
}

/** Decisions, latest first; each with the steps that changed its number, and what was done. */
export function Feed({ decisions, now, withPage }: FeedProps) {
  return (
    <>
      {decisions.length === 0 && (
        <p class="empty">None yet. A page whose number of replicas changes is told of here.</p>
      )}
      {/* There from the start: a live region that comes with its first entry is not read out. */}
      <div role="log" aria-live="polite" aria-relevant="additions" aria-label="Decisions">
        <ol class="feed">
          {entries(decisions).map((entry) => (
            <li key={keyOf(entry)} class={entry.kind === 'run' || isQuiet(entry.decision) ? 'quiet' : ''}>
              {entry.kind === 'run' ? (
                <Run decisions={entry.decisions} now={now} withPage={withPage} />
              ) : (
                <Decision decision={entry.decision} now={now} withPage={withPage} />
              )}
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}

/** Several that changed nothing: the latest says enough, and the others are there for whoever asks. */
function Run({ decisions, now, withPage }: FeedProps) {
  const [latest, ...others] = decisions;
  if (latest === undefined) return null;
  return (
    <>
      <Decision decision={latest} now={now} withPage={withPage} />
      <details>
        <summary>{count(others.length, 'more that changed nothing', 'more that changed nothing')}</summary>
        {others.map((decision) => (
          <Decision key={decision.at} decision={decision} now={now} withPage={false} />
        ))}
      </details>
    </>
  );
}

function Decision({
  decision,
  now,
  withPage,
}: { readonly decision: DecisionView } & Omit<FeedProps, 'decisions'>) {
  const { at, from, to, chain, actions, page, policy, dryRun } = decision;
  return (
    <>
      <p class="what">
        <a href={momentAddress(page, at)} title={`why, at ${at}`}>
          <time datetime={at}>{clockTime(at, now)}</time>
        </a>
        <span class={`change ${to > from ? 'up' : ''}`}>
          {from}
          <span aria-hidden="true"> → </span>
          <span class="unseen"> to </span>
          {to}
        </span>
        {dryRun && <Badge>dry run</Badge>}
        <small>{visible(policy)}</small>
      </p>
      {withPage && (
        <p class="where">
          <PageLink path={page} isCut />
        </p>
      )}
      {decidingSteps(from, chain).map(({ step, reason, detail }) => (
        <p key={step} title={isQuiet(decision) ? visible(detail) : undefined}>
          <b>{reason}</b> {visible(detail)}
        </p>
      ))}
      {actions.map((action) => (
        <p key={action} class="action">
          {visible(action)}
        </p>
      ))}
    </>
  );
}

/** That of a run is its oldest's: it grows at the other end. */
function keyOf(entry: Entry): string {
  const decision = entry.kind === 'run' ? entry.decisions.at(-1) : entry.decision;
  return `${decision?.at} ${decision?.page}`;
}
