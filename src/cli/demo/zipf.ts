/** A random number from 0 up to, but not including, 1; an argument, so that tests can own chance. */
export type Random = () => number;

/** The shares of so many things whose sizes fall off as 1/rank^exponent (Zipf's law), largest first; they add up to 1. */
export function zipfShares(count: number, exponent = 1): readonly number[] {
  const sizes = Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sizes.map((size) => size / sum);
}

/** Chooses an index with the probability of its share. */
export function chooseIndex(shares: readonly number[], random: Random): number {
  let rest = random();
  for (const [index, share] of shares.entries()) {
    rest -= share;
    if (rest < 0) return index;
  }
  // The shares may add up to a little less than 1 in floating point.
  return shares.length - 1;
}

/** The same things in a random order (Fisher and Yates). */
export function shuffle<T>(things: readonly T[], random: Random): readonly T[] {
  const rest = [...things];
  return things.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}
