import { increase, of } from './query.js';
import type { RowSpec } from './spec.js';

/** For drivers that cost money, by the prices that the placements of policies say. */
export const MONEY: RowSpec = {
  title: 'Money',
  panels: [
    {
      kind: 'steps',
      title: 'Cost an hour',
      description:
        'What the replicas that exist cost an hour, and the most that all policies together may, in the currency of the policies.',
      unit: 'short',
      width: 8,
      targets: [
        { expr: `sum(${of('hotzone_budget_used_hourly_cost')})`, legend: 'used' },
        { expr: `sum(${of('hotzone_budget_max_hourly_cost')})`, legend: 'limit' },
      ],
    },
    {
      kind: 'steps',
      title: 'Cost an hour by policy',
      description: 'What the replicas of a policy cost an hour, and the most that its budget allows.',
      unit: 'short',
      width: 8,
      targets: [
        {
          expr: `sum by (policy) (${of('hotzone_policy_hourly_cost', 'policy=~"$policy"')})`,
          legend: '{{policy}}',
        },
        {
          expr: `sum by (policy) (${of('hotzone_policy_max_hourly_cost', 'policy=~"$policy"')})`,
          legend: '{{policy}} budget',
        },
      ],
    },
    {
      kind: 'bars',
      title: 'Spent',
      description:
        'What replicas have cost, by driver, to the second. Whoever is paid may count hours that have begun.',
      unit: 'short',
      width: 8,
      targets: [
        { expr: `sum by (driver) (${increase('hotzone_instance_cost_total')})`, legend: '{{driver}}' },
      ],
    },
  ],
};
