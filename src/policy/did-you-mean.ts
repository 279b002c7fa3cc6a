/** One mistake for every so many letters is taken for a slip of the fingers. */
const LETTERS_PER_SLIP = 3;
/** Longer words are not compared, so that a hostile file cannot buy quadratic work. */
const MAX_LETTERS = 40;

/** The candidate that `word` was most likely meant to be, or `undefined` when none is near. Letter case never counts. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > MAX_LETTERS) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / LETTERS_PER_SLIP)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, at(previous, j) + 1, at(current, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(beforePrevious, j - 2) + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
