import type { ComponentChildren } from 'preact';
import type { StatusView } from '../../source.js';

export interface Figure {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly unit?: string;
  readonly kind?: 'hot' | 'bad' | 'long' | '';
}

/** Numbers side by side, each with its name. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl class="figures">
      {figures.map(({ name, value, unit, kind = '' }) => (
        <div key={name} class={kind}>
          <dt>{name}</dt>
          <dd>
            {value}
            {unit !== undefined && <small> {unit}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Only where something has a price. */
function costFigures({ hourlyCost, maxHourlyCost }: StatusView['budget']): readonly Figure[] {
  if (hourlyCost === 0 && maxHourlyCost === null) return [];
  const limit = maxHourlyCost === null ? '' : ` of ${formatCost(maxHourlyCost)}`;
  return [
    {
      name: 'Cost',
      kind: maxHourlyCost !== null && hourlyCost >= maxHourlyCost ? 'bad' : '',
      value: (
        <>
          {formatCost(hourlyCost)}
          <small>{limit} an hour</small>
          {maxHourlyCost !== null && (
            <meter
              min={0}
              max={maxHourlyCost}
              value={hourlyCost}
              aria-label="Hourly cost allowed that is used"
            />
          )}
        </>
      ),
    },
  ];
}

function formatCost(cost: number): string {
  return cost.toLocaleString('en', { maximumSignificantDigits: 3 });
}

export function statusFigures({ counts, budget }: StatusView): readonly Figure[] {
  return [
    { name: 'Pages', value: counts.pages },
    { name: 'Hot', value: counts.hotPages, kind: counts.hotPages > 0 ? 'hot' : '' },
    { name: 'Serving', value: counts.serving },
    { name: 'Booting', value: counts.booting },
    { name: 'Draining', value: counts.draining },
    { name: 'Failed', value: counts.failed, kind: counts.failed > 0 ? 'bad' : '' },
    {
      name: 'Budget',
      kind: budget.used >= budget.limit ? 'bad' : '',
      value: (
        <>
          {budget.used}
          <small> of {budget.limit} replicas</small>
          <meter min={0} max={budget.limit} value={budget.used} aria-label="Budget used" />
        </>
      ),
    },
    ...costFigures(budget),
  ];
}
