import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import ipaddr from 'ipaddr.js';
import type { Gateway } from '../driver/xl/xl-options.js';
import { formatDuration, parseDuration } from '../policy/duration.js';

/** How a value is written as text, on the command line and in the configuration file alike. */
export interface TextForm<T> {
  /** Ends the sentence "expected ...". */
  readonly expected: string;
  /** Null for what is not such a value. */
  read(text: string): T | null;
  write(value: T): string;
}

/** What commander calls with an option's argument. */
export function parserOf<T>(form: TextForm<T>): (text: string) => T {
  return (text) => {
    const value = form.read(text);
    if (value === null) throw new InvalidArgumentError(`Expected ${form.expected}.`);
    return value;
  };
}

const PORT_MAX = 65_535;

function textual(expected: string, read: (text: string) => string | null): TextForm<string> {
  return { expected, read, write: (text) => text };
}

function numeric(expected: string, max: number): TextForm<number> {
  const read = (text: string): number | null =>
    /^\d+$/.test(text) && Number(text) <= max ? Number(text) : null;
  return { expected, read, write: String };
}

export const TEXT = textual('text on one line', (text) => (/^\P{Cc}+$/u.test(text) ? text : null));
export const PORT = numeric(`a port from 0 to ${PORT_MAX}`, PORT_MAX);
export const COUNT = numeric('a whole number, 0 or more', Number.MAX_SAFE_INTEGER);
export const ADDRESS = textual('an IPv4 or IPv6 address', (text) => (isIP(text) === 0 ? null : text));

/** Of money, in whatever currency the policies have. */
export const AMOUNT: TextForm<number> = {
  expected: 'an amount of 0 or more, e.g. 0.25',
  read: (text) => (/^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : null),
  write: String,
};

/** In milliseconds, written as in policies. */
export const DURATION: TextForm<number> = {
  expected: 'a time with its unit, e.g. 30s or 500ms',
  read: parseDuration,
  write: formatDuration,
};

/** Without the trailing dot. */
export const DOMAIN = textual('a domain name, e.g. www.example.com', (text) => {
  const domain = text.replace(/\.$/, '');
  const isName = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(domain) && !domain.includes('..');
  return isName ? domain : null;
});

/** Where a server listens; port 0 takes any that is free. */
export interface Listen {
  readonly address: string;
  readonly port: number;
}

export const LISTEN: TextForm<Listen> = {
  expected: 'an IP address and a port, e.g. 127.0.0.1:53 or "[::1]:53"',
  read: (text) => {
    const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
    const address = match?.[1] ?? match?.[2] ?? '';
    const port = PORT.read(match?.[3] ?? '');
    return isIP(address) === 0 || port === null ? null : { address, port };
  },
  write: ({ address, port }) => `${address.includes(':') ? `[${address}]` : address}:${port}`,
};

export interface NameServer {
  readonly host: string;
  /** Only for a name within the zone. */
  readonly addresses: readonly string[];
}

export const NAME_SERVER: TextForm<NameServer> = {
  expected:
    'a host name, and addresses where it is within the zone, e.g. ns1.example.com=192.0.2.1,2001:db8::1',
  read: (text) => {
    const [host = '', list = '', ...more] = text.split('=');
    const addresses = list === '' ? [] : list.split(',');
    const isRight = host !== '' && more.length === 0 && addresses.every((address) => isIP(address) !== 0);
    return isRight ? { host, addresses } : null;
  },
  write: ({ host, addresses }) => (addresses.length === 0 ? host : `${host}=${addresses.join(',')}`),
};

export const GATEWAY: TextForm<Gateway> = {
  expected: 'an address and the length of its prefix, e.g. 10.77.0.1/24',
  read: (text) => {
    if (!ipaddr.isValidCIDR(text)) return null;
    const [address, prefix] = ipaddr.parseCIDR(text);
    return { address: address.toString(), prefix };
  },
  write: ({ address, prefix }) => `${address}/${prefix}`,
};

/** What begins with a hyphen is an option to ssh(1), and one that runs programs here is among them. */
export const DESTINATION = textual('what ssh takes as a destination, e.g. root@dom0.example', (text) =>
  /^[^\s-]\S*$/.test(text) ? text : null,
);
