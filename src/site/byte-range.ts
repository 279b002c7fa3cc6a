/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const SINGLE_RANGE = /^bytes=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i;

/**
 * The part that a Range field asks for (RFC 9110 section 14.1.2), cut to the length of the representation;
 * `unsatisfiable` is to be answered 416. `null`, meaning the whole, for everything that a server may ignore: no
 * field, another unit, what cannot be read, and several ranges, which are never cheaper to send than the whole.
 */
export function parseRange(field: string | undefined, length: number): ByteRange | 'unsatisfiable' | null {
  const [match, first, last, suffix] = SINGLE_RANGE.exec(field ?? '') ?? [];
  if (match === undefined) return null;
  if (suffix !== undefined) {
    if (Number(suffix) === 0) return 'unsatisfiable';
    // Content-Range has no way to name the last bytes of nothing.
    return length === 0 ? null : { first: Math.max(0, length - Number(suffix)), last: length - 1 };
  }
  const from = Number(first);
  const to = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (from > to) return null;
  return from >= length ? 'unsatisfiable' : { first: from, last: Math.min(to, length - 1) };
}
