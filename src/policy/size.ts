const UNIT_BYTES = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** A whole number with a unit: `16MiB`. */
const SIZE = /^(\d{1,9})(KiB|MiB|GiB)$/;

/** Bytes, or `null` when `text` is not a size. */
export function parseSize(text: string): number | null {
  const match = SIZE.exec(text);
  if (match === null) return null;
  return Number(match[1]) * UNIT_BYTES[match[2] as keyof typeof UNIT_BYTES];
}
