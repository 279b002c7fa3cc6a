import type { PageAnswer } from '../dns/publication.js';
import type { DriverFailure } from '../driver/driver.js';
import type { RequestCount } from '../load/batch.js';
import type { DriverName } from '../policy/policy.js';
import type { Problem } from '../problem.js';
import type { Decision } from '../scale/decide.js';
import type { WithdrawalCause } from '../scale/plan.js';
import type { Replica } from '../scale/replica.js';

/**
 * What happens in the control plane, one fact each: the log, the metrics and the live views are all made from these.
 * `at` is in monotonic milliseconds.
 */
export type ControlEvent =
  /** The load of a page began to ask for more than there is. */
  | { readonly kind: 'surge'; readonly at: number; readonly page: string }
  /** A decision that differs from the page's last one, with what is done about it. */
  | {
      readonly kind: 'decided';
      readonly at: number;
      readonly decision: Decision;
      readonly actions: readonly string[];
      readonly dryRun: boolean;
    }
  | { readonly kind: 'planned'; readonly at: number; readonly replica: Replica }
  | { readonly kind: 'moved'; readonly at: number; readonly before: Replica; readonly after: Replica }
  /** A replica leaves although it could serve, or could have. */
  | {
      readonly kind: 'withdrawn';
      readonly at: number;
      readonly replica: Replica;
      readonly cause: WithdrawalCause;
    }
  /** A replica could not be started, did not come to serve, or ceased to. */
  | { readonly kind: 'failed'; readonly at: number; readonly replica: Replica; readonly cause: FailureCause }
  /** The name server answers so from now on. */
  | {
      readonly kind: 'published';
      readonly at: number;
      readonly serial: number;
      readonly answers: readonly PageAnswer[];
      readonly removed: readonly string[];
    }
  /** The first answer with a replica that the surge called for. */
  | { readonly kind: 'reacted'; readonly at: number; readonly replica: Replica; readonly seconds: number }
  /** An operator did something by hand, or what one ordered has come to its end; `page` null: every page. */
  | {
      readonly kind: 'ordered';
      readonly at: number;
      readonly verb: Verb;
      readonly page: string | null;
      readonly detail: string;
      /** Who asked. */
      readonly by: string;
    }
  /** A driver was called. */
  | ({ readonly kind: 'called'; readonly at: number } & DriverCall)
  /** Visitors were served, by the origin or by replicas. */
  | { readonly kind: 'visited'; readonly at: number; readonly counts: readonly RequestCount[] }
  | { readonly kind: 'orphan'; readonly at: number; readonly id: string; readonly driver: DriverName }
  /** A pass ended. */
  | { readonly kind: 'ticked'; readonly at: number; readonly seconds: number }
  /** Something could not be done; hotzone goes on and tries again. */
  | { readonly kind: 'trouble'; readonly at: number; readonly what: string; readonly error: unknown }
  | {
      readonly kind: 'problems';
      readonly at: number;
      readonly what: string;
      readonly problems: readonly Problem[];
    };

/** What can be done by hand; `expired`: what was ordered so has come to its end. */
export type Verb = 'pin' | 'unpin' | 'pause' | 'resume' | 'drain' | 'release' | 'expired';

/** A driver's failure class, or what showed after the start. */
export type FailureCause = DriverFailure['class'] | 'boot_timeout' | 'probe_failed' | 'died';

/** One call to a driver that has come back. */
export interface DriverCall {
  readonly driver: DriverName;
  readonly operation: 'create' | 'list' | 'drain' | 'destroy';
  readonly result: 'ok' | DriverFailure['class'] | 'error';
  readonly seconds: number;
}

/** Is called in the middle of what happens, so it must neither throw nor take long. */
export type ControlListener = (event: ControlEvent) => void;
