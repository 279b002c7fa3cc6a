import { MONEY } from './money.js';
import { increase, of, quantile, rate } from './query.js';
import type { DashboardSpec } from './spec.js';

const SERVFAIL = 'rcode="SERVFAIL"';

export const OVERVIEW: DashboardSpec = {
  uid: 'hotzone-overview',
  title: 'hotzone / Overview',
  description: 'Is the site answered, what is hot, and what does hotzone make of it?',
  variables: [
    {
      name: 'policy',
      label: 'Policy',
      description: 'Of panels that are by policy.',
      metric: 'hotzone_policy_desired_replicas',
      multi: true,
    },
  ],
  annotations: [
    {
      name: 'Scaled up',
      color: 'orange',
      expr: `sum by (policy, reason) (${increase('hotzone_scaling_decisions_total', 'policy=~"$policy", direction="up"')}) > 0`,
      title: 'more replicas for {{policy}}',
      text: '{{reason}}',
    },
    {
      name: 'Scaled down',
      color: 'blue',
      expr: `sum by (policy, reason) (${increase('hotzone_scaling_decisions_total', 'policy=~"$policy", direction="down"')}) > 0`,
      title: 'fewer replicas for {{policy}}',
      text: '{{reason}}',
    },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          kind: 'stat',
          title: 'Serving replicas',
          description: 'Replicas that are, or may be, in an answer.',
          unit: 'short',
          width: 4,
          targets: [{ expr: `sum(${of('hotzone_instances', 'state="serving"')})`, legend: 'serving' }],
        },
        {
          kind: 'stat',
          title: 'Hot pages',
          description: 'Pages that have replicas, or are to have them, of all pages of the site.',
          unit: 'short',
          width: 4,
          targets: [
            { expr: `sum(${of('hotzone_hot_pages')})`, legend: 'hot' },
            { expr: `sum(${of('hotzone_site_pages')})`, legend: 'pages' },
          ],
        },
        {
          kind: 'stat',
          title: 'DNS queries',
          description: 'Queries received per second, whatever they asked for.',
          unit: 'reqps',
          width: 4,
          targets: [{ expr: `sum(${rate('hotzone_dns_requests_total')})`, legend: 'queries' }],
        },
        {
          kind: 'stat',
          title: 'DNS failures',
          description: 'Share of responses that were SERVFAIL. There should be none at all.',
          unit: 'percentunit',
          width: 4,
          warnFrom: 0.01,
          targets: [
            {
              expr: `sum(${rate('hotzone_dns_responses_total', SERVFAIL)}) / sum(${rate('hotzone_dns_responses_total')})`,
              legend: 'SERVFAIL',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Budget used',
          description: 'Replicas that count against the budget of all policies, as a share of it.',
          unit: 'percentunit',
          width: 4,
          warnFrom: 0.9,
          targets: [
            {
              expr: `sum(${of('hotzone_budget_used_instances')}) / sum(${of('hotzone_budget_max_instances')})`,
              legend: 'used',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Last pass of the loop',
          description: 'Time since the control loop last finished a pass. It makes one each second.',
          unit: 's',
          width: 4,
          warnFrom: 15,
          targets: [
            {
              expr: `time() - min(${of('hotzone_control_loop_last_success_timestamp_seconds')})`,
              legend: 'ago',
            },
          ],
        },
      ],
    },
    {
      title: 'DNS',
      panels: [
        {
          kind: 'stack',
          title: 'Queries by type',
          description:
            'Queries received per second. A name is asked for once in a TTL by each resolver, however many people are behind it.',
          unit: 'reqps',
          width: 8,
          targets: [
            { expr: `sum by (qtype) (${rate('hotzone_dns_requests_total')}) > 0`, legend: '{{qtype}}' },
          ],
        },
        {
          kind: 'stack',
          title: 'Responses by code and source',
          description:
            'Where the data of responses came from: replicas, the origin alone, static records of the zone, or none.',
          unit: 'reqps',
          width: 8,
          targets: [
            {
              expr: `sum by (rcode, source) (${rate('hotzone_dns_responses_total')}) > 0`,
              legend: '{{rcode}} {{source}}',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Time to answer',
          description: 'From the receipt of a query to the sending of its response, within the server.',
          unit: 's',
          width: 8,
          targets: [
            { expr: quantile(0.5, 'hotzone_dns_request_duration_seconds'), legend: 'median' },
            { expr: quantile(0.99, 'hotzone_dns_request_duration_seconds'), legend: '99 %' },
          ],
        },
      ],
    },
    {
      title: 'Load and who bears it',
      panels: [
        {
          kind: 'stack',
          title: 'Visits by who answered',
          description:
            'HTTP requests for pages per second, at the origin and at replicas; probes are left out. An origin that is another program counts only where it tells.',
          unit: 'reqps',
          width: 12,
          targets: [
            { expr: `sum by (server) (${rate('hotzone_page_requests_total')})`, legend: '{{server}}' },
          ],
        },
        {
          kind: 'lines',
          title: 'Load and capacity by policy',
          description:
            'What the decisions used, and what the serving replicas are for, both in what the policy measures. Load above capacity is borne by the origin or by replicas that are too few.',
          unit: 'short',
          width: 12,
          targets: [
            {
              expr: `sum by (policy) (${of('hotzone_policy_metric_value', 'policy=~"$policy"')})`,
              legend: '{{policy}} load',
            },
            {
              expr: `sum by (policy) (${of('hotzone_policy_ready_replicas', 'policy=~"$policy"')} * ${of('hotzone_policy_target_value', 'policy=~"$policy"')})`,
              legend: '{{policy}} capacity',
            },
          ],
        },
      ],
    },
    {
      title: 'Scaling',
      panels: [
        {
          kind: 'stack',
          title: 'Replicas by state',
          description:
            'Only serving replicas are ever in an answer; draining ones wait until no cache can know them any more.',
          unit: 'short',
          width: 12,
          targets: [{ expr: `sum by (state) (${of('hotzone_instances')}) > 0`, legend: '{{state}}' }],
        },
        {
          kind: 'steps',
          title: 'Desired and ready replicas by policy',
          description:
            'What the pages of a policy are to have together, what serves, and the most that its budget allows.',
          unit: 'short',
          width: 12,
          targets: [
            {
              expr: `sum by (policy) (${of('hotzone_policy_desired_replicas', 'policy=~"$policy"')})`,
              legend: '{{policy}} desired',
            },
            {
              expr: `sum by (policy) (${of('hotzone_policy_ready_replicas', 'policy=~"$policy"')})`,
              legend: '{{policy}} ready',
            },
            {
              expr: `sum by (policy) (${of('hotzone_policy_max_replicas', 'policy=~"$policy"')})`,
              legend: '{{policy}} budget',
            },
          ],
        },
        {
          kind: 'bars',
          title: 'Decisions by reason',
          description:
            'How many decisions changed, or would have changed, a number of replicas, by the reason that decided. README.md in the folder of these dashboards says what each reason means.',
          unit: 'short',
          width: 12,
          targets: [
            {
              expr: `sum by (direction, reason) (${increase('hotzone_scaling_decisions_total', 'policy=~"$policy", direction!="none"')}) > 0`,
              legend: '{{direction}} {{reason}}',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Pages by reason',
          description:
            'In the present decisions of how many pages a reason has a part. Of interest are those that keep a page from what it is to have: BudgetExceeded, BackoffActive, Quarantined, AddressesExhausted.',
          unit: 'short',
          width: 12,
          targets: [
            {
              expr: `sum by (reason) (${of('hotzone_policy_reason_pages', 'policy=~"$policy"')}) > 0`,
              legend: '{{reason}}',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Reaction to a surge',
          description: 'From the load above what there is to the first answer with a new replica, by driver.',
          unit: 's',
          width: 8,
          targets: [
            {
              expr: quantile(0.5, 'hotzone_scale_reaction_duration_seconds', ['driver']),
              legend: '{{driver}} median',
            },
            {
              expr: quantile(0.95, 'hotzone_scale_reaction_duration_seconds', ['driver']),
              legend: '{{driver}} 95 %',
            },
          ],
        },
        {
          kind: 'steps',
          title: 'Budget of all policies',
          description: 'Replicas that exist in any state, and the most that may.',
          unit: 'short',
          width: 8,
          targets: [
            { expr: `sum(${of('hotzone_budget_used_instances')})`, legend: 'used' },
            { expr: `sum(${of('hotzone_budget_max_instances')})`, legend: 'limit' },
          ],
        },
        {
          kind: 'states',
          title: 'Panic and dry run',
          description:
            'Panic: a page of the policy is scaled by its panic window. Dry run: the policy decides, and nothing is done about it.',
          unit: 'short',
          width: 8,
          warnFrom: 1,
          targets: [
            {
              expr: `max by (policy) (${of('hotzone_policy_panic', 'policy=~"$policy"')})`,
              legend: '{{policy}} panic',
            },
            {
              expr: `max by (policy) (${of('hotzone_policy_dry_run', 'policy=~"$policy"')})`,
              legend: '{{policy}} dry run',
            },
          ],
        },
      ],
    },
    MONEY,
  ],
};
