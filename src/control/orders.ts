import type { ByHand } from '../scale/by-hand.js';
import type { Order, OrderTable } from '../store/orders.js';

/**
 * The orders of operators that are in force: in memory for reading, and in the store at once, so that none is forgotten
 * that was confirmed.
 *
 * An order that ends does so at a moment of the wall clock: two hours are over after two hours whether or not a daemon
 * or the machine ran meanwhile, and an order that ended while none did is not taken up again. A wall clock that is set
 * forward ends orders sooner, and one that is set back later.
 */
export class Orders {
  readonly #table: OrderTable;
  readonly #wall: () => number;
  readonly #orders: Map<string, Order>;

  constructor(table: OrderTable, wall: () => number) {
    this.#table = table;
    this.#wall = wall;
    this.#orders = new Map(table.all().map((order) => [keyOf(order), order]));
  }

  /** Those in force, oldest first. */
  all(): readonly Order[] {
    return [...this.#orders.values()]
      .filter((order) => this.#holds(order))
      .sort((a, b) => a.since - b.since || (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  pin(page: string): Order | null {
    return this.#find('pin', page);
  }

  /** The page's own pause, or that of every page. */
  pause(page: string): Order | null {
    return this.#find('pause', page) ?? this.#find('pause', null);
  }

  /** One that is meant for this page, or for every page when it is null. */
  own(kind: Order['kind'], page: string | null): Order | null {
    return this.#find(kind, page);
  }

  /** Throws when the store refuses it, and then it is not in force. */
  give(order: Order): void {
    this.#table.save(order);
    this.#orders.set(keyOf(order), order);
  }

  /** Throws when the store refuses it, and then it stays in force. */
  takeBack(order: Pick<Order, 'kind' | 'page'>): void {
    this.#table.delete(order);
    this.#orders.delete(keyOf(order));
  }

  /** Forgets what is over, and gives it back; throws when the store refuses that, and can be asked again. */
  expire(): readonly Order[] {
    const over = [...this.#orders.values()].filter((order) => !this.#holds(order));
    for (const order of over) this.takeBack(order);
    return over;
  }

  pinnedPages(): readonly string[] {
    return this.all().flatMap(({ kind, page }) => (kind === 'pin' && page !== null ? [page] : []));
  }

  /** What a decision on the page has to know. */
  forPage(page: string): ByHand {
    const [pin, pause] = [this.pin(page), this.pause(page)];
    return {
      pin: pin === null ? null : { replicas: pin.replicas ?? 0, detail: describeOrder(pin) },
      pause: pause === null ? null : { detail: describeOrder(pause) },
    };
  }

  #find(kind: Order['kind'], page: string | null): Order | null {
    const order = this.#orders.get(keyOf({ kind, page }));
    return order !== undefined && this.#holds(order) ? order : null;
  }

  #holds({ until }: Order): boolean {
    return until === null || this.#wall() < until;
  }
}

/** `pinned at 3 since 2026-01-31T08:00:00Z, until …, by …`. */
export function describeOrder({ kind, page, replicas, since, until, by }: Order): string {
  const what =
    kind === 'pin' ? `pinned at ${replicas}` : page === null ? 'every page is paused' : 'the page is paused';
  const end = until === null ? 'until that is taken back' : `until ${moment(until)}`;
  return `${what} since ${moment(since)}, ${end}, by ${by}`;
}

/** RFC 3339 to the second. */
function moment(wall: number): string {
  return new Date(wall).toISOString().replace(/\.\d+Z$/, 'Z');
}

function keyOf({ kind, page }: Pick<Order, 'kind' | 'page'>): string {
  return `${kind} ${page ?? ''}`;
}
