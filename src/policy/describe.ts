import { formatDuration } from './duration.js';
import type { MetricType, Policy } from './policy.js';

const UNITS: Readonly<Record<MetricType, string>> = {
  demand: 'visits/s',
  dnsQueryRate: 'queries/s',
  uniqueClients: 'clients',
  httpRequestRate: 'requests/s',
};

/** The policy in one line for people: `0 to 4 replicas for each page of /**, one for every 20 visits/s (the first at 10)`. */
export function describePolicy(policy: Policy): string {
  const notes = [
    ...(policy.enabled ? [] : ['disabled']),
    ...(policy.dryRun ? ['dry run'] : []),
    ...(policy.priority === 0 ? [] : [`priority ${policy.priority}`]),
    ...policy.schedules.map(({ name }) => `schedule ${name}`),
  ];
  const pages = `each page of ${policy.match.pages.join(' ')}`;
  const except = policy.match.exclude.length === 0 ? '' : ` but ${policy.match.exclude.join(' ')}`;
  const suffix = notes.length === 0 ? '' : ` [${notes.join(', ')}]`;
  return `${count(policy)} for ${pages}${except}${when(policy)}${suffix}`;
}

function count({ minReplicas, maxReplicas }: Policy): string {
  const plural = maxReplicas === 1 ? 'replica' : 'replicas';
  return minReplicas === maxReplicas
    ? `always ${maxReplicas} ${plural}`
    : `${minReplicas} to ${maxReplicas} ${plural}`;
}

function when({ minReplicas, maxReplicas, metric, cooldown, behavior }: Policy): string {
  if (minReplicas === maxReplicas) return '';
  const unit = UNITS[metric.type];
  const each = maxReplicas === 1 ? '' : `, one for every ${metric.target} ${unit}`;
  if (minReplicas > 0) return each;
  const quiet = metric.stableWindow + Math.max(cooldown.toZero, behavior.scaleDown.stabilizationWindow);
  return `${each}, the first at ${metric.activation} ${unit}, none after ${formatDuration(quiet)} of quiet`;
}
