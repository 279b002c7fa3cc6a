import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { formatProblem, type Problem } from '../problem.js';
import type { Listen } from './daemon/settings.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';

const PORT_MAX = 65_535;

/** `127.0.0.1:53` or `[::1]:53`. */
export function parseListen(text: string): Listen {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  if (match === null || isIP(address) === 0) {
    throw new InvalidArgumentError('Expected an IP address and a port, e.g. 127.0.0.1:53 or [::1]:53.');
  }
  return { address, port: parsePort(match[3] ?? '') };
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > PORT_MAX)
    throw new InvalidArgumentError(`Expected a port from 0 to ${PORT_MAX}.`);
  return port;
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count))
    throw new InvalidArgumentError('Expected a whole number, 0 or more.');
  return count;
}

export function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('Expected an IPv4 or IPv6 address.');
  return text;
}

/** `ns1.example.com=192.0.2.1,2001:db8::1`; the addresses are only for a name within the zone. */
export function parseNameServer(text: string): { host: string; addresses: readonly string[] } {
  const [host = '', list = ''] = text.split('=', 2);
  if (host === '') throw new InvalidArgumentError('Expected a host name, e.g. ns1.example.com=192.0.2.1.');
  return { host, addresses: list === '' ? [] : list.split(',').map(parseAddress) };
}

/** For an option that may be given again and again; the first one replaces the default. */
export function several<T>(
  parse: (text: string) => T,
): (text: string, before: readonly T[] | undefined) => readonly T[] {
  const given = new WeakSet<readonly T[]>();
  return (text, before) => {
    const values = [...(before !== undefined && given.has(before) ? before : []), parse(text)];
    given.add(values);
    return values;
  };
}

/** A host name as every command takes it: without the trailing dot. */
export function parseDomain(text: string): string {
  const domain = text.replace(/\.$/, '');
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(domain) || domain.includes('..')) {
    throw new InvalidArgumentError('Expected a domain name, e.g. www.example.com.');
  }
  return domain;
}

/** Writes them to standard error; gives the exit code. */
export function reportProblems(command: string, problems: readonly Problem[], io: Io): number {
  for (const problem of problems) io.stderr.write(`hotzone ${command}: ${formatProblem(problem)}\n`);
  return problems.length === 0 ? EXIT.fine : EXIT.problems;
}

/** A wildcard takes the port on every address, and none is left for replicas (bind(2), EADDRINUSE). */
export function wildcardProblems(option: string, addresses: readonly string[], port: number): Problem[] {
  return addresses
    .filter((address) => address === '0.0.0.0' || address === '::')
    .map((address) => ({
      where: option,
      message: `${address} would take port ${port} on every address, and replicas need it too`,
      hint: 'name the addresses that the origin shall have',
    }));
}
