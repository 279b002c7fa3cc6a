import type { ControlEvent } from '../../control/events.js';
import { shortId } from '../../control/planning.js';
import type { Replica } from '../../scale/replica.js';
import type { DemoEvent } from './event.js';

/** Tells what happens in the control plane to one page, in the demo's words. */
export class Chronicle {
  readonly #page: string;
  /** Those that exist, by address: a new one never gets the address of one that still does. */
  readonly #replicas = new Map<string, Replica>();
  readonly #answered = new Set<string>();

  constructor(page: string) {
    this.#page = page;
  }

  /** Replicas that exist in any state. */
  get count(): number {
    return this.#replicas.size;
  }

  isReplica(address: string): boolean {
    return this.#replicas.has(address);
  }

  /** What there is to tell about an event; often nothing. */
  tell(event: ControlEvent): readonly DemoEvent[] {
    const { at } = event;
    switch (event.kind) {
      case 'surge':
        return event.page === this.#page ? [{ at, kind: 'surgeDetected' }] : [];
      case 'planned':
        if (event.replica.page !== this.#page) return [];
        this.#replicas.set(event.replica.address, event.replica);
        return [{ at, kind: 'replicaBooting', ...gist(event.replica), reason: event.replica.reason }];
      case 'moved':
        return event.after.page === this.#page ? this.#moved(event.after, at) : [];
      case 'published':
        return event.answers.flatMap(({ host, addresses }) =>
          this.#published(host, new Set(addresses.map(({ address }) => address)), at),
        );
      default:
        return [];
    }
  }

  #moved(replica: Replica, at: number): readonly DemoEvent[] {
    const { state, reason } = replica;
    switch (state) {
      case 'serving':
        return [{ at, kind: 'replicaServing', ...gist(replica) }];
      case 'failed':
      case 'lost':
        return [{ at, kind: 'replicaFailed', ...gist(replica), reason }];
      case 'gone':
        this.#replicas.delete(replica.address);
        return [{ at, kind: 'replicaGone', ...gist(replica), reason }];
      default:
        return [];
    }
  }

  #published(host: string, addresses: ReadonlySet<string>, at: number): readonly DemoEvent[] {
    const events: DemoEvent[] = [];
    for (const replica of this.#replicas.values()) {
      const { address } = replica;
      if (replica.host !== host || addresses.has(address) === this.#answered.has(address)) continue;
      const isNew = addresses.has(address);
      if (isNew) this.#answered.add(address);
      else this.#answered.delete(address);
      events.push({ at, kind: isNew ? 'published' : 'withdrawn', ...gist(replica) });
    }
    return events;
  }
}

function gist(replica: Replica): { readonly replica: string; readonly address: string } {
  return { replica: shortId(replica), address: replica.address };
}
