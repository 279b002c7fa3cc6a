/**
 * Caps processes as the QEMU driver caps machines, where control groups of version 2 have their controllers: in a guest
 * that is the test's own, as root. Prints a line `caps: JSON` with what it saw.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cap, enableCaps, removeCap } from '../../src/driver/qemu/cgroup.js';

export interface SeenCaps {
  readonly enabled: unknown;
  readonly controllers: string;
  readonly caps: readonly unknown[];
  /** How a process with too much memory and one with enough ended. */
  readonly greedy: { readonly signal: string | null; readonly oomKills: number };
  readonly modest: { readonly code: number | null };
  /** Of two loops on two processors, capped to one. */
  readonly busy: { readonly processors: number; readonly throttled: number };
  /** Whether groups are there after their end. */
  readonly left: readonly boolean[];
  readonly undelegated: unknown;
  readonly inhabited: unknown;
}

const ROOT = '/sys/fs/cgroup';
const PARENT = join(ROOT, 'hotzone');
const MIB = 2 ** 20;
const BUSY_MS = 3_000;

/** A process that waits until it is capped, and then does what the shell command says. */
function start(command: string): ChildProcess & { readonly pid: number } {
  const child = spawn('/bin/busybox', ['sh', '-c', `read go; ${command}`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  if (child.pid === undefined) throw new Error('busybox does not start');
  return Object.assign(child, { pid: child.pid });
}

function numberIn(group: string, file: string, name: string): number {
  const text = readFileSync(join(PARENT, `hotzone-${group}`, file), 'utf8');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  const ended = once(child, 'exit');
  child.stdin?.end('go\n');
  const [code, signal] = await ended;
  return { code, signal };
}

/** Takes so much memory and uses all of it. */
const take = (mib: number): string => `exec dd if=/dev/zero of=/dev/null bs=${mib * MIB} count=1`;

async function look(): Promise<SeenCaps> {
  writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+cpu +memory');
  for (const name of ['hotzone', 'bare', 'bare/inner', 'inhabited']) mkdirSync(join(ROOT, name));
  const enabled = await enableCaps(PARENT);
  const controllers = readFileSync(join(PARENT, 'cgroup.subtree_control'), 'utf8').trim();

  const [greedy, modest, busy] = [
    start(take(300)),
    start(take(300)),
    start('while :; do :; done & while :; do :; done'),
  ];
  const caps = [
    await cap(PARENT, { id: 'greedy', pid: greedy.pid, memory: 16 }),
    await cap(PARENT, { id: 'modest', pid: modest.pid, memory: 300 }),
    await cap(PARENT, { id: 'busy', pid: busy.pid, memory: 16 }),
  ];
  const { signal } = await endOf(greedy);
  const oomKills = numberIn('greedy', 'memory.events', 'oom_kill');
  const { code } = await endOf(modest);

  busy.stdin?.end('go\n');
  await sleep(BUSY_MS);
  const [usedBefore, at] = [numberIn('busy', 'cpu.stat', 'usage_usec'), performance.now()];
  await sleep(BUSY_MS);
  const used = numberIn('busy', 'cpu.stat', 'usage_usec') - usedBefore;
  const processors = used / 1_000 / (performance.now() - at);
  const throttled = numberIn('busy', 'cpu.stat', 'nr_throttled');
  const pids = readFileSync(join(PARENT, 'hotzone-busy/cgroup.procs'), 'utf8').trim().split('\n');
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL');

  const groups = ['greedy', 'modest', 'busy'];
  for (const group of groups) await removeCap(PARENT, group);
  writeFileSync(join(ROOT, 'inhabited/cgroup.procs'), String(process.pid));
  return {
    enabled,
    controllers,
    caps,
    greedy: { signal, oomKills },
    modest: { code },
    busy: { processors, throttled },
    left: groups.map((group) => existsSync(join(PARENT, `hotzone-${group}`))),
    undelegated: await enableCaps(join(ROOT, 'bare/inner')),
    inhabited: await enableCaps(join(ROOT, 'inhabited')),
  };
}

console.log(`caps: ${JSON.stringify(await look())}`);
