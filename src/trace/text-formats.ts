import { parseStamp } from './stamp.js';
import { OTHER, query, type Reading, unreadable } from './trace-query.js';

export type TextFormatName = 'bind' | 'dnsmasq' | 'unbound';

/** One server's way to write a query into a line. */
export interface TextFormat {
  readonly name: TextFormatName;
  /** `near`: Unix milliseconds of the lines around it, for times without a year. */
  read(line: string, near: number): Reading;
}

/** A syslog daemon's own beginning of a line: `Nov 24 12:17:17 ns1 ` or `2026-11-24T12:17:17.123456+00:00 ns1 `. */
const TIME = String.raw`(\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?|[A-Z][a-z]{2} +\d{1,2} [\d:]{8}|\d\d-[A-Z][a-z]{2}-\d{4} [\d:.]+|\d{9,13}(?:\.\d+)?)`;

/**
 * BIND's category `queries` (BIND 9 Administrator Reference Manual, "Query Logging"), with any of its `print-*`
 * options, in a file or by syslog: `client @0x7f 192.0.2.1#53124 (a.example): view v: query: a.example IN A +E(0)K (...)`.
 */
const BIND_QUERY = new RegExp(
  String.raw`^${TIME} .*?client (?:@\S+ )?([0-9A-Fa-f:.]+(?:%\S+?)?)#\d+(?:/\S+)? (?:\([^ ]*\): )?(?:view \S+: )?query: (\S+) (\S+) (\S+) `,
);

/** dnsmasq's `log-queries` and `log-queries=extra`: `dnsmasq[17]: 3 192.0.2.1/53124 query[A] a.example from 192.0.2.1`. */
const DNSMASQ_QUERY = new RegExp(
  String.raw`^${TIME} .*?dnsmasq\[\d+\]: (?:\d+ \S+ )?(?:query|auth)\[([^\]]+)\] (\S+) from (\S+)$`,
);

/** unbound's `log-queries`: `[1795522637] unbound[17:0] info: 192.0.2.1 a.example. A IN`, `query: ` before with `log-tag-queryreply`. */
const UNBOUND_QUERY = new RegExp(
  String.raw`^\[?${TIME}\]? .*?unbound\[\d+(?::[0-9a-f]+)?\]:? (?:\[\d+:\d+\] )?(?:info|query): (?:query: )?([0-9A-Fa-f:.]+) (\S+) (\S+) (\S+)$`,
);

const bind: TextFormat = {
  name: 'bind',
  read(line, near) {
    const match = BIND_QUERY.exec(line);
    if (match === null) return otherwise(line, / query: /);
    const [, time = '', source = '', name = '', queryClass = '', type = ''] = match;
    return inClass(queryClass, time, near, source, name, type);
  },
};

const dnsmasq: TextFormat = {
  name: 'dnsmasq',
  read(line, near) {
    const match = DNSMASQ_QUERY.exec(line);
    if (match === null) return otherwise(line, / (?:query|auth)\[/);
    const [, time = '', type = '', name = '', source = ''] = match;
    return inClass('IN', time, near, source, name, type);
  },
};

const unbound: TextFormat = {
  name: 'unbound',
  read(line, near) {
    const match = UNBOUND_QUERY.exec(line);
    if (match === null)
      return otherwise(line, /(?:info|query): (?:query: )?[0-9A-Fa-f:.]+[.:][0-9A-Fa-f:.]* \S+\. \S*$/);
    const [, time = '', source = '', name = '', type = '', queryClass = ''] = match;
    return inClass(queryClass, time, near, source, name, type);
  },
};

export const TEXT_FORMATS: readonly TextFormat[] = [bind, dnsmasq, unbound];

function inClass(
  queryClass: string,
  time: string,
  near: number,
  source: string,
  name: string,
  type: string,
): Reading {
  // What monitors ask for in class CH is about the server, not about a site.
  if (queryClass.toUpperCase() !== 'IN') return OTHER;
  const at = parseStamp(time, near);
  return at === null ? unreadable(`"${time}" is no time`) : query(at, source, name, type);
}

const STAMPED = new RegExp(String.raw`^\[?${TIME}`);

/** A line with a time that says something else is the server's; one that begins a query and does not end it was cut. */
function otherwise(line: string, beginsQuery: RegExp): Reading {
  if (beginsQuery.test(line)) return unreadable('a query that is not written out');
  return STAMPED.test(line) || line.trim() === '' ? OTHER : unreadable('no line of such a log');
}
