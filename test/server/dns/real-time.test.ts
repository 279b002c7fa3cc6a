import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { goFirst } from '../../../src/server/dns/real-time.js';

/** sched(7) */
const SCHED_OTHER = '0';
const SCHED_RR = '2';
/** Among the fields of proc_pid_stat(5) that follow the command's name. */
const POLICY = 38;

function policiesOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const text = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[POLICY] ?? '';
  });
}

test('either every thread of a process is of real-time priority, or none is and the reason is told', async (t) => {
  const child = spawn(process.execPath, ['--eval', 'console.log(1); setInterval(() => {}, 1e6)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const reason = await goFirst(child.pid as number);
  const policies = new Set(policiesOf(child.pid as number));
  assert.deepEqual([...policies], [reason === null ? SCHED_RR : SCHED_OTHER], String(reason));
  if (reason !== null) assert.match(reason, /processor|permitted|ENOENT/);
});

test('a process that is gone is a reason too', {
  skip: availableParallelism() === 1 && 'one processor',
}, async () => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  assert.match(String(await goFirst(child.pid as number)), /No such|permitted|ENOENT/);
});
