import type { Replica, ReplicaState } from './replica.js';

/*
 *            create           answers             body matched
 *  planned ─────────▶ booting ────────▶ probing ───────────────▶ serving      (only `serving` is ever in an answer)
 *     │                  │                 │                        │
 *     │ refused          │ died, or too slow, or wrong body         │ failed its probes, died
 *     ├──────────────────┴────────┬────────┴────────────────────────┤
 *     │                           ▼                                 │ not wanted, stale, page removed
 *     │                        failed ──┐                           ▼
 *     │ not wanted any more             │                       draining
 *     ├────────────────────────────┐    │                           │ TTL and grace passed, and idle or capped
 *     │        not listed: lost ─┐ ▼    ▼                           ▼
 *     └──────────────────────────┴▶ stopping ◀──────────────────────┘
 *   listed, but not ours to want:      │ destroyed
 *   orphan ────────────────────────────┤
 *                                      ▼
 *                                    gone
 */
const NEXT: Readonly<Record<ReplicaState, readonly ReplicaState[]>> = {
  planned: ['booting', 'failed', 'lost', 'stopping'],
  booting: ['probing', 'serving', 'failed', 'lost', 'stopping'],
  // `draining`: an earlier daemon handed its address out, and it is not wanted any more.
  probing: ['serving', 'draining', 'failed', 'lost', 'stopping'],
  // `probing` again: a daemon that starts trusts no address that it did not probe itself.
  serving: ['probing', 'draining', 'failed', 'lost'],
  draining: ['stopping', 'failed', 'lost'],
  failed: ['stopping'],
  lost: ['stopping'],
  orphan: ['stopping'],
  stopping: ['gone'],
  gone: [],
};

/** Moves a replica to another state; a move that the chart does not have is a bug and throws. */
export function move(replica: Replica, state: ReplicaState, reason: string, now: number): Replica {
  if (!NEXT[replica.state].includes(state)) {
    throw new Error(`replica ${replica.id} cannot go from ${replica.state} to ${state} (${reason})`);
  }
  return { ...replica, state, reason, stateSince: now, probeStreak: 0 };
}

export function canMove(from: ReplicaState, to: ReplicaState): boolean {
  return NEXT[from].includes(to);
}
