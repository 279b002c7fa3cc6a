import { availableParallelism } from 'node:os';
import { execa } from 'execa';

/** The lowest there is: it goes before everything without one. */
const PRIORITY = 1;

/**
 * Gives a process real-time priority (sched(7), SCHED_RR), so that it runs the moment it has something to do: a
 * process that was as nice as it gets was seen to wait for whole turns of booting replicas, 3 ms each.
 * It takes CAP_SYS_NICE or an RLIMIT_RTPRIO of 1. Resolves to why it was not given; null: it was.
 */
export async function goFirst(pid: number): Promise<string | null> {
  if (availableParallelism() === 1) {
    return 'on the only processor of a host a flood of queries would keep the daemon from running';
  }
  const outcome = await execa('chrt', ['--all-tasks', '--rr', '--pid', String(PRIORITY), String(pid)], {
    reject: false,
  });
  if (!outcome.failed) return null;
  return outcome.stderr === undefined || outcome.stderr === ''
    ? (outcome.originalMessage ?? 'chrt failed')
    : outcome.stderr;
}
