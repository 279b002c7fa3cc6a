import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { goFirst } from '../../src/server/dns/real-time.js';
import { type Bench, type Figure, median, quantile } from './figure.js';
import { type Hotzone, startHotzone } from './hotzone.js';

const ROUNDS = 5;
const REPLICAS = 50;
const WARM_UP_MS = 2_000;
const IDLE_MS = 4_000;
const BOOT_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const SHARE = 0.99;

export const figures: readonly Bench[] = [{ name: 'boot latency', run: measureRounds }];

function policy(minReplicas: number): string {
  return `version: 1
name: bench
match: { pages: ["/**"] }
minReplicas: ${minReplicas}
maxReplicas: 4
metric: { target: 1000 }
budget: { maxInstances: ${REPLICAS} }
instance: { bootTimeout: 60s }
`;
}

/** Milliseconds below which 99 of 100 answers came. */
interface Round {
  readonly idle: number;
  readonly booting: number;
  /** How long the boots took. */
  readonly bootMs: number;
}

let waitsForItsTurn = false;

async function measureRounds(): Promise<readonly Figure[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound());
  const of = (part: (round: Round) => number): number => median(rounds.map(part));
  const note = [
    `median of ${ROUNDS} rounds, each a new daemon; 500 queries/s from another process`,
    ...(waitsForItsTurn
      ? ['that waits for its turn as well, for real-time priority takes CAP_SYS_NICE']
      : []),
  ].join(' ');
  return [
    {
      name: `DNS answer latency while ${REPLICAS} replicas boot, p99`,
      value: of(({ booting }) => booting),
      unit: 'ms',
      peer: { name: 'idle', value: of(({ idle }) => idle) },
      goal: '<= 2 times',
      note,
    },
    {
      name: 'the same, median of the ratios of a round',
      value: of(({ booting, idle }) => booting / idle),
      unit: 'times',
      goal: '<= 2',
    },
    {
      name: `time until ${REPLICAS} replicas serve`,
      value: of(({ bootMs }) => bootMs),
      unit: 'ms',
      note: 'from the change of the policy to the last replica that serves',
    },
  ];
}

async function measureRound(): Promise<Round> {
  const hotzone = await startHotzone(policy(0));
  const [page] = hotzone.pages;
  const client = fork(fileURLToPath(new URL('./latency-process.js', import.meta.url)), [
    String(hotzone.dnsPort),
    page?.host ?? '',
  ]);
  try {
    // The server shall be measured, not how long this client waits for its turn.
    waitsForItsTurn ||= (await goFirst(client.pid ?? 0)) !== null;
    await sleep(WARM_UP_MS);
    await take(client);
    await sleep(IDLE_MS);
    const idle = quantile(await take(client), SHARE);
    const startedAt = Date.now();
    writeFileSync(hotzone.policyFile, policy(2));
    await bootAll(hotzone);
    const booting = quantile(await take(client), SHARE);
    return { idle, booting, bootMs: Date.now() - startedAt };
  } finally {
    client.disconnect();
    await hotzone.stop();
  }
}

/** The client's latencies since it was asked last. */
async function take(client: ChildProcess): Promise<readonly number[]> {
  const reply = once(client, 'message');
  client.send('take');
  return ((await reply) as [readonly number[]])[0];
}

async function bootAll(hotzone: Hotzone): Promise<void> {
  for (const deadline = Date.now() + BOOT_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if (hotzone.daemon.output.split('"to":"serving"').length > REPLICAS) return;
  }
  throw new Error(`${REPLICAS} replicas did not boot: ${hotzone.daemon.output.slice(-2_000)}`);
}
