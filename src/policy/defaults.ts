import type { Image } from './image.js';
import type { Policy, Schedule } from './policy.js';
import type { PolicyForm } from './schema.js';

/**
 * From 0, a page gets its first replica when that replica would be at least half used; below, the origin copes.
 * (Without it, `ceil(load / target)` would boot one for the first visitor.)
 */
const ACTIVATION_SHARE = 0.5;
/** Knative's panic-window-percentage. */
const PANIC_WINDOW_SHARE = 0.1;
/** A mistyped target shall cost no more than this, unless the operator says so. */
const MAX_INSTANCES = 100;
const MIN_TTL_SECONDS = 5;
const MAX_TTL_SECONDS = 300;

/** Fills in the defaults that depend on other fields. */
export function toPolicy(form: PolicyForm, file: string): Policy {
  const { metric, dns } = form;
  const plenty = Math.max(MAX_INSTANCES, form.maxReplicas);
  const placement = form.placement.map(({ driver, maxReplicas, hourlyCost, memory, image }) => ({
    driver,
    // Not the page's maxReplicas, which holds anyway, and which an operator may pass by hand.
    maxReplicas: maxReplicas ?? plenty,
    hourlyCost,
    ...(memory === undefined ? {} : { memory }),
    ...(image === undefined ? {} : { image: toImage(image) }),
  }));
  return {
    version: form.version,
    name: form.name,
    file,
    enabled: form.enabled,
    dryRun: form.dryRun,
    priority: form.priority,
    match: form.match,
    minReplicas: form.minReplicas,
    maxReplicas: form.maxReplicas,
    metric: {
      ...metric,
      activation: metric.activation ?? metric.target * ACTIVATION_SHARE,
      panic: {
        ...metric.panic,
        window: metric.panic.window ?? Math.round(metric.stableWindow * PANIC_WINDOW_SHARE),
      },
    },
    behavior: form.behavior,
    cooldown: form.cooldown,
    schedules: form.schedules.map(toSchedule),
    fallback:
      form.fallback === undefined ? null : { ...form.fallback, replicas: form.fallback.replicas ?? 0 },
    budget: {
      maxInstances: form.budget.maxInstances ?? plenty,
      maxHourlyCost: form.budget.maxHourlyCost ?? null,
      onExceeded: form.budget.onExceeded,
    },
    placement,
    instance: { bootTimeout: bootTimeout(form), maxLifetime: form.instance.maxLifetime ?? null },
    probe: {
      period: form.probe.period,
      timeout: form.probe.timeout,
      bodySha256: form.probe.expect.bodySha256,
      successThreshold: form.probe.successThreshold,
      failureThreshold: form.probe.failureThreshold,
    },
    backoff: form.backoff,
    dns: {
      ttl: dns.ttl,
      minTtl: dns.minTtl ?? Math.min(MIN_TTL_SECONDS, dns.ttl),
      maxTtl: dns.maxTtl ?? Math.max(MAX_TTL_SECONDS, dns.ttl),
      maxAddresses: dns.maxAddresses,
      includeOrigin: dns.includeOrigin,
      drain: dns.drain,
    },
  };
}

function toSchedule(form: PolicyForm['schedules'][number]): Schedule {
  const { duration = null, end = null, minReplicas = null, maxReplicas = null, ...rest } = form;
  return { ...rest, duration, end, minReplicas, maxReplicas };
}

/** Which of its keys belong together is a rule of `checks.ts`. */
function toImage(form: NonNullable<PolicyForm['placement'][number]['image']>): Image {
  const { command, kernel, commandLine = '', initrd = null, disks = [] } = form;
  if (kernel === undefined) return { kind: 'command', command: command ?? [] };
  return { kind: 'kernel', kernel, commandLine, initrd, disks };
}

/** That of the slowest driver in use, since a page's replicas may come from any of its placements. */
function bootTimeout(form: PolicyForm): number {
  const timeout = form.instance.bootTimeout;
  return typeof timeout === 'number'
    ? timeout
    : Math.max(...form.placement.map(({ driver }) => timeout[driver]));
}
