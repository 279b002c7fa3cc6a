import type { PageView } from '../../source.js';
import type { Point } from '../history.js';
import { Plot } from './plot.js';

export interface PlotsProps {
  readonly points: readonly Point[];
  readonly page: PageView;
}

/** Load and replicas over the last half hour, one above the other. */
export function Plots({ points, page: { target } }: PlotsProps) {
  const times = points.map(({ at }) => at);
  return (
    <div class="plots">
      <Plot
        title="Load"
        unit="per second"
        times={times}
        lines={[
          { label: 'Demand', color: '--hot', values: points.map(({ demand }) => demand), isFilled: true },
          { label: 'Requests', color: '--ink', values: points.map(({ requestRate }) => requestRate) },
          { label: 'Queries', color: '--faint', values: points.map(({ queryRate }) => queryRate) },
          {
            label: 'Capacity',
            color: '--ink',
            values: points.map(({ serving }) => (target === null ? null : target * serving)),
            isStepped: true,
            isDashed: true,
          },
        ]}
      />
      <Plot
        title="Replicas"
        unit=""
        times={times}
        isCount
        lines={[
          {
            label: 'Serving',
            color: '--hot',
            values: points.map(({ serving }) => serving),
            isStepped: true,
            isFilled: true,
          },
          {
            label: 'Desired',
            color: '--ink',
            values: points.map(({ desired }) => desired),
            isStepped: true,
            isDashed: true,
          },
        ]}
      />
    </div>
  );
}
