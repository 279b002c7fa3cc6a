import { decidingSteps } from '../../format.js';
import type { DecisionView } from '../../source.js';
import { clockTime, visible } from '../words.js';
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
          {decisions.map((decision) => (
            <Decision key={keyOf(decision)} decision={decision} now={now} withPage={withPage} />
          ))}
        </ol>
      </div>
    </>
  );
}

function Decision({
  decision,
  now,
  withPage,
}: { readonly decision: DecisionView } & Omit<FeedProps, 'decisions'>) {
  const { at, from, to, chain, actions, page, policy, dryRun } = decision;
  const isQuiet = from === to && actions.length === 0;
  return (
    <li class={isQuiet ? 'quiet' : ''}>
      <p class="what">
        <time datetime={at} title={at}>
          {clockTime(at, now)}
        </time>
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
        <p key={step} title={isQuiet ? visible(detail) : undefined}>
          <b>{reason}</b> {visible(detail)}
        </p>
      ))}
      {actions.map((action) => (
        <p key={action} class="action">
          {visible(action)}
        </p>
      ))}
    </li>
  );
}

function keyOf({ at, page }: DecisionView): string {
  return `${at} ${page}`;
}
