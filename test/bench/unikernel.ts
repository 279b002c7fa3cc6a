import { type Bench, type Figure, median, quantile } from './figure.js';
import type { Contender } from './unikernel/contender.js';
import { type Contenders, notMeasured, withContenders } from './unikernel/contenders.js';
import { Machine } from './unikernel/machine.js';
import { userNetwork } from './unikernel/network.js';
import type { ServedPage } from './unikernel/page.js';

const STARTS = 20;
const MEGABYTE = 1_000_000;

export const figures: readonly Bench[] = [{ name: 'unikernel start', run: compareStarts }];

async function compareStarts(): Promise<readonly Figure[]> {
  const missing = notMeasured('unikernel start');
  if (missing !== null) return [missing];
  return withContenders(async (contenders) => [
    ...(await starts(contenders)),
    await smallestMemories(contenders),
    imageSizes(contenders),
  ]);
}

/** In turn, so that a busy machine is busy for both. */
async function starts({ page, ours, theirs }: Contenders): Promise<readonly Figure[]> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < STARTS; round += 1) {
    times.ours.push(await startMs(ours, page));
    times.theirs.push(await startMs(theirs, page));
  }
  const value = median(times.ours);
  const peer = { name: theirs.name, value: median(times.theirs) };
  const of = `p50 of ${STARTS} each in turn, a page of ${page.body.length} octets, microvm and TCG for both`;
  const tuned =
    "the peer's kernel is unpacked beforehand, quiet, and told its clock and what not to look for";
  return [
    { name: 'start of QEMU to the first 200', value, unit: 'ms', goal: '<= 200', note: of },
    {
      name: 'start of QEMU to the first 200, beside',
      value,
      unit: 'ms',
      peer,
      goal: '<= 0.1 times',
      note: tuned,
    },
    { name: 'start of QEMU to the first 200, p90', value: quantile(times.ours, 0.9), unit: 'ms' },
  ];
}

async function startMs(contender: Contender, page: ServedPage): Promise<number> {
  const machine = new Machine(contender, await userNetwork());
  try {
    const ms = await machine.serves(page);
    if (ms === null) throw new Error(`${contender.name} does not serve: ${machine.console.slice(-2_000)}`);
    return ms;
  } finally {
    await machine.stop();
  }
}

async function smallestMemories({ page, ours, theirs }: Contenders): Promise<Figure> {
  const peer = { name: theirs.name, value: await smallestMemory(theirs, page) };
  const value = await smallestMemory(ours, page);
  return { name: 'smallest memory that serves', value, unit: 'MiB', peer, note: 'whole MiB given to QEMU' };
}

/** In MiB, by halving; what a contender is run with serves. */
async function smallestMemory(contender: Contender, page: ServedPage): Promise<number> {
  let [fails, serves] = [0, contender.memory];
  while (serves - fails > 1) {
    const memory = Math.floor((fails + serves) / 2);
    const machine = new Machine(contender, await userNetwork(), memory);
    if ((await machine.serves(page)) === null) fails = memory;
    else serves = memory;
    await machine.stop();
  }
  return serves;
}

function imageSizes({ ours, theirs }: Contenders): Figure {
  return {
    name: 'image size',
    value: ours.image / MEGABYTE,
    unit: 'MB',
    peer: { name: theirs.name, value: theirs.image / MEGABYTE },
    note: "kernel and bundle; the peer's kernel as it is packed, and its initramfs",
  };
}
