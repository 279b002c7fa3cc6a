import { countFailures } from '../scale/history.js';
import { mustDrain, type Replica } from '../scale/replica.js';
import type { Order } from '../store/orders.js';
import { withdraw } from './acting.js';
import { saveBooks } from './books.js';
import type { Verb } from './events.js';
import { describeOrder } from './orders.js';
import { shortId } from './planning.js';
import type { ControlState } from './state.js';

/** What came of an order: what is the case now, in the operator's words, or why it cannot be followed. */
export type Obeyed =
  | { readonly ok: true; readonly done: readonly string[] }
  | {
      readonly ok: false;
      /** `unknown`: there is no such page or replica; `conflict`: there is, and it cannot be done to it now. */
      readonly kind: 'unknown' | 'conflict';
      readonly message: string;
      readonly hint: string;
    };

/** A beginning of an id that short could be anybody's. */
const ID_LENGTH_MIN = 4;

/** What operators do by hand. Each order is in the store before it is confirmed; a store that refuses it throws. */
export class HandControl {
  readonly #state: ControlState;
  readonly #changed: () => void;

  /** `changed`: every page is to be decided on anew, at once. */
  constructor(state: ControlState, changed: () => void) {
    this.#state = state;
    this.#changed = changed;
  }

  /** `forMs` null: until it is taken back. */
  pin(page: string, replicas: number, forMs: number | null, by: string): Obeyed {
    const catalogued = this.#state.catalogue.get(page);
    if (catalogued === undefined) return noSuchPage(page);
    if (catalogued.policy === null) {
      return conflict(
        `no policy matches ${page}, so nothing says what a replica of it is`,
        'give it a policy first, one with a metric.activation that it never reaches if need be',
      );
    }
    const order = this.#order('pin', page, replicas, forMs, by);
    this.#state.orders.give(order);
    this.#tell('pin', page, describeOrder(order), by);
    const idle = catalogued.policy.dryRun
      ? [`nothing comes of it: policy ${catalogued.policy.name} is a dry run`]
      : [];
    return done(`${page}: ${describeOrder(order)}`, ...idle, ...this.#pausedToo(page));
  }

  unpin(page: string, by: string): Obeyed {
    const order = this.#state.orders.own('pin', page);
    if (order === null) return conflict(`${page} is not pinned`, this.#list('pin'));
    this.#state.orders.takeBack(order);
    this.#tell('unpin', page, `it was ${describeOrder(order)}`, by);
    return done(`${page}: its policy decides again`, ...this.#pausedToo(page));
  }

  /** `page` null: every page. */
  pause(page: string | null, forMs: number | null, by: string): Obeyed {
    if (page !== null && this.#state.catalogue.get(page) === undefined) return noSuchPage(page);
    const order = this.#order('pause', page, null, forMs, by);
    this.#state.orders.give(order);
    this.#tell('pause', page, describeOrder(order), by);
    return done(`${page ?? 'all'}: ${describeOrder(order)}`);
  }

  /** Ends the very pause that was ordered: that of every page leaves those of single pages in force. */
  resume(page: string | null, by: string): Obeyed {
    const order = this.#state.orders.own('pause', page);
    if (order === null) {
      const what = page === null ? 'there is no pause of every page' : `${page} has no pause of its own`;
      return conflict(what, this.#list('pause'));
    }
    this.#state.orders.takeBack(order);
    this.#tell('resume', page, `it was so: ${describeOrder(order)}`, by);
    const left = this.#state.orders.all().filter(({ kind }) => kind === 'pause');
    return done(
      page === null ? 'all: decisions are acted on again' : `${page}: its own pause has ended`,
      ...left.map((other) => `still: ${other.page ?? 'all'}: ${describeOrder(other)}`),
    );
  }

  /** `id`: of a replica, or enough of its beginning to know it by. */
  drain(id: string, by: string): Obeyed {
    const known = this.#state.fleet.all().filter(({ state }) => state !== 'gone');
    const found = id.length < ID_LENGTH_MIN ? [] : known.filter((replica) => replica.id.startsWith(id));
    const [replica] = found;
    if (replica === undefined)
      return { ok: false, kind: 'unknown', message: `no replica's id begins with ${id}`, hint: IDS_HINT };
    if (found.length > 1)
      return conflict(`${found.length} replicas' ids begin with ${id}`, 'give more of the id');
    if (!isLeavable(replica)) {
      const { state, reason } = replica;
      return conflict(
        `replica ${shortId(replica)} is ${state} already (${reason})`,
        'there is nothing to do',
      );
    }
    this.#leave(replica, by);
    return done(
      `${replica.page}: replica ${shortId(replica)} on ${replica.address} leaves the answers, ` +
        (mustDrain(replica) ? 'drains, and ends' : 'and ends'),
      ...this.#successor(replica.page),
    );
  }

  /** Out of quarantine or back-off: the next decision may boot again. */
  release(page: string, by: string): Obeyed {
    if (this.#state.catalogue.get(page) === undefined) return noSuchPage(page);
    const failures = countFailures(this.#state.histories.get(page));
    if (failures === 0) return conflict(`${page} has no failures that would hold it back`, EXPLAIN_HINT);
    this.#state.histories.pardon(page);
    this.#tell('release', page, `${failures} failures in a row are forgotten`, by);
    return done(`${page}: ${failures} failures in a row are forgotten, and it may boot again`);
  }

  /** Ends what has come to its end; part of every pass. */
  expire(): void {
    const { orders, emit, clock } = this.#state;
    try {
      for (const order of orders.expire())
        this.#tell('expired', order.page, `it was so: ${describeOrder(order)}`, 'the clock');
    } catch (error) {
      // It is over all the same, and is forgotten another time.
      emit({ kind: 'trouble', at: clock.now(), what: 'an order that is over cannot be forgotten', error });
    }
  }

  #order(
    kind: Order['kind'],
    page: string | null,
    replicas: number | null,
    forMs: number | null,
    by: string,
  ): Order {
    const since = this.#state.clock.wall();
    return { kind, page, replicas, since, until: forMs === null ? null : since + forMs, by };
  }

  #leave(replica: Replica, by: string): void {
    const { clock, fleet, actuator, emit } = this.#state;
    withdraw(this.#state, { replica, cause: 'by_hand', reason: `drained by hand, by ${by}` }, clock.now());
    this.#tell('drain', replica.page, `replica ${replica.id} on ${replica.address}`, by);
    try {
      saveBooks(this.#state);
    } catch (error) {
      // Withdrawing needs no permission, since the origin always serves.
      emit({ kind: 'trouble', at: clock.now(), what: 'the store refused to be written', error });
    }
    const leaving = fleet.get(replica.id);
    if (leaving?.state === 'draining') actuator.drain(leaving);
  }

  #successor(page: string): readonly string[] {
    const { pin, pause } = this.#state.orders.forPage(page);
    if (pause !== null) return [`none takes its place: ${pause.detail}`];
    if (pin !== null) return [pin.detail];
    return ['another may take its place, if the load asks for it; to have fewer, pin the page'];
  }

  #pausedToo(page: string): readonly string[] {
    const { pause } = this.#state.orders.forPage(page);
    return pause === null ? [] : [`nothing comes of it yet: ${pause.detail}`];
  }

  #list(kind: Order['kind']): string {
    const orders = this.#state.orders.all().filter((order) => order.kind === kind);
    if (orders.length === 0) return `nothing is ${kind === 'pin' ? 'pinned' : 'paused'}`;
    return `there is ${orders.map((order) => `${order.page ?? 'all'}: ${describeOrder(order)}`).join('; ')}`;
  }

  #tell(verb: Verb, page: string | null, detail: string, by: string): void {
    this.#state.emit({ kind: 'ordered', at: this.#state.clock.now(), verb, page, detail, by });
    this.#changed();
  }
}

const IDS_HINT = `give at least ${ID_LENGTH_MIN} characters; "hotzone explain PAGE" has the ids`;
const EXPLAIN_HINT = '"hotzone explain PAGE" says what does';

/** Not on its way out yet. */
function isLeavable({ state }: Replica): boolean {
  return state === 'planned' || state === 'booting' || state === 'probing' || state === 'serving';
}

function noSuchPage(page: string): Obeyed {
  return {
    ok: false,
    kind: 'unknown',
    message: `the site has no page ${JSON.stringify(page)}`,
    hint: 'a page is named by its path in the site, with a leading slash',
  };
}

function conflict(message: string, hint: string): Obeyed {
  return { ok: false, kind: 'conflict', message, hint };
}

function done(...lines: readonly string[]): Obeyed {
  return { ok: true, done: lines };
}
