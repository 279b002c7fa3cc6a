import { z } from 'zod';
import {
  above,
  absolutePath,
  addressBlock,
  atLeast,
  choice,
  commandLineTemplate,
  cronExpression,
  duration,
  flag,
  fraction,
  later,
  listOf,
  name,
  only,
  pageGlob,
  pathTemplate,
  seconds,
  settings,
  size,
  template,
  timeZone,
  whole,
} from './fields.js';

const MAX_REPLICAS = 1_000;
const MAX_INSTANCES = 100_000;

/** How fast a page's replicas may become more, or fewer: HPA's `behavior`. */
function scalingRules(defaults: {
  stabilizationWindow: string;
  policies: { type: 'Replicas' | 'Percent'; value: number; period: string }[];
}) {
  return settings({
    /** Up: the lowest recommendation within it counts. Down: the highest. */
    stabilizationWindow: duration('0s').prefault(defaults.stabilizationWindow),
    policies: listOf(
      settings({
        type: choice(['Replicas', 'Percent']),
        value: whole(1, 10_000),
        period: duration('100ms'),
      }),
      'rates',
      1,
      16,
    ).prefault(defaults.policies),
    /** Which of the rates holds; Disabled: no change in this direction. */
    selectPolicy: choice(['Max', 'Min', 'Disabled']).default('Max'),
  }).prefault({});
}

/** How long a driver's replica may take from its creation to its first good probe. */
const bootTimeouts = settings({
  process: duration('100ms').prefault('10s'),
  qemu: duration('100ms').prefault('10s'),
  xl: duration('100ms').prefault('10s'),
  ec2: duration('100ms').prefault('2m'),
});

/**
 * The policy language: every key that may be in a file, with its bounds and default. Defaults that depend on
 * another field are in `defaults.ts`; rules between fields are in `checks.ts`.
 */
export const policySchema = settings({
  version: only(1),
  name: name(),
  enabled: flag().default(true),
  dryRun: flag().default(false),
  priority: whole(-1_000_000, 1_000_000).default(0),
  match: settings({
    pages: listOf(pageGlob(), 'patterns', 1),
    exclude: listOf(pageGlob(), 'patterns').default([]),
  }),
  minReplicas: whole(0, MAX_REPLICAS).default(0),
  maxReplicas: whole(1, MAX_REPLICAS),
  metric: settings({
    type: choice(['demand', 'dnsQueryRate', 'uniqueClients', 'httpRequestRate'], ['prometheus']).default(
      'demand',
    ),
    target: above(0),
    /** Default: half of the target. */
    activation: atLeast(0).optional(),
    tolerance: fraction().default(0.1),
    stableWindow: duration('1s', '1h').prefault('60s'),
    panic: settings({
      /** Default: a tenth of the stable window. */
      window: duration('100ms', '1h').optional(),
      /** Panic when the load of the short window wants so many times the replicas that are ready. */
      threshold: atLeast(1).default(2),
    }).prefault({}),
    ignoreClients: listOf(addressBlock(), 'address blocks').default([]),
  }),
  behavior: settings({
    scaleUp: scalingRules({
      stabilizationWindow: '0s',
      policies: [
        { type: 'Replicas', value: 4, period: '15s' },
        { type: 'Percent', value: 100, period: '15s' },
      ],
    }),
    scaleDown: scalingRules({
      stabilizationWindow: '5m',
      policies: [{ type: 'Replicas', value: 1, period: '60s' }],
    }),
  }).prefault({}),
  cooldown: settings({
    scaleUp: duration('0s').prefault('0s'),
    scaleDown: duration('0s').prefault('60s'),
    toZero: duration('0s').prefault('5m'),
  }).prefault({}),
  /** Times in which there is another floor or ceiling; of several that are open the highest floor and the lowest ceiling. */
  schedules: listOf(
    settings({
      name: name(),
      timezone: timeZone(),
      start: cronExpression(),
      /** Either this or `end`. */
      duration: duration('1m', '8760h').optional(),
      end: cronExpression().optional(),
      minReplicas: whole(0, MAX_REPLICAS).optional(),
      maxReplicas: whole(0, MAX_REPLICAS).optional(),
      /** So much earlier `minReplicas` holds already, for what takes time to boot. */
      prewarm: duration('0s', '24h').prefault('0s'),
    }),
    'schedules',
    0,
    32,
  ).default([]),
  /** While nothing of the metric is measured. Default: the number stays. */
  fallback: settings({
    /** So many looks in a row, one a second, have to find nothing. */
    failureThreshold: whole(1, 100_000).default(3),
    behavior: choice([
      'static',
      'currentReplicas',
      'currentReplicasIfHigher',
      'currentReplicasIfLower',
    ]).default('static'),
    /** Of all behaviors but `currentReplicas`. */
    replicas: whole(1, MAX_REPLICAS).optional(),
  }).optional(),
  budget: settings({
    /** Of all pages of the policy together. Default: 100, or `maxReplicas` where that is more. */
    maxInstances: whole(0, MAX_INSTANCES).optional(),
    /** What they may cost an hour together, in the currency of `hourlyCost`. Default: no limit. */
    maxHourlyCost: atLeast(0).optional(),
    currency: later(),
    /** When all policies together have no room left: wait, or take that of lower priorities. */
    onExceeded: choice(['hold', 'evictLowerPriority']).default('hold'),
  }).prefault({}),
  placement: listOf(
    settings({
      driver: choice(['process', 'qemu', 'xl'], ['ec2']),
      /** Default: no limit of its own. */
      maxReplicas: whole(1, MAX_REPLICAS).optional(),
      /** What one of its replicas costs an hour, in any currency. */
      hourlyCost: atLeast(0).default(0),
      /** Default: hotzone's own page server or page kernel. */
      image: settings({
        command: listOf(template(), 'words of a command', 1, 100).optional(),
        kernel: absolutePath().optional(),
        commandLine: commandLineTemplate().optional(),
        initrd: pathTemplate().optional(),
        disks: listOf(pathTemplate(), 'disk images', 0, 8).optional(),
      })
        .refine(
          ({ command, kernel, ...rest }) =>
            (command === undefined) !== (kernel === undefined) &&
            (command === undefined || Object.keys(rest).length === 0),
          {
            error: 'either "command", or "kernel" with "commandLine", "initrd" and "disks"',
          },
        )
        .optional(),
      /** Of a virtual machine. Default: 16MiB, and more for a page that needs it. */
      memory: size('4MiB', '64GiB').optional(),
      region: later(),
      zones: later(),
      instanceType: later(),
      launchTemplate: later(),
    }),
    'placements',
    1,
    16,
  ).prefault([{ driver: 'process' }]),
  instance: settings({
    bootTimeout: z.union([duration('100ms'), bootTimeouts]).prefault({}),
    /** A replica that is so old has been replaced by another one. Default: it may serve for ever. */
    maxLifetime: duration('10s', '8760h').optional(),
    payload: later(),
  }).prefault({}),
  probe: settings({
    period: duration('50ms', '1h').prefault('2s'),
    timeout: duration('10ms', '5m').prefault('1s'),
    successThreshold: whole(1, 100).default(1),
    failureThreshold: whole(1, 100).default(3),
    httpGet: later(),
    expect: settings({
      status: only(200).default(200),
      /** any: for a page that is made anew for each visitor. */
      bodySha256: choice(['match', 'any']).default('match'),
    }).prefault({}),
    initialDelay: later(),
  }).prefault({}),
  backoff: settings({
    initial: duration('100ms').prefault('30s'),
    max: duration('100ms').prefault('30m'),
    resetAfter: duration('1s').prefault('3h'),
    quarantineAfter: whole(1, 1_000).default(5),
  }).prefault({}),
  dns: settings({
    ttl: seconds('1s', '24h').prefault('30s'),
    /** Default: 5s, or the TTL where that is less. */
    minTtl: seconds('1s', '24h').optional(),
    /** Default: 5m, or the TTL where that is more. */
    maxTtl: seconds('1s', '24h').optional(),
    maxAddresses: whole(1, 8).default(8),
    includeOrigin: choice(['always', 'whenBelowTarget', 'never']).default('whenBelowTarget'),
    /** An answer is never empty: if nothing else serves, the origin does. */
    failOpen: only(true).optional(),
    drain: settings({
      gracePeriod: duration('0s').prefault('30s'),
      maxDuration: duration('1s').prefault('10m'),
      untilIdle: flag().default(true),
    }).prefault({}),
  }).prefault({}),
  pollingInterval: later(),
});

/** A document of a policy file, checked field by field, with every default that stands on its own. */
export type PolicyForm = z.output<typeof policySchema>;
