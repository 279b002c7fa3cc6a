import type { LogLevel } from '../../telemetry/log.js';

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
  /** `forMs` null: until the daemon ends. */
  logLevel(level: LogLevel, forMs: number | null, by: string): Acted;
  /** `name`: a name of the zone, or a page's path; null: none. `forMs` null: for as long as the daemon finds fit. */
  logQueries(name: string | null, forMs: number | null, by: string): Acted;
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
