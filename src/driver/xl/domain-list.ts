import { z } from 'zod';
import { type DomainName, parseDomainName } from './domain-name.js';

/** A domain of hotzone as xl lists it. */
export interface ListedDomain extends DomainName {
  /** Xen's number for it. */
  readonly domid: number;
  /** It has ended, by itself or by an order, and is there to be read and destroyed. */
  readonly ended: boolean;
}

/** Name, number, MiB, processors, flags, seconds, UUID; what comes before the number may hold anything. */
const ROW = /^(.*?)\s+(\d+)\s+\d+\s+\d+\s+[r-][b-][p-]([s-][c-][d-])\s+[\d.]+\s+([\da-f-]{36})(?:\s|$)/;

/**
 * Domains that hotzone made, from `xl list -v`: `xl list -l`, which is made for programs, tells neither how a domain is
 * nor of one that is still being made, or whose making was cut short. A domain counts only if its UUID says the same as
 * its name, which anybody may give to any domain.
 */
export function parseDomainTable(table: string): readonly ListedDomain[] {
  return rows(table).flatMap(({ name, uuid, domid, ended }) => {
    const ours = parseDomainName(name);
    return ours !== null && ours.id === uuid ? [{ ...ours, domid, ended }] : [];
  });
}

/** Numbers of the domains with a UUID, also of one that was cut short before it had its name. */
export function domidsOf(table: string, uuid: string): readonly number[] {
  return rows(table)
    .filter((row) => row.uuid === uuid)
    .map(({ domid }) => domid);
}

function rows(table: string) {
  return table.split('\n').flatMap((line) => {
    const [, name, domid, flags, uuid] = ROW.exec(line) ?? [];
    return name === undefined || uuid === undefined
      ? []
      : [{ name, domid: Number(domid), ended: flags !== '---', uuid }];
  });
}

const configurations = z.array(
  z.object({
    domid: z.number(),
    config: z.object({ b_info: z.object({ cmdline: z.string().optional() }).optional() }),
  }),
);
const ADDRESS = /(?:^| )hotzone\.ip6?=([^/ ]+)\//;

/** Addresses by the domains' numbers, from the command lines that `xl list -l` tells; null when that is no list. */
export function parseDomainAddresses(json: string): ReadonlyMap<number, string> | null {
  const parsed = configurations.safeParse(parseJson(json));
  if (!parsed.success) return null;
  return new Map(
    parsed.data.flatMap(({ domid, config }) => {
      const address = ADDRESS.exec(config.b_info?.cmdline ?? '')?.[1];
      return address === undefined ? [] : [[domid, address] as const];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
