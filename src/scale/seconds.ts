/** A time in the operator's words, to three digits. */
export function seconds(milliseconds: number): string {
  return `${Number((milliseconds / 1_000).toPrecision(3))} s`;
}
