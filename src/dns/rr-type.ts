/** Resource record types (IANA registry "DNS parameters") that the server has to tell apart. */
export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  SVCB: 64,
  HTTPS: 65,
  NXNAME: 128,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  CAA: 257,
} as const;

export const CLASS_IN = 1;

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

const TYPE_BY_NAME = new Map<string, number>(Object.entries(TYPE));
const NAME_BY_TYPE = new Map<number, string>(Object.entries(TYPE).map(([name, type]) => [type, name]));
const NAME_BY_RCODE = new Map<number, string>(Object.entries(RCODE).map(([name, rcode]) => [rcode, name]));

/** `A`, or `TYPE65280` for a type without a name here (RFC 3597 section 5). */
export function formatType(type: number): string {
  return NAME_BY_TYPE.get(type) ?? `TYPE${type}`;
}

/** Null where the text is no type. */
export function parseType(text: string): number | null {
  const upper = text.toUpperCase();
  const named = TYPE_BY_NAME.get(upper);
  if (named !== undefined) return named;
  const digits = /^TYPE(\d{1,5})$/.exec(upper)?.[1];
  return digits !== undefined && Number(digits) <= 0xffff ? Number(digits) : null;
}

export function formatRcode(rcode: number): string {
  return NAME_BY_RCODE.get(rcode) ?? `RCODE${rcode}`;
}

/** Types that only exist in queries or in a message's own machinery (RFC 6895 section 3.1): never data of a zone. */
export function isMetaType(type: number): boolean {
  return type === 0 || type === TYPE.OPT || type === TYPE.NXNAME || (type >= TYPE.TKEY && type <= TYPE.ANY);
}
