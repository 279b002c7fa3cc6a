import type { Clock } from '../../clock.js';
import type { Controller } from '../../control/controller.js';
import type { ControlEvent } from '../../control/events.js';
import { formatProblem } from '../../problem.js';
import type { EventHub } from '../../server/admin/event-hub.js';
import { byHeat } from '../../server/admin/heat.js';
import type { AdminSource, LiveEvents, PageView } from '../../server/admin/source.js';

/** A surge makes many passes a second, and nobody reads so fast. */
const TICK_INTERVAL_MS = 500;
/** The hottest ones; who wants the others asks for them. */
const PAGES_SHOWN = 50;

type LiveReplica = LiveEvents['replica']['replica'];
type Publish = <Type extends keyof LiveEvents>(type: Type, data: LiveEvents[Type]) => void;

/** What happens in the control plane, as those who listen at the admin port get it. */
export class LiveFeed {
  readonly #hub: EventHub;
  readonly #clock: Clock;
  #lastTickAt = Number.NEGATIVE_INFINITY;

  constructor(hub: EventHub, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  note(event: ControlEvent, controller: Controller, source: AdminSource): void {
    const at = new Date(this.#clock.wall()).toISOString();
    const publish: Publish = (type, data) => this.#hub.publish(type, data);
    switch (event.kind) {
      case 'decided': {
        const { current: from, desired: to, page, policy, serving, measured, chain } = event.decision;
        const { actions, dryRun } = event;
        publish('decided', { at, page, policy, from, to, serving, measured, chain, actions, dryRun });
        return;
      }
      case 'planned':
        publish('replica', { at, from: null, replica: viewOf(event.replica) });
        return;
      case 'moved':
        publish('replica', { at, from: event.before.state, replica: viewOf(event.after) });
        return;
      case 'ordered': {
        const { verb, page, detail, by } = event;
        publish('ordered', { at, verb, page, detail, by });
        return;
      }
      case 'surge':
        publish('surge', { at, page: event.page });
        return;
      case 'reacted': {
        const { replica, seconds } = event;
        publish('reacted', { at, page: replica.page, replica: replica.id, seconds });
        return;
      }
      case 'published': {
        const { serial, answers, removed } = event;
        publish('published', { at, serial, changed: answers.length, removed: removed.length });
        return;
      }
      case 'trouble':
        publish('trouble', { at, what: event.what, problems: [String(event.error)] });
        return;
      case 'problems':
        publish('trouble', { at, what: event.what, problems: event.problems.map(formatProblem) });
        return;
      case 'ticked':
        this.#tick(at, event.seconds, controller, source);
        return;
      case 'withdrawn':
      case 'failed':
      case 'called':
      case 'orphan':
      case 'visited':
        return;
      default:
        event satisfies never;
    }
  }

  #tick(at: string, seconds: number, controller: Controller, source: AdminSource): void {
    const now = this.#clock.now();
    if (now - this.#lastTickAt < TICK_INTERVAL_MS) return;
    this.#lastTickAt = now;
    this.#hub.show('tick', () => {
      const status = { healthy: source.healthy(), ...source.status() };
      return { at, seconds, status, pages: warmPages(controller, source) } satisfies LiveEvents['tick'];
    });
  }
}

/** Those with load or replicas, the hottest first. Most pages of a site are cold, and are not looked at. */
function warmPages({ state }: Controller, source: AdminSource): readonly PageView[] {
  const warm = [...state.decisions.values()]
    .filter(({ measured, desired, current }) => (measured?.stable ?? 0) + desired + current > 0)
    .sort((a, b) => (b.measured?.stable ?? 0) - (a.measured?.stable ?? 0))
    .slice(0, 2 * PAGES_SHOWN);
  const paths = new Set([...warm.map(({ page }) => page), ...state.fleet.byPage().keys()]);
  return byHeat([...paths].flatMap((path) => source.page(path) ?? [])).slice(0, PAGES_SHOWN);
}

function viewOf(replica: LiveReplica): LiveReplica {
  const { id, page, host, policy, driver, state, reason, address, ref } = replica;
  return { id, page, host, policy, driver, state, reason, address, ref };
}
