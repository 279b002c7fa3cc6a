import { setTimeout as sleep } from 'node:timers/promises';
import { Exchange } from '../../src/cli/demo/exchange.js';
import { type Load, startLoad } from '../../src/cli/demo/load.js';
import { systemClock } from '../../src/clock.js';
import { skipWithoutKernel } from '../helpers/qemu-driver.js';
import { type Bench, type Figure, type Goal, median, quantile } from './figure.js';
import { type Hotzone, LOOPBACK, startHotzone } from './hotzone.js';

const SURGES = 15;
/** Ten times what one replica of the default policy is for. */
const VISITS_PER_SECOND = 200;
const RESOLVERS = 200;
/** Whoever looks whether the answer has changed does not count as demand. */
const OBSERVER = '127.0.0.9';
const OBSERVER_PAUSE_MS = 2;
const WARM_UP_MS = 3_000;
/** Between two surges: for the replicas of the last one to have come up, and the log to tell of it. */
const REST_MS = 1_000;
const TIMEOUT_MS = 10_000;

/** The shipped default policy, whose values are the defaults, with room for the replicas of all surges. */
function policy(driver: string): string {
  return `version: 1
name: bench
match: { pages: ["/**"] }
maxReplicas: 4
metric: { target: 20, ignoreClients: ["${OBSERVER}/32"] }
placement: [{ driver: ${driver} }]
budget: { maxInstances: 100 }
`;
}

/** What the replicas are, and how soon one shall be in an answer. */
interface Subject {
  readonly driver: string;
  readonly of: string;
  readonly goal: Goal;
}

const PROCESSES: Subject = { driver: 'process', of: 'a new address', goal: '<= 300' };
const UNIKERNELS: Subject = { driver: 'qemu', of: "a unikernel's address", goal: '<= 500' };

export const figures: readonly Bench[] = [
  { name: 'surge', run: () => measureSurges(PROCESSES) },
  {
    name: 'surge, unikernel',
    run: async () =>
      skipWithoutKernel === false
        ? measureSurges(UNIKERNELS)
        : [{ name: 'surge, unikernel', value: Number.NaN, unit: 'ms', note: skipWithoutKernel }],
  },
];

/** Milliseconds from the first visit of a surge on. */
interface Reaction {
  readonly detect: number;
  readonly boot: number;
  readonly publish: number;
  readonly total: number;
}

async function measureSurges(subject: Subject): Promise<readonly Figure[]> {
  const hotzone = await startHotzone(policy(subject.driver));
  let load: Load | undefined;
  let observer: Exchange | undefined;
  try {
    const server = { address: LOOPBACK, port: hotzone.dnsPort };
    const { httpPort } = hotzone;
    const pages = hotzone.pages.filter(({ urlPath }) => urlPath.endsWith('.html')).slice(0, SURGES);
    const clients = { clock: systemClock, random: Math.random, httpPort, timeoutMs: TIMEOUT_MS };
    load = await startLoad({ ...clients, server, resolvers: RESOLVERS, pages });
    observer = await Exchange.open(OBSERVER, server, TIMEOUT_MS, Math.random);
    await sleep(WARM_UP_MS);
    const reactions: Reaction[] = [];
    for (const { host } of pages) {
      reactions.push(await surge(hotzone, load, observer, host));
    }
    return report(reactions, subject);
  } finally {
    await load?.stop();
    observer?.close();
    await hotzone.stop();
  }
}

async function surge(hotzone: Hotzone, load: Load, observer: Exchange, host: string): Promise<Reaction> {
  const logged = hotzone.log().length;
  const startedAt = Date.now();
  load.setRate(host, VISITS_PER_SECOND);
  const seenAt = await firstNewAnswer(observer, host);
  load.setRate(host, 0);
  await sleep(REST_MS);
  const since = hotzone.log().slice(logged);
  const at = (msg: string, to?: string): number =>
    since.find((line) => line.msg === msg && line.to === to)?.at ?? Number.NaN;
  const detectedAt = at('a page gets hot');
  const servingAt = at('a replica moved', 'serving');
  return {
    detect: detectedAt - startedAt,
    boot: servingAt - detectedAt,
    publish: seenAt - servingAt,
    total: seenAt - startedAt,
  };
}

/** Resolves to the wall time of the first answer that has an address beside the origin's. */
export async function firstNewAnswer(
  observer: Exchange,
  host: string,
  timeoutMs = TIMEOUT_MS,
): Promise<number> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(OBSERVER_PAUSE_MS)) {
    const reply = await observer.askOverUdp(host);
    const addresses = (reply?.answers ?? []).flatMap((answer) => (answer.type === 'A' ? [answer.data] : []));
    if (addresses.some((address) => address !== LOOPBACK)) return Date.now();
  }
  throw new Error(`no answer for ${host} had a new address within ${timeoutMs} ms`);
}

function report(reactions: readonly Reaction[], { driver, of: what, goal }: Subject): readonly Figure[] {
  const of = (part: keyof Reaction): readonly number[] => reactions.map((reaction) => reaction[part]);
  const note = `p50 of ${reactions.length} surges from 0 to ${VISITS_PER_SECOND} visits/s behind ${RESOLVERS} caches, default policy, ${driver} driver`;
  const part = (name: string, key: keyof Reaction): Figure => ({ name, value: median(of(key)), unit: 'ms' });
  return [
    { ...part(`surge to first answer with ${what}`, 'total'), goal, note },
    { name: `surge to first answer with ${what}, p90`, value: quantile(of('total'), 0.9), unit: 'ms' },
    part('  of which until the surge is seen', 'detect'),
    part('  of which until the first replica serves', 'boot'),
    part('  of which until it is in an answer', 'publish'),
  ];
}
