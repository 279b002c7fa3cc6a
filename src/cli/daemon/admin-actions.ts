import type { HandControl } from '../../control/by-hand.js';
import type { AdminActions } from '../../server/admin/actions.js';
import type { LogControl } from './log-control.js';

/** Everything that the admin server can have done. */
export function adminActions(hand: HandControl, log: LogControl): AdminActions {
  return {
    pin: (...order) => hand.pin(...order),
    unpin: (...order) => hand.unpin(...order),
    pause: (...order) => hand.pause(...order),
    resume: (...order) => hand.resume(...order),
    drain: (...order) => hand.drain(...order),
    release: (...order) => hand.release(...order),
    logLevel: (...order) => log.level(...order),
    logQueries: (...order) => log.queries(...order),
  };
}
