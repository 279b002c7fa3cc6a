import type { Problem } from '../problem.js';
import { formatName, isWithin, lowerCase, type Name } from './name.js';
import { type ResourceRecord, recordProblem } from './record.js';
import { formatType, isMetaType, TYPE } from './rr-type.js';

/** What may stand beside a CNAME: its signatures (RFC 4034 section 3). */
const BESIDE_CNAME: ReadonlySet<number> = new Set([46, 47]);
/** Octets of an RRset that still fits into a message beside the question and the rest. */
const MAX_RRSET_LENGTH = 60_000;

/** What is wrong with records taken together, whatever zone parts they are. `apex` is in lower case. */
export function checkRecords(records: readonly ResourceRecord[], apex: Name): readonly Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<Name, Map<number, ResourceRecord[]>>();
  for (const record of records) {
    const key = lowerCase(record.name);
    const wrong = checkOwner(record, key, apex);
    if (wrong !== null) {
      problems.push(wrong);
      continue;
    }
    const types = owners.get(key) ?? new Map<number, ResourceRecord[]>();
    const set = types.get(record.type) ?? [];
    set.push(record);
    owners.set(key, types.set(record.type, set));
  }
  for (const types of owners.values()) {
    for (const set of types.values()) problems.push(...checkRrset(set));
    problems.push(...checkCname(types));
  }
  return problems;
}

function checkOwner(record: ResourceRecord, key: Name, apex: Name): Problem | null {
  if (!isWithin(key, apex)) {
    return recordProblem(
      record,
      `out of the zone ${formatName(apex)}`,
      'is the closing dot missing, or one too many?',
    );
  }
  if (isMetaType(record.type)) return recordProblem(record, 'a type of queries, not of data');
  if (record.type === TYPE.DNAME) return recordProblem(record, 'DNAME is not supported');
  if (record.type === TYPE.SOA && key !== apex)
    return recordProblem(record, 'an SOA belongs to the apex alone');
  if (record.type === TYPE.NS && key.startsWith('\x01*')) {
    return recordProblem(record, 'a wildcard cannot be a delegation (RFC 4592 section 4.2)');
  }
  return null;
}

function checkRrset(set: readonly ResourceRecord[]): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  let length = 0;
  for (const record of set) {
    // RFC 2181 section 5.2: the records of one RRset have one TTL.
    if (record.ttl !== set[0]?.ttl) {
      problems.push(recordProblem(record, `TTL ${record.ttl} differs from ${set[0]?.ttl} in the same RRset`));
    }
    const data = Buffer.from(record.rdata).toString('latin1');
    if (seen.has(data)) problems.push(recordProblem(record, 'the same record is there twice'));
    seen.add(data);
    length += data.length + 12;
  }
  const [, second] = set;
  if (second !== undefined && (second.type === TYPE.SOA || second.type === TYPE.CNAME)) {
    problems.push(recordProblem(second, `more than one ${formatType(second.type)} at a name`));
  }
  const [first] = set;
  if (first !== undefined && length > MAX_RRSET_LENGTH) {
    problems.push(recordProblem(first, `the RRset has ${length} octets, more than ${MAX_RRSET_LENGTH}`));
  }
  return problems;
}

/** RFC 1034 section 3.6.2: where there is a CNAME, there is nothing else. */
function checkCname(types: ReadonlyMap<number, readonly ResourceRecord[]>): readonly Problem[] {
  const cname = types.get(TYPE.CNAME)?.[0];
  const other = [...types.keys()].find((type) => type !== TYPE.CNAME && !BESIDE_CNAME.has(type));
  if (cname === undefined || other === undefined) return [];
  return [recordProblem(cname, `a CNAME beside other data (${formatType(other)})`)];
}

/** What a zone cannot be without. `apex` is in lower case. */
export function checkApex(records: readonly ResourceRecord[], apex: Name): readonly Problem[] {
  return [TYPE.SOA, TYPE.NS]
    .filter((type) => !records.some((record) => record.type === type && lowerCase(record.name) === apex))
    .map((type) => ({
      where: 'zone',
      message: `${formatName(apex)} has no ${formatType(type)} record`,
      hint: 'a zone needs one SOA and at least one NS at its apex',
    }));
}
