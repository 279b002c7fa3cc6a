import type { Controller } from '../../control/controller.js';
import type { ControlEvent } from '../../control/events.js';
import { telling } from '../../control/minutes.js';
import type { QueryBatch, RequestCount } from '../../load/batch.js';
import { formatProblem } from '../../problem.js';
import type { Replica } from '../../scale/replica.js';
import type { Logger } from '../../telemetry/log.js';
import type { Metrics } from '../../telemetry/recorder.js';

const MILLISECONDS_PER_SECOND = 1_000;

/** One log line a fact. */
export function logEvent(log: Logger, event: ControlEvent): void {
  switch (event.kind) {
    case 'surge':
      log.info({ page: event.page }, 'a page gets hot');
      return;
    case 'decided': {
      const { page, policy, current, desired, chain } = event.decision;
      const { reason, detail } = telling(event.decision);
      const { actions, dryRun } = event;
      log.info({ page, policy, current, desired, reason, detail, actions, dryRun, chain }, 'decided');
      return;
    }
    case 'planned':
      log.debug(gist(event.replica), 'a replica is to boot');
      return;
    case 'moved':
      log.info(
        { ...gist(event.after), from: event.before.state, to: event.after.state, reason: event.after.reason },
        'a replica moved',
      );
      return;
    case 'withdrawn':
      log.debug({ ...gist(event.replica), cause: event.cause }, 'a replica is withdrawn');
      return;
    case 'failed':
      log.warn({ ...gist(event.replica), cause: event.cause }, 'a replica failed');
      return;
    case 'published':
      log.info(
        { serial: event.serial, changed: event.answers.length, removed: event.removed.length },
        'published',
      );
      return;
    case 'reacted':
      log.info(
        { ...gist(event.replica), seconds: event.seconds },
        'the first answer after a surge has a new replica',
      );
      return;
    case 'ordered':
      log.info({ verb: event.verb, page: event.page, detail: event.detail, by: event.by }, 'by hand');
      return;
    case 'called':
      // Looks are too many to be told beside what changes something.
      log[event.operation === 'list' ? 'trace' : 'debug'](
        { driver: event.driver, operation: event.operation, result: event.result, seconds: event.seconds },
        'a driver was called',
      );
      return;
    case 'orphan':
      log.warn({ id: event.id, driver: event.driver }, 'a replica that nobody knows any more is destroyed');
      return;
    case 'visited':
      return;
    case 'ticked':
      log.trace({ seconds: event.seconds }, 'a pass ended');
      return;
    case 'trouble':
      log.error({ err: event.error }, event.what);
      return;
    case 'problems':
      for (const problem of event.problems) log.error({ problem: formatProblem(problem) }, event.what);
      return;
    default:
      event satisfies never;
  }
}

/** The counters and histograms; gauges are set after each pass by `gaugeSetter`. */
export function countEvent(metrics: Metrics, event: ControlEvent): void {
  switch (event.kind) {
    case 'decided': {
      const { policy, current, desired } = event.decision;
      const direction = desired > current ? 'up' : desired < current ? 'down' : 'none';
      metrics.countDecision({ policy, direction, reason: telling(event.decision).reason });
      return;
    }
    case 'moved':
      countMove(metrics, event.before, event.after);
      return;
    case 'withdrawn':
      metrics.countTermination({ driver: event.replica.driver, reason: event.cause });
      return;
    case 'failed':
      if (event.replica.state !== 'serving')
        metrics.countLaunch({ driver: event.replica.driver, result: event.cause });
      metrics.countTermination({ driver: event.replica.driver, reason: 'failed' });
      return;
    case 'reacted':
      metrics.observeReaction(event.replica.driver, event.seconds);
      return;
    case 'called':
      metrics.countDriverRequest(event.driver, event.operation, event.result, event.seconds);
      return;
    case 'orphan':
      metrics.countTermination({ driver: event.driver, reason: 'orphan' });
      return;
    case 'ticked':
      metrics.observeTick(event.seconds);
      return;
    case 'surge':
      metrics.countSurge();
      return;
    case 'published':
      metrics.countPublication(event.serial);
      return;
    case 'trouble':
      metrics.countTrouble();
      return;
    case 'planned':
    case 'ordered':
    case 'visited':
    case 'problems':
      return;
    default:
      event satisfies never;
  }
}

export function countQueries(metrics: Metrics, controller: Controller, batch: QueryBatch): void {
  for (const { host, queries } of [...batch.sources, ...batch.rest]) {
    const page = controller.state.catalogue.byHost(host)?.page.path;
    if (page !== undefined) metrics.countPageQueries(page, queries);
  }
}

export function countRequests(
  metrics: Metrics,
  controller: Controller,
  counts: readonly RequestCount[],
): void {
  for (const { host, server, requests } of counts) {
    const page = controller.state.catalogue.byHost(host)?.page.path;
    if (page !== undefined)
      metrics.countPageRequests(page, server === 'origin' ? 'origin' : 'replicas', requests);
  }
}

function countMove(metrics: Metrics, before: Replica, after: Replica): void {
  if (after.state === 'serving' && after.answerTtl === 0) {
    metrics.countLaunch({ driver: after.driver, result: 'ok' });
    metrics.observeBoot(after.driver, (after.stateSince - after.createdAt) / MILLISECONDS_PER_SECOND);
  }
  if (after.state === 'lost') metrics.countTermination({ driver: after.driver, reason: 'lost' });
  if (before.state === 'draining' && before.withdrawnAt !== null) {
    metrics.observeDrain((after.stateSince - before.withdrawnAt) / MILLISECONDS_PER_SECOND);
  }
}

function gist({ id, page, address, driver }: Replica): object {
  return { id, page, address, driver };
}
