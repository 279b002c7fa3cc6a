import { buckets, increase, of, quantile, rate } from './query.js';
import type { DashboardSpec } from './spec.js';

export const DAEMON: DashboardSpec = {
  uid: 'hotzone-daemon',
  title: 'hotzone / Daemon',
  description: 'The two processes of hotzone: what they use, what they wait for, and what went wrong.',
  variables: [],
  annotations: [
    {
      name: 'Restarted',
      color: 'green',
      expr: `changes(${of('process_start_time_seconds')}[$__rate_interval]) > 0`,
      title: 'restarted',
      text: '{{instance}}',
    },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          kind: 'name',
          title: 'Version',
          description: 'What is running, and by which Node.js.',
          unit: 'short',
          width: 6,
          targets: [
            {
              expr: `sum by (version, node) (${of('hotzone_build_info')})`,
              legend: '{{version}}, Node.js {{node}}',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Up for',
          description: 'Time since the youngest of the chosen daemons was started.',
          unit: 's',
          width: 4,
          targets: [{ expr: `time() - max(${of('process_start_time_seconds')})`, legend: 'up' }],
        },
        {
          kind: 'stat',
          title: 'Policies in force',
          description:
            '1 when they are those in the files; 0 when the files have a mistake and the last good ones stay.',
          unit: 'short',
          width: 5,
          warnBelow: 1,
          targets: [
            { expr: `min(${of('hotzone_policy_last_reload_successful')})`, legend: 'as in the files' },
          ],
        },
        {
          kind: 'stat',
          title: 'Policies taken over',
          description:
            'Time since policies were last taken over; they are whenever a file changes, and at SIGHUP.',
          unit: 's',
          width: 5,
          targets: [
            {
              expr: `time() - min(${of('hotzone_policy_last_reload_success_timestamp_seconds')})`,
              legend: 'ago',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Zone serial',
          description: 'SOA serial of the last publication.',
          unit: 'none',
          width: 4,
          targets: [{ expr: `max(${of('hotzone_zone_serial')})`, legend: 'serial' }],
        },
      ],
    },
    {
      title: 'Use',
      panels: [
        {
          kind: 'lines',
          title: 'Processors',
          description:
            'Processor time per second: 1 is one processor. The name server is a process of its own.',
          unit: 'short',
          width: 8,
          targets: [
            {
              expr: `sum by (instance) (${rate('process_cpu_seconds_total')})`,
              legend: '{{instance}} control',
            },
            {
              expr: `sum by (instance) (${rate('hotzone_dns_process_cpu_seconds_total')})`,
              legend: '{{instance}} name server',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Memory',
          description: 'Resident memory of both processes, and what the control process has on its heap.',
          unit: 'bytes',
          width: 8,
          targets: [
            {
              expr: `sum by (instance) (${of('process_resident_memory_bytes')})`,
              legend: '{{instance}} control',
            },
            {
              expr: `sum by (instance) (${of('nodejs_heap_size_used_bytes')})`,
              legend: '{{instance}} control, heap',
            },
            {
              expr: `sum by (instance) (${of('hotzone_dns_process_resident_memory_bytes')})`,
              legend: '{{instance}} name server',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Files, open and at most',
          description: 'File descriptors of the control process; sockets are among them.',
          unit: 'short',
          width: 8,
          targets: [
            { expr: `sum by (instance) (${of('process_open_fds')})`, legend: '{{instance}} open' },
            { expr: `sum by (instance) (${of('process_max_fds')})`, legend: '{{instance}} at most' },
          ],
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [
        {
          kind: 'lines',
          title: 'Event loop of the control process',
          description:
            'How late its timers are: what it does at one go delays everything else in it, but no DNS answer.',
          unit: 's',
          width: 8,
          targets: [
            {
              expr: `max by (instance) (${of('nodejs_eventloop_lag_p99_seconds')})`,
              legend: '{{instance}} 99 %',
            },
            { expr: `max by (instance) (${of('nodejs_eventloop_lag_seconds')})`, legend: '{{instance}} now' },
          ],
        },
        {
          kind: 'lines',
          title: 'Event loop of the name server',
          description:
            'Share of the time in which it was not idle. Near 1 it cannot answer more than it does.',
          unit: 'percentunit',
          width: 8,
          max: 1,
          warnFrom: 0.8,
          targets: [
            {
              expr: `sum by (instance) (${rate('hotzone_dns_process_busy_seconds_total')})`,
              legend: '{{instance}}',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Garbage collection',
          description: 'Share of the time that the control process spends on it, by kind.',
          unit: 'percentunit',
          width: 8,
          targets: [
            {
              expr: `sum by (kind) (${rate('nodejs_gc_duration_seconds_sum')})`,
              legend: '{{kind}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Control loop and store',
      panels: [
        {
          kind: 'heatmap',
          title: 'Passes',
          description:
            'How many passes of the control loop took how long, the publication of new answers included.',
          unit: 's',
          width: 8,
          targets: [{ expr: buckets('hotzone_control_loop_duration_seconds'), legend: '{{le}}' }],
        },
        {
          kind: 'lines',
          title: 'Time of a pass',
          description: 'Median and 99 %.',
          unit: 's',
          width: 8,
          targets: [
            { expr: quantile(0.5, 'hotzone_control_loop_duration_seconds'), legend: 'median' },
            { expr: quantile(0.99, 'hotzone_control_loop_duration_seconds'), legend: '99 %' },
          ],
        },
        {
          kind: 'lines',
          title: 'Database',
          description:
            'Size of the SQLite database and of its write-ahead log. Decisions are kept for 30 days.',
          unit: 'bytes',
          width: 8,
          targets: [
            { expr: `sum by (instance) (${of('hotzone_store_size_bytes')})`, legend: '{{instance}}' },
          ],
        },
      ],
    },
    {
      title: 'What happens, and what goes wrong',
      panels: [
        {
          kind: 'bars',
          title: 'Surges and publications',
          description:
            'How often the load of a page began to ask for more than there was, and how often answers changed.',
          unit: 'short',
          width: 8,
          targets: [
            { expr: `sum(${increase('hotzone_surges_total')})`, legend: 'surges' },
            { expr: `sum(${increase('hotzone_publications_total')})`, legend: 'publications' },
          ],
        },
        {
          kind: 'bars',
          title: 'Errors',
          description:
            'What the control loop could not do and tries again, policy files that were refused, and samples that had no room among the metrics. The log has each of them.',
          unit: 'short',
          width: 8,
          targets: [
            { expr: `sum(${increase('hotzone_control_errors_total')})`, legend: 'control loop' },
            { expr: `sum(${increase('hotzone_policy_load_errors_total')})`, legend: 'policies' },
            { expr: `sum(${increase('hotzone_metrics_series_dropped_total')})`, legend: 'samples left out' },
          ],
        },
        {
          kind: 'lines',
          title: 'DNS: ignored, truncated, by TCP',
          description:
            'Packets per second that got no response, responses per second that did not fit into UDP, and open TCP connections.',
          unit: 'short',
          width: 8,
          targets: [
            {
              expr: `sum by (reason) (${rate('hotzone_dns_ignored_requests_total')})`,
              legend: 'ignored: {{reason}}',
            },
            { expr: `sum(${rate('hotzone_dns_truncated_responses_total')})`, legend: 'truncated' },
            { expr: `sum(${of('hotzone_dns_tcp_connections')})`, legend: 'TCP connections' },
          ],
        },
      ],
    },
  ],
};
