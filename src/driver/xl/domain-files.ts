import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DomainRecord, parseDomainRecord } from './domain-config.js';

/** What a domain has in the state folder; all of it goes with the domain. */
export interface DomainFiles {
  /** For xl, and for the operator to read. */
  readonly config: string;
  /** What was read of its console: a console tells everything once. */
  readonly console: string;
}

const CONFIG_SUFFIX = '.cfg';

export function domainFiles(stateDir: string, id: string): DomainFiles {
  return { config: join(stateDir, `${id}${CONFIG_SUFFIX}`), console: join(stateDir, `${id}.console`) };
}

/** What was written down about a domain; null when nothing was. */
export async function readDomainRecord(stateDir: string, id: string): Promise<DomainRecord | null> {
  const { config } = domainFiles(stateDir, id);
  return parseDomainRecord(await readFile(config, 'utf8').catch(() => ''));
}

/** All that is written down, by id. */
export async function readDomainRecords(stateDir: string): Promise<ReadonlyMap<string, DomainRecord>> {
  const names = await readdir(stateDir).catch(() => []);
  const ids = names
    .filter((name) => name.endsWith(CONFIG_SUFFIX))
    .map((name) => name.slice(0, -CONFIG_SUFFIX.length));
  const records = await Promise.all(
    ids.map(async (id) => [id, await readDomainRecord(stateDir, id)] as const),
  );
  return new Map(records.flatMap(([id, record]) => (record === null ? [] : [[id, record] as const])));
}

export async function removeDomainFiles(stateDir: string, id: string): Promise<void> {
  await Promise.all(Object.values(domainFiles(stateDir, id)).map((file) => rm(file, { force: true })));
}
