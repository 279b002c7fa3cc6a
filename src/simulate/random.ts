/** Numbers from 0 up to 1. */
export type Random = () => number;

const GOLDEN = 0x9e3779b9;

/** Repeatable numbers: a Weyl sequence through the finalizer of MurmurHash3 (Austin Appleby, public domain). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + GOLDEN) >>> 0;
    let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
  };
}

/** Above this mean a Poisson count is drawn from a normal distribution, which it is then close to. */
const NORMAL_FROM = 64;

/** How many events of a Poisson process come in a time for which `mean` are expected. */
export function poisson(mean: number, random: Random): number {
  if (!(mean > 0)) return 0;
  if (mean >= NORMAL_FROM) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

/** Box and Muller's transform. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
