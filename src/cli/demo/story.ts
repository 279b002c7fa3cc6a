import { zipfShares } from './zipf.js';

export const PHASES = ['quiet', 'surge', 'hot', 'cooling', 'drained'] as const;
export type PhaseName = (typeof PHASES)[number];

/** What the story goes by. */
export interface Progress {
  readonly phase: PhaseName;
  /** Milliseconds since the phase began. */
  readonly phaseMs: number;
  /** A client has been served by a replica in this round. */
  readonly clientOnReplica: boolean;
  /** Replicas that exist in any state. */
  readonly replicas: number;
}

/** The page that gets hot. */
export const HOT_PAGE = '/blog/2015/01/19/mirageos-xen-virtualbox/index.html';
/** Of all pages together, when nothing happens. */
const QUIET_VISITS_PER_SECOND = 6;
/** Of the hot page; three and a half times what one replica of the demo's policy is for. */
const PEAK_VISITS_PER_SECOND = 140;
export const RAMP_MS = 300;

const QUIET_MS = 5_000;
const SURGE_LIMIT_MS = 10_000;
/** Longer than it takes for all caches to have new answers and for both of the policy's windows to fill. */
const HOT_MS = 10_000;
/** Stable window, stabilization, TTL and grace are 15 s; the rest is for a slow machine. */
const COOLING_LIMIT_MS = 28_000;
const REST_MS = 20_000;

/** In what time a whole round has ended, whatever happens; starting and ending the daemon has to fit into the rest of a minute. */
export const ROUND_LIMIT_MS = QUIET_MS + SURGE_LIMIT_MS + HOT_MS + COOLING_LIMIT_MS;

/**
 * Where the story goes on from here; the same phase while nothing changes.
 *
 *            5 s            client on a replica        10 s            no replica left, or 28 s
 *     quiet ─────▶ surge ─────────────────────▶ hot ─────▶ cooling ─────────────────────────▶ drained
 *       ▲            └───────── 10 s without one ────────────▲                                   │
 *       └──────────────────────────────── 20 s, if it repeats ───────────────────────────────────┘
 */
export function nextPhase(progress: Progress, repeats: boolean): PhaseName {
  const { phase, phaseMs } = progress;
  switch (phase) {
    case 'quiet':
      return phaseMs >= QUIET_MS ? 'surge' : phase;
    case 'surge':
      if (progress.clientOnReplica) return 'hot';
      return phaseMs >= SURGE_LIMIT_MS ? 'cooling' : phase;
    case 'hot':
      return phaseMs >= HOT_MS ? 'cooling' : phase;
    case 'cooling':
      return progress.replicas === 0 || phaseMs >= COOLING_LIMIT_MS ? 'drained' : phase;
    case 'drained':
      return repeats && phaseMs >= REST_MS ? 'quiet' : phase;
    default:
      return phase satisfies never;
  }
}

/** Visits per second that each page gets in a phase, by path: Zipf's law in the order of the pages, and the crowd. */
export function visitRates(phase: PhaseName, paths: readonly string[]): ReadonlyMap<string, number> {
  const shares = zipfShares(paths.length);
  const isCrowded = phase === 'surge' || phase === 'hot';
  return new Map(
    paths.map((path, index) => {
      const quiet = QUIET_VISITS_PER_SECOND * (shares[index] ?? 0);
      return [path, isCrowded && path === HOT_PAGE ? PEAK_VISITS_PER_SECOND : quiet];
    }),
  );
}
