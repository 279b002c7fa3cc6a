import { buckets, increase, of, quantile, rate } from './query.js';
import type { DashboardSpec } from './spec.js';

const DRIVER = 'driver=~"$driver"';

export const DRIVERS: DashboardSpec = {
  uid: 'hotzone-drivers',
  title: 'hotzone / Drivers',
  description: 'What boots and ends replicas: does it work, and how long does it take?',
  variables: [
    {
      name: 'driver',
      label: 'Driver',
      description: 'process, qemu, xl or ec2.',
      metric: 'hotzone_instances',
      multi: true,
    },
  ],
  annotations: [
    {
      name: 'Failed launches',
      color: 'red',
      expr: `sum by (driver, result) (${increase('hotzone_instance_launches_total', `${DRIVER}, result!="ok"`)}) > 0`,
      title: '{{driver}} could not start a replica',
      text: '{{result}}',
    },
  ],
  rows: [
    {
      title: 'Launches',
      panels: [
        {
          kind: 'states',
          title: 'Usable',
          description:
            '1 while nothing speaks against the driver on this host, 0 after it has found what it lacks; "hotzone doctor" says what.',
          unit: 'short',
          width: 8,
          warnBelow: 1,
          targets: [
            { expr: `min by (driver) (${of('hotzone_driver_usable', DRIVER)})`, legend: '{{driver}}' },
          ],
        },
        {
          kind: 'bars',
          title: 'Launches by result',
          description: 'Attempts to start a replica, by how they ended: ok is a replica that serves.',
          unit: 'short',
          width: 8,
          targets: [
            {
              expr: `sum by (driver, result) (${increase('hotzone_instance_launches_total', DRIVER)}) > 0`,
              legend: '{{driver}} {{result}}',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Share of launches that failed',
          description: 'Of the attempts that ended; nothing where none did.',
          unit: 'percentunit',
          width: 8,
          max: 1,
          warnFrom: 0.5,
          targets: [
            {
              expr: `sum by (driver) (${increase('hotzone_instance_launches_total', `${DRIVER}, result!="ok"`)}) / (sum by (driver) (${increase('hotzone_instance_launches_total', DRIVER)}) > 0)`,
              legend: '{{driver}}',
            },
          ],
        },
      ],
    },
    {
      title: 'How long it takes',
      panels: [
        {
          kind: 'heatmap',
          title: 'Boots',
          description: 'From the call of the driver to the first good probe: how many took how long.',
          unit: 's',
          width: 8,
          targets: [{ expr: buckets('hotzone_instance_boot_duration_seconds', DRIVER), legend: '{{le}}' }],
        },
        {
          kind: 'lines',
          title: 'Boots by driver',
          description: 'Median and 95 % of the time from the call of the driver to the first good probe.',
          unit: 's',
          width: 8,
          targets: [
            {
              expr: quantile(0.5, 'hotzone_instance_boot_duration_seconds', ['driver'], DRIVER),
              legend: '{{driver}} median',
            },
            {
              expr: quantile(0.95, 'hotzone_instance_boot_duration_seconds', ['driver'], DRIVER),
              legend: '{{driver}} 95 %',
            },
          ],
        },
        {
          kind: 'heatmap',
          title: 'Drains',
          description:
            'From leaving the answers to being ended: a TTL and a grace period at least, and as long as connections are open.',
          unit: 's',
          width: 8,
          targets: [{ expr: buckets('hotzone_drain_duration_seconds'), legend: '{{le}}' }],
        },
      ],
    },
    {
      title: 'Calls',
      panels: [
        {
          kind: 'lines',
          title: 'Calls by operation',
          description: 'Calls of the driver per second. It is asked for a list every two seconds.',
          unit: 'ops',
          width: 8,
          targets: [
            {
              expr: `sum by (driver, operation) (${rate('hotzone_driver_requests_total', DRIVER)}) > 0`,
              legend: '{{driver}} {{operation}}',
            },
          ],
        },
        {
          kind: 'bars',
          title: 'Calls that failed',
          description:
            'By class of failure: capacity is a host that is full, transient may go better next time, config has to be mended, error is a bug or no answer.',
          unit: 'short',
          width: 8,
          targets: [
            {
              expr: `sum by (driver, operation, result) (${increase('hotzone_driver_requests_total', `${DRIVER}, result!="ok"`)}) > 0`,
              legend: '{{driver}} {{operation}} {{result}}',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Time of calls',
          description: 'So long, or shorter, took 95 % of the calls of an operation.',
          unit: 's',
          width: 8,
          targets: [
            {
              expr: quantile(
                0.95,
                'hotzone_driver_request_duration_seconds',
                ['driver', 'operation'],
                DRIVER,
              ),
              legend: '{{driver}} {{operation}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [
        {
          kind: 'lines',
          title: 'Calls that wait',
          description:
            'Calls for which a driver has no hand free: it makes a few at a time, since hypervisors get slower with more.',
          unit: 'short',
          width: 12,
          targets: [
            { expr: `sum by (driver) (${of('hotzone_driver_waiting_calls', DRIVER)})`, legend: '{{driver}}' },
          ],
        },
        {
          kind: 'lines',
          title: 'Rest',
          description:
            'How long a driver that told that it is full will be left alone still. The next placement of the policy is tried meanwhile.',
          unit: 's',
          width: 12,
          targets: [
            {
              expr: `clamp_min(max by (driver) (${of('hotzone_driver_backoff_until_timestamp_seconds', DRIVER)}) - time(), 0)`,
              legend: '{{driver}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Replicas',
      panels: [
        {
          kind: 'stack',
          title: 'Replicas by state',
          description: 'Of the chosen drivers.',
          unit: 'short',
          width: 8,
          targets: [
            {
              expr: `sum by (driver, state) (${of('hotzone_instances', DRIVER)}) > 0`,
              legend: '{{driver}} {{state}}',
            },
          ],
        },
        {
          kind: 'bars',
          title: 'Replicas ended, by reason',
          description:
            'Why they were: scale_down is what the load asks for; failed, lost and orphan are to be looked into.',
          unit: 'short',
          width: 8,
          targets: [
            {
              expr: `sum by (driver, reason) (${increase('hotzone_instance_terminations_total', DRIVER)}) > 0`,
              legend: '{{driver}} {{reason}}',
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Open connections',
          description: 'At all replicas of a driver, as far as they told.',
          unit: 'short',
          width: 8,
          targets: [
            {
              expr: `sum by (driver) (${of('hotzone_instance_open_connections', DRIVER)})`,
              legend: '{{driver}}',
            },
          ],
        },
      ],
    },
  ],
};
