/** One query as a server wrote it down. */
export interface TraceQuery {
  /** Unix milliseconds. */
  readonly at: number;
  /** Who asked: an address, or whatever stands for one in a log whose addresses were taken out. */
  readonly source: string;
  /** In lower case, without the trailing dot. */
  readonly name: string;
  /** As written, in upper case: `A`, `AAAA`, `TYPE65280`. */
  readonly type: string;
}

/** What a line, or a frame, of a log turned out to be. */
export type Reading =
  | { readonly kind: 'query'; readonly query: TraceQuery }
  /** The server wrote it, and it is no query: an answer, a start, a warning. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export const OTHER: Reading = { kind: 'other' };

export function unreadable(reason: string): Reading {
  return { kind: 'unreadable', reason };
}

/** A query with its name and type in the form that is compared. */
export function query(at: number, source: string, name: string, type: string): Reading {
  const lower = name.toLowerCase();
  const plain = lower.length > 1 && lower.endsWith('.') ? lower.slice(0, -1) : lower;
  return { kind: 'query', query: { at, source, name: plain, type: typeName(type.toUpperCase()) } };
}

/** dnsmasq writes types that it has no name for as `type=65`. */
function typeName(type: string): string {
  const number = /^(?:TYPE=?)?(\d+)$/.exec(type)?.[1];
  if (number === undefined) return type;
  return number === '65' ? 'HTTPS' : number === '28' ? 'AAAA' : number === '1' ? 'A' : `TYPE${number}`;
}
