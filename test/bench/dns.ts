import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Daemon, freePort } from '../helpers/daemon.js';
import { findProgram } from '../helpers/program.js';
import { HOTZONE, PEERS, type Peer, ZONE } from './dns-peers.js';
import { type Bench, type Figure, median } from './figure.js';

const ROUNDS = 5;
const SECONDS = 2;
const MICROSECONDS_PER_TICK = 10_000;

/** What one round of dnsperf gave. */
interface Round {
  readonly cpuMicrosecondsPerQuery: number;
  readonly queriesPerSecond: number;
}

interface Runner {
  readonly peer: Peer;
  readonly daemon: Daemon;
  readonly port: number;
  readonly rounds: Round[];
}

export const figures: readonly Bench[] = [{ name: 'dns', run: compareServers }];

/** The same 49 names in every server, the same queries, in turn, so that a busy machine is busy for all of them. */
async function compareServers(): Promise<readonly Figure[]> {
  if (findProgram('dnsperf') === undefined) {
    return [
      { name: 'DNS CPU per query', value: Number.NaN, unit: '', note: 'needs dnsperf: apt install dnsperf' },
    ];
  }
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-bench-'));
  writeZone(folder);
  const runners: Runner[] = [];
  try {
    for (const peer of [HOTZONE, ...PEERS.filter(({ program }) => findProgram(program) !== undefined)]) {
      const port = await freePort();
      const daemon = peer.start(folder, port);
      runners.push({ peer, daemon, port, rounds: [] });
      await daemon.waitForReply('127.0.0.1', port, ZONE);
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const runner of runners) runner.rounds.push(await measure(runner, join(folder, 'queries')));
    }
  } finally {
    for (const { daemon } of runners) await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return report(runners);
}

function report(runners: readonly Runner[]): readonly Figure[] {
  const [ours, ...peers] = runners;
  if (ours === undefined) return [];
  const cpu = medianOf(ours, 'cpuMicrosecondsPerQuery');
  const note = `one worker, UDP, median of ${ROUNDS} runs of dnsperf on this machine`;
  const perQuery = { name: 'DNS CPU per query', value: cpu, unit: 'µs', note };
  const rate = {
    name: 'DNS queries per second',
    value: medianOf(ours, 'queriesPerSecond'),
    unit: '/s',
    note,
  };
  const missing = PEERS.filter(({ program }) => findProgram(program) === undefined).map(
    ({ name, program, aptPackage }): Figure => ({
      name: `DNS CPU per query of ${name}`,
      value: Number.NaN,
      unit: '',
      note: `needs ${program}: apt install ${aptPackage}`,
    }),
  );
  if (peers.length === 0) return [perQuery, rate, ...missing];
  const beside = peers.flatMap((runner): readonly Figure[] => {
    const { name } = runner.peer;
    const theirs = medianOf(runner, 'cpuMicrosecondsPerQuery');
    return [
      { ...perQuery, peer: { name, value: theirs }, goal: '<= 3 times', note },
      { ...rate, peer: { name, value: medianOf(runner, 'queriesPerSecond') } },
    ];
  });
  return [...beside, ...missing];
}

function medianOf(runner: Runner, of: keyof Round): number {
  return Math.round(median(runner.rounds.map((round) => round[of])) * 100) / 100;
}

function writeZone(folder: string): void {
  const fixture = fileURLToPath(new URL('../../../test/fixtures/post-naming.tsv', import.meta.url));
  const pages = readFileSync(fixture, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'))
    .map(([, host = '', , address = '']) => ({ host, address }));
  const apex = `$TTL 30\n@ SOA ns1 hostmaster 5 3600 600 1209600 10\n@ NS ns1\nns1 A 127.0.0.1\n`;
  writeFileSync(
    join(folder, 'zone'),
    apex + pages.map(({ host, address }) => `${host}. A ${address}\n`).join(''),
  );
  writeFileSync(
    join(folder, 'pages.tsv'),
    pages.map(({ host, address }) => `${host}\t${address}\n`).join(''),
  );
  writeFileSync(join(folder, 'queries'), pages.map(({ host }) => `${host} A\n`).join(''));
}

async function measure(runner: Runner, queries: string): Promise<Round> {
  const before = cpuMicroseconds(runner.daemon.pid);
  const args = ['-s', '127.0.0.1', '-p', String(runner.port), '-d', queries, '-e', '-c', '4', '-q', '50'];
  const { stdout } = await promisify(execFile)('dnsperf', [...args, '-l', String(SECONDS)]);
  const spent = cpuMicroseconds(runner.daemon.pid) - before;
  const completed = Number(/Queries completed:\s+(\d+)/.exec(stdout)?.[1] ?? Number.NaN);
  const queriesPerSecond = Number(/Queries per second:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
  return { cpuMicrosecondsPerQuery: spent / completed, queriesPerSecond };
}

/** User and system time of a process, all of its threads and its children (proc_pid_stat(5), fields 14 and 15). */
function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return children.reduce((sum, child) => sum + cpuMicroseconds(child), own);
}
