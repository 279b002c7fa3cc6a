import type { Replica } from '../../src/scale/replica.js';

let made = 0;

/** A replica that serves `/a.html`, but for what the test is about. */
export function replicaOf(fields: Partial<Replica> = {}): Replica {
  made += 1;
  return {
    id: `replica-${made}`,
    page: '/a.html',
    host: 'a.example.test',
    policy: 'test',
    driver: 'process',
    state: 'serving',
    reason: '',
    address: `127.77.0.${made % 250}`,
    digest: 'd',
    bundleFile: '/bundles/a.hzb',
    ref: 'r',
    createdAt: 0,
    stateSince: 0,
    probeStreak: 0,
    answerTtl: 0,
    hourlyCost: 0,
    replaces: null,
    withdrawnAt: null,
    busyAt: 0,
    ...fields,
  };
}
