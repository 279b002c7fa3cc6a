const MODULUS = 2 ** 32;
const HALF = 2 ** 31;
const MILLISECONDS_PER_SECOND = 1_000;

/** RFC 1982 section 3: addition modulo 2^32; 0 is left out, since some secondaries take it for "no zone yet". */
export function nextSerial(serial: number): number {
  return serial >= MODULUS - 1 ? 1 : serial + 1;
}

/** The one that a secondary takes for the newer (RFC 1982 section 3.2); of two that cannot be compared, the first. */
export function laterSerial(a: number, b: number): number {
  const ahead = (b - a + MODULUS) % MODULUS;
  return ahead > 0 && ahead < HALF ? b : a;
}

/**
 * The serial after which publications begin: that of the last one, or Unix time where there was none, since a new
 * daemon may follow another one whose serials are not known; and never before the serial that the operator wrote.
 */
export function firstSerial(published: number | null, written: number, unixMs: number): number {
  const before = published ?? Math.floor(unixMs / MILLISECONDS_PER_SECOND) % MODULUS;
  return laterSerial(before, written);
}
