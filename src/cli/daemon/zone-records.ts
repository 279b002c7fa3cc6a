import { readFile } from 'node:fs/promises';
import { parseMasterFile } from '../../dns/master-file.js';
import { lowerCase, type Name } from '../../dns/name.js';
import { defaultRecords, type ResourceRecord } from '../../dns/record.js';
import { TYPE } from '../../dns/rr-type.js';
import type { Parsed } from '../../problem.js';
import type { DaemonSettings } from './settings.js';

/** The static records: those of the operator's zone file, with SOA and NS made where it has none. */
export async function zoneRecords(
  settings: Pick<DaemonSettings, 'domain' | 'zoneFile' | 'nameServers' | 'hostmaster'>,
): Promise<Parsed<readonly ResourceRecord[]>> {
  const made = defaultRecords(settings);
  if (settings.zoneFile === null) return made;
  const text = await readText(settings.zoneFile);
  if (!text.ok) return text;
  const records = parseMasterFile(text.value, { file: settings.zoneFile, domain: settings.domain });
  if (!records.ok || !made.ok) return records;
  const apex = apexOf(made.value);
  // A delegation has NS records too, and makes no apex.
  const has = (type: number): boolean =>
    records.value.some((record) => record.type === type && lowerCase(record.name) === apex);
  const missing = made.value.filter(({ type }) =>
    type === TYPE.SOA || type === TYPE.NS ? !has(type) : !has(TYPE.NS),
  );
  return { ok: true, value: [...missing, ...records.value] };
}

/** Octets from the serial to the end of SOA data: serial, refresh, retry, expire, minimum. */
const SOA_NUMBERS_LENGTH = 20;

/** The serial that is written into the SOA record; 0 where there is none. */
export function writtenSerial(records: readonly ResourceRecord[]): number {
  const soa = records.find(({ type }) => type === TYPE.SOA);
  return soa === undefined ? 0 : Buffer.from(soa.rdata).readUInt32BE(soa.rdata.length - SOA_NUMBERS_LENGTH);
}

/** An SOA is at the apex and nowhere else. */
function apexOf(records: readonly ResourceRecord[]): Name | undefined {
  const soa = records.find(({ type }) => type === TYPE.SOA);
  return soa === undefined ? undefined : lowerCase(soa.name);
}

async function readText(file: string): Promise<Parsed<string>> {
  try {
    return { ok: true, value: await readFile(file, 'utf8') };
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, problems: [{ where: file, message, hint: 'check the path and its permissions' }] };
  }
}
