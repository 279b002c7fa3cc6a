import type { Sqlite } from './database.js';

/** What an operator has ordered by hand: how many replicas a page has, or that nothing moves. Times are Unix milliseconds. */
export interface Order {
  readonly kind: 'pin' | 'pause';
  /** `Page.path`; null: every page, which only a pause can mean. */
  readonly page: string | null;
  /** Of a pin; null of a pause. */
  readonly replicas: number | null;
  readonly since: number;
  /** Null: until it is taken back. */
  readonly until: number | null;
  /** Who asked. */
  readonly by: string;
}

export interface OrderTable {
  all(): readonly Order[];
  /** Takes the place of one of the same kind for the same page. */
  save(order: Order): void;
  delete(order: Pick<Order, 'kind' | 'page'>): void;
}

/** No page has this path: each begins with a slash. */
const EVERY_PAGE = '';

export function orderTable(database: Sqlite): OrderTable {
  const select = database.prepare<[], Order & { page: string }>(
    `SELECT kind, page, replicas, since_wall AS since, until_wall AS until, by FROM orders ORDER BY since_wall`,
  );
  const upsert = database.prepare<[Order]>(
    `INSERT OR REPLACE INTO orders (kind, page, replicas, since_wall, until_wall, by)
     VALUES (@kind, @page, @replicas, @since, @until, @by)`,
  );
  const remove = database.prepare<[string, string]>('DELETE FROM orders WHERE kind = ? AND page = ?');
  return {
    all: () => select.all().map((row) => ({ ...row, page: row.page === EVERY_PAGE ? null : row.page })),
    save: (order) => {
      upsert.run({ ...order, page: order.page ?? EVERY_PAGE });
    },
    delete: ({ kind, page }) => {
      remove.run(kind, page ?? EVERY_PAGE);
    },
  };
}
