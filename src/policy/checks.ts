import { formatDuration } from './duration.js';
import { error, type Finding, warning } from './finding.js';
import { ONLY_FOR_MACHINES, placeholdersOf } from './image.js';
import type { Placement, Policy } from './policy.js';
import { checkSchedules } from './schedule-checks.js';
import type { Path } from './yaml-document.js';

/** Every rule between fields that `policy` breaks: errors make it useless, warnings say that it will surprise. */
export function checkPolicy(policy: Policy): readonly Finding[] {
  return [
    ...bounds(policy),
    ...metric(policy),
    ...times(policy),
    ...dns(policy),
    ...checkSchedules(policy),
    ...fallback(policy),
  ];
}

function* bounds({ minReplicas, maxReplicas, budget, placement }: Policy): Iterable<Finding> {
  if (minReplicas > maxReplicas)
    yield error(['minReplicas'], `minReplicas is ${minReplicas}, above maxReplicas ${maxReplicas}`);
  if (budget.maxInstances < minReplicas)
    yield error(
      ['budget', 'maxInstances'],
      `budget.maxInstances is ${budget.maxInstances}, below the minReplicas ${minReplicas} of a single page`,
    );
  else if (budget.maxInstances === 0)
    yield warning(['budget', 'maxInstances'], 'budget.maxInstances is 0: nothing will boot');
  else if (budget.maxInstances < maxReplicas)
    yield warning(
      ['budget', 'maxInstances'],
      `budget.maxInstances is ${budget.maxInstances}: no page can reach maxReplicas ${maxReplicas}`,
    );
  const cheapest = Math.min(...placement.map(({ hourlyCost }) => hourlyCost));
  if (budget.maxHourlyCost !== null && budget.maxHourlyCost < cheapest)
    yield warning(
      ['budget', 'maxHourlyCost'],
      `budget.maxHourlyCost is ${budget.maxHourlyCost}, and the cheapest placement costs ${cheapest} an hour: nothing will boot`,
    );
  for (const [index, place] of placement.entries()) {
    const { driver, memory } = place;
    yield* image(place, ['placement', index, 'image']);
    if (driver === 'process' && memory !== undefined)
      yield error(
        ['placement', index, 'memory'],
        'memory is for virtual machines: a process takes what it needs',
      );
    if (placement.findIndex((other) => other.driver === driver) < index)
      yield error(['placement', index, 'driver'], `the driver "${driver}" already has a placement`);
  }
  const room = placement.reduce((sum, place) => sum + place.maxReplicas, 0);
  if (room < minReplicas && minReplicas <= maxReplicas)
    yield error(['placement'], `the placements hold ${room} replicas, fewer than minReplicas ${minReplicas}`);
  else if (room < maxReplicas)
    yield warning(
      ['placement'],
      `the placements hold ${room} replicas: no page can reach maxReplicas ${maxReplicas}`,
    );
}

/** Whether the driver can run what the placement wants to be run. */
function* image({ driver, image, memory }: Placement, path: Path): Iterable<Finding> {
  if (image === undefined) return;
  const wanted = driver === 'process' ? 'command' : 'kernel';
  if (image.kind !== wanted) {
    yield error([...path, image.kind], `the driver "${driver}" runs an image by its "${wanted}"`);
    return;
  }
  if (image.kind === 'kernel') {
    if (memory === undefined)
      yield error(path, 'a machine with an image of its own needs "memory": only you know how much it takes');
    return;
  }
  if (!image.command[0]?.startsWith('/'))
    yield error([...path, 'command', 0], `"${image.command[0]}" is no absolute path of a program`);
  for (const [index, word] of image.command.entries()) {
    const unknown = placeholdersOf(word).filter((name) => ONLY_FOR_MACHINES.some((only) => only === name));
    if (unknown.length > 0)
      yield error(
        [...path, 'command', index],
        `{${unknown[0]}} is for virtual machines: a process has no such thing`,
      );
  }
}

function* metric({ metric: { activation, target, panic, stableWindow } }: Policy): Iterable<Finding> {
  if (activation > target)
    yield error(
      ['metric', 'activation'],
      `metric.activation is ${activation}, above metric.target ${target}: a page would go from none to several replicas`,
    );
  if (panic.window >= stableWindow)
    yield error(
      ['metric', 'panic', 'window'],
      `metric.panic.window is ${formatDuration(panic.window)}: expected less than metric.stableWindow ${formatDuration(stableWindow)}`,
    );
}

function* fallback({ fallback: settings, maxReplicas }: Policy): Iterable<Finding> {
  if (settings === null) return;
  const { behavior, replicas } = settings;
  const path = ['fallback', 'replicas'];
  if (behavior === 'currentReplicas') {
    if (replicas > 0)
      yield error(path, 'the behavior "currentReplicas" leaves what there is: expected no "replicas"');
  } else if (replicas === 0) {
    yield error(
      ['fallback'],
      `the behavior "${behavior}" has no "replicas": expected a number of at least 1`,
    );
  } else if (replicas > maxReplicas) {
    yield error(
      path,
      `fallback.replicas is ${replicas}, above maxReplicas ${maxReplicas}, which always wins`,
    );
  }
}

function* times({
  behavior,
  instance,
  cooldown,
  metric: { stableWindow },
  minReplicas,
  backoff,
}: Policy): Iterable<Finding> {
  const patience =
    stableWindow +
    Math.max(
      behavior.scaleDown.stabilizationWindow,
      minReplicas === 0 ? cooldown.toZero : cooldown.scaleDown,
    );
  if (instance.bootTimeout > patience)
    yield warning(
      ['instance', 'bootTimeout'],
      `a replica may boot for ${formatDuration(instance.bootTimeout)} but be given up after ${formatDuration(patience)} ` +
        'without load: it may go before it ever served (see behavior.scaleDown.stabilizationWindow)',
    );
  if (instance.maxLifetime !== null && instance.maxLifetime <= instance.bootTimeout)
    yield error(
      ['instance', 'maxLifetime'],
      `instance.maxLifetime is ${formatDuration(instance.maxLifetime)}: expected more than instance.bootTimeout ` +
        `${formatDuration(instance.bootTimeout)}, or a replica may go before it ever served`,
    );
  if (backoff.initial > backoff.max)
    yield error(
      ['backoff', 'initial'],
      `backoff.initial is ${formatDuration(backoff.initial)}, above backoff.max ${formatDuration(backoff.max)}`,
    );
}

function* dns({ dns: { ttl, minTtl, maxTtl, drain } }: Policy): Iterable<Finding> {
  if (ttl < minTtl) yield error(['dns', 'ttl'], `dns.ttl is ${ttl}s, below dns.minTtl ${minTtl}s`);
  if (ttl > maxTtl) yield error(['dns', 'ttl'], `dns.ttl is ${ttl}s, above dns.maxTtl ${maxTtl}s`);
  const shortestDrain = ttl * 1_000 + drain.gracePeriod;
  if (drain.maxDuration < shortestDrain)
    yield warning(
      ['dns', 'drain', 'maxDuration'],
      `dns.drain.maxDuration is ${formatDuration(drain.maxDuration)}, but caches hold an address for dns.ttl ` +
        `plus dns.drain.gracePeriod, ${formatDuration(shortestDrain)}: a drain takes that long all the same`,
    );
}
