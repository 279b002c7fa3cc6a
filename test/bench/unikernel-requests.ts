import { execa } from 'execa';
import { skipWithout } from '../helpers/program.js';
import { type Bench, type Figure, median } from './figure.js';
import { type Contenders, notMeasured, withContenders } from './unikernel/contenders.js';
import { Machine } from './unikernel/machine.js';
import { type Network, userNetwork, whyNoTaps, withTaps } from './unikernel/network.js';
import type { ServedPage } from './unikernel/page.js';

const ROUNDS = 5;
const SECONDS = 3;
/** QEMU's user networking lets no more than two new connections wait. */
const CONNECTIONS = { taps: 16, user: 2 } as const;
const MODES = ['keep-alive', 'close'] as const;
type Mode = (typeof MODES)[number];

export const figures: readonly Bench[] = [{ name: 'unikernel requests', run: compareRequests }];

async function compareRequests(): Promise<readonly Figure[]> {
  const missing = notMeasured('unikernel requests', skipWithout('wrk', 'wrk'));
  if (missing !== null) return [missing];
  const noTaps = whyNoTaps();
  return withContenders(async (contenders) => {
    if (noTaps === null) {
      return withTaps(2, (taps) => measure(contenders, taps, CONNECTIONS.taps, 'taps on a bridge'));
    }
    const networks = [await userNetwork(), await userNetwork()];
    return measure(contenders, networks, CONNECTIONS.user, `user networking: a bridge ${noTaps}`);
  });
}

async function measure(
  { page, ours, theirs }: Contenders,
  networks: readonly Network[],
  connections: number,
  how: string,
): Promise<readonly Figure[]> {
  const machines = [ours, theirs].flatMap((contender, index) => {
    const network = networks[index];
    return network === undefined ? [] : [new Machine(contender, network)];
  });
  try {
    for (const machine of machines) await ready(machine);
    const rates = new Map(
      machines.map((machine) => [machine, { 'keep-alive': [] as number[], close: [] as number[] }]),
    );
    for (let round = 0; round < ROUNDS; round += 1)
      for (const mode of MODES)
        for (const [machine, rate] of rates)
          rate[mode].push(await requestsPerSecond(machine, page, mode, connections));
    const [own, other] = machines;
    const of = (machine: Machine | undefined, mode: Mode): number =>
      machine === undefined ? Number.NaN : median(rates.get(machine)?.[mode] ?? []);
    const rate = (mode: Mode, name: string, note: string): Figure => ({
      name,
      value: of(own, mode),
      unit: '/s',
      peer: { name: theirs.name, value: of(other, mode) },
      goal: '>= 1 times',
      note,
    });
    const wrk = `median of ${ROUNDS} runs of wrk, ${connections} connections, ${how}`;
    return [
      rate(
        'keep-alive',
        'requests per second, keep-alive',
        `${wrk}; busybox httpd knows no keep-alive and closes`,
      ),
      rate('close', 'requests per second, a connection each', wrk),
      {
        name: 'resident memory of QEMU after that',
        value: own?.residentMb() ?? Number.NaN,
        unit: 'MB',
        peer: { name: theirs.name, value: other?.residentMb() ?? Number.NaN },
        note: `machines of ${ours.memory} and ${theirs.memory} MiB; about 25 MB of the peer are for its kernel being unpacked`,
      },
    ];
  } finally {
    for (const machine of machines) await machine.stop();
  }
}

async function ready(machine: Machine): Promise<void> {
  if ((await machine.ready()) === null) {
    throw new Error(`${machine.contender.name} does not start: ${machine.console.slice(-2_000)}`);
  }
}

/** Throws when any answer is missing or wrong: what fails fast is not fast. */
async function requestsPerSecond(
  { contender, network: { at, prefix } }: Machine,
  { host, path }: ServedPage,
  mode: Mode,
  connections: number,
): Promise<number> {
  const headers = [
    '--header',
    `Host: ${host}`,
    ...(mode === 'close' ? ['--header', 'Connection: close'] : []),
  ];
  const [program = '', ...args] = [
    ...[...prefix, 'wrk', '--threads', '1', '--connections', String(connections)],
    ...['--duration', `${SECONDS}s`, ...headers, `http://${at.address}:${at.port}${path}`],
  ];
  const { stdout } = await execa(program, args);
  if (/Socket errors|Non-2xx/.test(stdout)) throw new Error(`${contender.name}: ${stdout}`);
  return Number(/^Requests\/sec:\s+([\d.]+)/m.exec(stdout)?.[1] ?? Number.NaN);
}
