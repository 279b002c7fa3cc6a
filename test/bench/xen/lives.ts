import { type Figure, median } from '../figure.js';
import type { Card, Domains, Life } from './domain.js';
import type { Guest } from './guest.js';

export interface Guests {
  readonly page: Guest;
  readonly debian: Guest;
  readonly grub: Guest;
}

const ROUNDS = 5;
const NOTE = `median of ${ROUNDS} each in turn; the processor is emulated`;
/** A kernel with too little memory stands still, or ends. */
const STARVED_MS = 40_000;

/** How long domains take to come and to go. */
export async function lifeFigures(domains: Domains, guests: Guests): Promise<readonly Figure[]> {
  const rows: readonly (readonly [keyof Guests, Card])[] = [
    ['page', 'none'],
    ['page', 'stock script'],
    ['page', 'plain script'],
    ['debian', 'stock script'],
    ['debian', 'plain script'],
    ['grub', 'none'],
  ];
  const lives = new Map<string, Life[]>();
  // In turn, so that a busy machine is busy for all.
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [guest, card] of rows) {
      const life = await domains.live(guests[guest], card);
      if (life === null) throw new Error(`there is no domain of ${guest} with ${card}`);
      lives.set(`${guest}, ${card}`, [...(lives.get(`${guest}, ${card}`) ?? []), life]);
    }
  const of = (guest: keyof Guests, card: Card, part: keyof Life): number =>
    median((lives.get(`${guest}, ${card}`) ?? []).map((life) => life[part] ?? Number.NaN));
  const beside = (
    name: string,
    part: keyof Life,
    [guest, card]: readonly [keyof Guests, Card],
    [other, otherCard]: readonly [keyof Guests, Card],
    peer: string,
  ): Figure => ({
    name,
    value: of(guest, card, part),
    unit: 'ms',
    peer: { name: peer, value: of(other, otherCard, part) },
  });
  const { debian, grub } = guests;
  const [stock, plain] = [['page', 'stock script'] as const, ['page', 'plain script'] as const];
  const none = ['page', 'none'] as const;
  return [
    {
      ...beside('xl create to the first 200', 'serve', stock, ['debian', 'stock script'], debian.name),
      goal: '<= 0.5 times',
      note: `both as PVH, card by the stock script; ${NOTE}`,
    },
    {
      ...beside(
        'xl create to the first 200, plain script',
        'serve',
        plain,
        ['debian', 'plain script'],
        debian.name,
      ),
      goal: '<= 0.5 times',
    },
    beside('xl create, no card', 'create', none, ['grub', 'none'], grub.name),
    beside('xl destroy, no card', 'destroy', none, ['grub', 'none'], grub.name),
    beside('xl create, card by the stock script', 'create', stock, none, 'no card'),
    beside('xl destroy, card by the stock script', 'destroy', stock, none, 'no card'),
    beside('xl create, card by the plain script', 'create', plain, stock, 'the stock script'),
    beside('xl destroy, card by the plain script', 'destroy', plain, stock, 'the stock script'),
  ];
}

export async function memoryFigures(
  domains: Domains,
  { page, debian }: Guests,
  bodyBytes: number,
): Promise<readonly Figure[]> {
  const value = await smallestMemory(domains, page);
  const peer = { name: debian.name, value: await smallestMemory(domains, debian) };
  const note = `a page of ${bodyBytes} octets`;
  return [{ name: 'smallest memory that serves', value, unit: 'MiB', peer, note }];
}

/** In MiB, by halving; what a guest is run with serves. */
async function smallestMemory(domains: Domains, guest: Guest): Promise<number> {
  let [fails, serves] = [0, guest.memory];
  while (serves - fails > 1) {
    const memory = Math.floor((fails + serves) / 2);
    const life = await domains.live({ ...guest, memory }, 'plain script', STARVED_MS);
    if (life === null || life.serve === null) fails = memory;
    else serves = memory;
  }
  return serves;
}
