import { buckets, of, rate } from './query.js';
import type { DashboardSpec } from './spec.js';

const PAGE = 'page="$page"';
const desired = `sum(${of('hotzone_page_desired_replicas', PAGE)})`;
/** A page that nobody asked for had no series, and no replicas either. */
const desiredBefore = `(sum(${of('hotzone_page_desired_replicas', PAGE)} offset $__rate_interval) or vector(0))`;

export const PAGE_DASHBOARD: DashboardSpec = {
  uid: 'hotzone-page',
  title: 'hotzone / Page',
  description:
    'One page: its load, its replicas, and who answers its visitors. Fifty pages at a time have series of their own, the rest is _other.',
  variables: [
    {
      name: 'page',
      label: 'Page',
      description: 'By its path in the site; _other is the sum of those without a series of their own.',
      metric: 'hotzone_page_ready_replicas',
      multi: false,
    },
  ],
  annotations: [
    {
      name: 'Scaled up',
      color: 'orange',
      expr: `${desired} > ${desiredBefore}`,
      title: 'more replicas',
      text: 'the page is to have more',
    },
    {
      name: 'Scaled down',
      color: 'blue',
      expr: `${desiredBefore} > ${desired}`,
      title: 'fewer replicas',
      text: 'the page is to have fewer',
    },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          kind: 'stat',
          title: 'Ready',
          description: 'Replicas of the page that serve.',
          unit: 'short',
          width: 6,
          targets: [{ expr: `sum(${of('hotzone_page_ready_replicas', PAGE)})`, legend: 'ready' }],
        },
        {
          kind: 'stat',
          title: 'Desired',
          description: 'Replicas that the page is to have.',
          unit: 'short',
          width: 6,
          targets: [{ expr: desired, legend: 'desired' }],
        },
        {
          kind: 'stat',
          title: 'Missing',
          description: 'Replicas that the page is to have and that do not serve yet. A dry run misses none.',
          unit: 'short',
          width: 6,
          warnFrom: 1,
          targets: [{ expr: `sum(${of('hotzone_page_missing_replicas', PAGE)})`, legend: 'missing' }],
        },
        {
          kind: 'stat',
          title: 'Load per replica',
          description:
            'Load over what the serving replicas are for: 1 is just right, above it they are too few. Empty while the origin serves alone.',
          unit: 'percentunit',
          width: 6,
          warnFrom: 1.1,
          targets: [
            {
              expr: `sum(${of('hotzone_page_metric_value', PAGE)}) / (sum(${of('hotzone_page_ready_replicas', PAGE)} * ${of('hotzone_page_target_value', PAGE)}) > 0)`,
              legend: 'load',
            },
          ],
        },
      ],
    },
    {
      title: 'Load and replicas',
      panels: [
        {
          kind: 'lines',
          title: 'Load, and what the replicas are for',
          description:
            'Load over the stable and the panic window in what the policy measures, and the target times the serving replicas.',
          unit: 'short',
          width: 12,
          targets: [
            { expr: `sum(${of('hotzone_page_metric_value', PAGE)})`, legend: 'stable window' },
            { expr: `sum(${of('hotzone_page_panic_metric_value', PAGE)})`, legend: 'panic window' },
            {
              expr: `sum(${of('hotzone_page_ready_replicas', PAGE)} * ${of('hotzone_page_target_value', PAGE)})`,
              legend: 'capacity',
            },
            { expr: `max(${of('hotzone_page_target_value', PAGE)})`, legend: 'target of one replica' },
          ],
        },
        {
          kind: 'steps',
          title: 'Replicas',
          description: 'What the page is to have, what serves, and the most that its policy gives it.',
          unit: 'short',
          width: 12,
          targets: [
            { expr: desired, legend: 'desired' },
            { expr: `sum(${of('hotzone_page_ready_replicas', PAGE)})`, legend: 'ready' },
            { expr: `sum(${of('hotzone_page_max_replicas', PAGE)})`, legend: 'most' },
          ],
        },
      ],
    },
    {
      title: 'Who asks and who answers',
      panels: [
        {
          kind: 'lines',
          title: 'DNS queries for the page',
          description:
            'Address queries per second. Caches hide most visits from DNS: compare with the load above.',
          unit: 'reqps',
          width: 8,
          targets: [{ expr: `sum(${rate('hotzone_page_queries_total', PAGE)})`, legend: 'queries' }],
        },
        {
          kind: 'stack',
          title: 'Visits by who answered',
          description:
            'HTTP requests for the page per second, at the origin and at its replicas; probes are left out.',
          unit: 'reqps',
          width: 8,
          targets: [
            {
              expr: `sum by (server) (${rate('hotzone_page_requests_total', PAGE)})`,
              legend: '{{server}}',
            },
          ],
        },
        {
          kind: 'heatmap',
          title: 'Reaction to surges, of all pages',
          description:
            'From the load above what there is to the first answer with a new replica: how many took how long.',
          unit: 's',
          width: 8,
          targets: [{ expr: buckets('hotzone_scale_reaction_duration_seconds'), legend: '{{le}}' }],
        },
      ],
    },
  ],
};
