/** What the admin server can have done; the control side does it. `by` says who asked. */
export interface AdminActions {
  /** `forMs` null: until it is taken back. */
  pin(page: string, replicas: number, forMs: number | null, by: string): Acted;
  unpin(page: string, by: string): Acted;
  /** `page` null: every page. */
  pause(page: string | null, forMs: number | null, by: string): Acted;
  resume(page: string | null, by: string): Acted;
  /** `id`: of a replica, or enough of its beginning to know it by. */
  drain(id: string, by: string): Acted;
  release(page: string, by: string): Acted;
}

/** What is the case now, in lines for people; or why it cannot be. */
export type Acted =
  | { readonly ok: true; readonly done: readonly string[] }
  | {
      readonly ok: false;
      readonly kind: 'unknown' | 'conflict';
      readonly message: string;
      readonly hint: string;
    };
