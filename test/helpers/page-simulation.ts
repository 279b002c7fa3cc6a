import type { Policy } from '../../src/policy/policy.js';
import { type AnswerInput, pageAnswer } from '../../src/scale/answers.js';
import { type Decision, decide } from '../../src/scale/decide.js';
import { drainVerdict } from '../../src/scale/drain.js';
import { NO_HISTORY, type PageHistory, recordChange, recordFailure } from '../../src/scale/history.js';
import { move } from '../../src/scale/lifecycle.js';
import { netChanges } from '../../src/scale/net-changes.js';
import { plan } from '../../src/scale/plan.js';
import { isAlive, type Replica } from '../../src/scale/replica.js';
import { replicaOf } from './replicas.js';

export interface Weather {
  /** Visits per second. */
  readonly load: number;
  /** Null: nothing was measured. */
  readonly isMeasured: boolean;
  /** One serving replica dies. */
  readonly death: boolean;
  /** What is booted now takes so long, or never serves. */
  readonly bootMs: number | null;
}

export interface Moment {
  readonly now: number;
  readonly decision: Decision;
  readonly answered: readonly string[];
  readonly ttlMs: number;
  readonly replicas: readonly Replica[];
  readonly destroyed: readonly Replica[];
  readonly changes: number;
}

const TICK_MS = 1_000;

/** Lets the pure core run one page through weather, a tick a second, in no time at all. */
export function* simulate(policy: Policy, weather: Iterable<Weather>): Generator<Moment> {
  let replicas: Replica[] = [];
  let history: PageHistory = NO_HISTORY;
  const readyAt = new Map<string, number>();
  let now = 0;
  for (const { load, isMeasured, death, bootMs } of weather) {
    now += TICK_MS;
    const destroyed: Replica[] = [];
    const change = (id: string, next: Replica): void => {
      if (next.state === 'gone') destroyed.push(next);
      replicas = replicas.map((replica) => (replica.id === id ? next : replica)).filter(isAlive);
    };
    const end = (replica: Replica): void =>
      change(replica.id, move(move(replica, 'stopping', '', now), 'gone', '', now));

    for (const replica of replicas) {
      if (replica.state !== 'booting') continue;
      if (now >= (readyAt.get(replica.id) ?? Number.POSITIVE_INFINITY))
        change(replica.id, move(replica, 'serving', '', now));
      else if (now - replica.stateSince > policy.instance.bootTimeout) {
        history = recordFailure(history, replica, policy.backoff.resetAfter, now);
        end(move(replica, 'failed', '', now));
      }
    }
    const victim = death ? replicas.find((replica) => replica.state === 'serving') : undefined;
    if (victim !== undefined) end(move(victim, 'failed', '', now));

    const rate = { stable: load, panic: load, lowerBound: false };
    const measured = isMeasured
      ? { demand: rate, queryRate: rate, requestRate: rate, uniqueClients: 1 }
      : { demand: null, queryRate: null, requestRate: null, uniqueClients: null };
    const decision = decide({
      page: '/a.html',
      policy,
      load: measured,
      replicas,
      history,
      now,
      startedAt: 0,
    });
    history = decision.history;
    const planned = plan({
      pages: [{ path: '/a.html', policy, decision }],
      fleet: replicas,
      isFresh: () => true,
      maxInstances: 100,
      now,
    });
    for (const { replica } of planned.cancels) end(replica);
    for (const { replica } of planned.drains) change(replica.id, move(replica, 'draining', '', now));
    for (const { driver, replaces } of planned.boots) {
      const since = { createdAt: now, stateSince: now };
      const booted = replicaOf({ ...since, state: 'booting', policy: policy.name, driver, replaces });
      if (bootMs !== null) readyAt.set(booted.id, now + bootMs);
      replicas = [...replicas, booted];
    }
    for (const by of netChanges(planned.boots, [...planned.cancels, ...planned.drains]).values())
      history = recordChange(history, by, now);

    const input: AnswerInput = {
      host: 'a',
      dns: policy.dns,
      replicas,
      desired: decision.desired,
      originAddresses: ['192.0.2.1'],
    };
    const answer = pageAnswer(input);
    const answered = new Set(answer.addresses.map(({ address }) => address));
    for (const replica of replicas) {
      if (answered.has(replica.address)) {
        change(replica.id, {
          ...replica,
          answerTtl: Math.max(replica.answerTtl, answer.ttl * 1_000),
          withdrawnAt: null,
        });
      } else if (replica.answerTtl > 0 && replica.withdrawnAt === null) {
        change(replica.id, { ...replica, withdrawnAt: now });
      }
    }
    for (const replica of replicas) {
      if (replica.state === 'draining' && drainVerdict(replica, policy.dns.drain, now).done) end(replica);
    }
    yield {
      now,
      decision,
      answered: [...answered],
      ttlMs: answer.ttl * 1_000,
      replicas,
      destroyed,
      changes: planned.boots.length + planned.cancels.length + planned.drains.length,
    };
  }
}
