import type { CataloguedPage } from '../../control/catalogue.js';
import type { Controller } from '../../control/controller.js';
import { describeOrder } from '../../control/orders.js';
import { shortId } from '../../control/planning.js';
import type { Decision } from '../../scale/decide.js';
import { round } from '../../scale/metric.js';
import type { Step } from '../../scale/reason.js';
import type { Replica } from '../../scale/replica.js';
import { seconds } from '../../scale/seconds.js';
import type { DriverHealth } from './driver-health.js';
import { happeningLine, timeline } from './timeline.js';

const HAPPENINGS_SHOWN = 12;

/** Why a page has what it has, in lines for people: what was measured, what each rule made of it, what was done. */
export function explainPage(
  controller: Pick<Controller, 'state' | 'answer'>,
  health: Pick<DriverHealth, 'failure'>,
  catalogued: CataloguedPage,
  now: number,
): readonly string[] {
  const { page, host, policy } = catalogued;
  const { clock, decisions, fleet, orders, store } = controller.state;
  const decision = decisions.get(page.path);
  const answer = controller.answer(host);
  const replicas = fleet.byPage().get(page.path) ?? [];
  const past = timeline(store, page.path, 0, clock.wall(), HAPPENINGS_SHOWN);
  return [
    `${page.path} is http://${page.host}${page.urlPath}`,
    policy === null
      ? 'no policy matches it, so the origin serves it alone'
      : `policy ${policy.name} (${policy.file}): ${policy.minReplicas} to ${policy.maxReplicas} replicas, one for ${policy.metric.target} of ${policy.metric.type}${policy.dryRun ? ', dry run' : ''}`,
    ...(policy?.placement ?? []).flatMap(({ driver }) => {
      const failure = health.failure(driver);
      return failure === null ? [] : [`the driver ${driver} cannot run on this host: ${failure.message}`];
    }),
    ...[orders.pause(page.path), orders.pin(page.path)].flatMap((order) =>
      order === null ? [] : [describeOrder(order)],
    ),
    answer === undefined
      ? 'it is not answered yet'
      : `answered with ${answer.addresses.map(({ address }) => address).join(', ')} for ${answer.ttl} s`,
    '',
    ...(decision === undefined
      ? ['nothing was measured that would call for a decision']
      : decisionLines(decision)),
    '',
    replicas.length === 0 ? 'no replicas' : 'replicas:',
    ...replicas.map((replica) => replicaLine(replica, now)),
    ...(past.length === 0 ? [] : ['', 'what happened lately:']),
    ...past.map(happeningLine),
  ];
}

/** What was measured, and what each step made of it. */
export function decisionLines({
  measured,
  current,
  serving,
  desired,
  chain,
}: Pick<Decision, 'measured' | 'current' | 'serving' | 'desired' | 'chain'>): readonly string[] {
  return [
    measured === null
      ? 'measured: nothing'
      : `measured: ${measured.detail} (stable window ${round(measured.stable)})`,
    `replicas: ${current}, of which ${serving} serve; desired: ${desired}`,
    ...worthTelling(current, chain).map(
      ({ step, value, reason, detail }) =>
        `  ${step.padEnd(13)} ${String(value).padStart(3)}  ${reason}${detail === '' ? '' : `: ${detail}`}`,
    ),
  ];
}

/** Without the steps that changed nothing and had nothing to say. */
function worthTelling(from: number, chain: readonly Step[]): readonly Step[] {
  return chain.filter(({ value, detail }, index) => {
    const before = chain[index - 1]?.value ?? from;
    return value !== before || detail !== '';
  });
}

function replicaLine(replica: Replica, now: number): string {
  const { driver, address, state, stateSince, reason } = replica;
  return `  ${shortId(replica)} ${driver} ${address} ${state} for ${seconds(now - stateSince)}: ${reason}`;
}
