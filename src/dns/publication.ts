/** An address in a page's answer; a heavier one is chosen more often when not all of them fit. */
export interface WeightedAddress {
  /** IPv4 or IPv6 in text form. */
  readonly address: string;
  /** Relative weight, > 0. */
  readonly weight: number;
}

/** What is to be answered for one page from now on. Both families may be mixed in `addresses`. */
export interface PageAnswer {
  /** Host name without the trailing dot, any letter case. */
  readonly host: string;
  /** Seconds. */
  readonly ttl: number;
  /** Never empty: where nothing else serves, the origin's addresses are here. */
  readonly addresses: readonly WeightedAddress[];
  /** At most so many addresses of one family go into one answer, chosen and shuffled per answer. */
  readonly maxAddresses: number;
}

/** One atomic change of the zone: no query sees half of it. */
export interface Publication {
  /** SOA serial (RFC 1982); higher than every serial before. */
  readonly serial: number;
  /** New answers, and those that replace an older one of the same host. */
  readonly pages: readonly PageAnswer[];
  /** Hosts that are no longer names of the zone. */
  readonly removed: readonly string[];
}
