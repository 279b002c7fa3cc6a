import type { Step } from '../../../../scale/reason.js';
import type { DecidingView } from '../../source.js';
import { visible } from '../words.js';
import { Table } from './table.js';

export interface ExplanationProps {
  readonly deciding: DecidingView | null;
  /** All there is to say, as `hotzone explain` prints it. */
  readonly lines: readonly string[];
}

/** Why the page has what it has: what was measured, and what each step made of it. */
export function Explanation({ deciding, lines }: ExplanationProps) {
  const telling = deciding === null ? [] : deciding.chain.filter((step) => isTelling(deciding, step));
  const silent = (deciding?.chain ?? []).filter((step) => !telling.includes(step));
  return (
    <>
      {deciding === null ? (
        <p class="empty">Nothing was decided yet.</p>
      ) : (
        <>
          <p class="measured">
            <b>Measured</b> {deciding.measured === null ? 'nothing' : visible(deciding.measured)}
          </p>
          <Table
            caption="What each step made of it"
            columns={[
              { title: 'Step', kind: 'main', cell: ({ step }) => visible(step) },
              { title: 'Replicas', kind: 'number', cell: ({ value }) => value },
              { title: 'Reason', cell: ({ reason }) => reason },
              { title: 'Detail', kind: 'long', cell: ({ detail }) => visible(detail) },
            ]}
            rows={telling}
            keyOf={({ step }) => step}
            classOf={(step) => (isChange(deciding, step) ? 'turn' : '')}
          />
          {silent.length > 0 && (
            <p class="faint">
              The other steps changed nothing: {silent.map(({ step }) => visible(step)).join(', ')}.
            </p>
          )}
        </>
      )}
      {lines.length > 0 && (
        <details>
          <summary>In words, as "hotzone explain" says it</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
          <pre tabIndex={0}>{lines.map(visible).join('\n')}</pre>
        </details>
      )}
    </>
  );
}

/** The steps that made it another number than before. */
function isChange({ chain, current }: DecidingView, step: Step): boolean {
  return step.value !== (chain[chain.indexOf(step) - 1]?.value ?? current);
}

/** It made another number of it, or says why not. */
function isTelling(deciding: DecidingView, step: Step): boolean {
  return step.detail !== '' || isChange(deciding, step);
}
