import type { Parsed, Problem } from '../problem.js';
import { formatName, isWithin, lowerCase, type Name, parseName, ROOT } from './name.js';
import { compilePage, type PageRecords } from './page-records.js';
import type { PageAnswer, Publication } from './publication.js';
import type { ResourceRecord } from './record.js';
import { checkApex, checkRecords } from './record-check.js';
import { formatType, TYPE } from './rr-type.js';
import { compileRrset, type Rrset } from './rrset.js';
import { type ZoneNode, ZoneTree } from './zone-node.js';

/** Position of the serial in SOA data, counted from the end: serial, refresh, retry, expire, minimum. */
const SERIAL_FROM_END = 20;
const MINIMUM_FROM_END = 4;

/** Types of static data that a page's own addresses cannot stand beside. */
const ADDRESS_TYPES = [TYPE.A, TYPE.AAAA, TYPE.CNAME];

export interface ZoneSettings {
  readonly domain: string;
  /** One SOA and at least one NS at the apex among them. */
  readonly records: readonly ResourceRecord[];
  /** Addresses of the origin in text form: an answer of these alone counts as the origin's. */
  readonly originAddresses?: readonly string[];
}

/** A page's answer with the name that it goes to. */
interface CompiledPage {
  readonly name: Name;
  readonly key: Name;
  /** Null: the operator's own records answer for the name, as they may at the apex. */
  readonly records: PageRecords | null;
}

/**
 * The zone as it is answered from: the operator's static records and the pages' answers, both in wire form.
 * Every change is synchronous and is checked as a whole before any of it is made, so no query sees half of it.
 */
export class Zone {
  readonly apex: Name;
  readonly tree: ZoneTree;
  /** The apex's SOA as an answer, and beside a negative answer, where its TTL is bounded by the minimum (RFC 2308). */
  readonly soa: Rrset;
  readonly negativeSoa: Rrset;
  readonly #settings: ZoneSettings;
  readonly #origin: ReadonlySet<string>;
  readonly #answers = new Map<Name, PageAnswer>();
  #isPublished = false;

  private constructor(settings: ZoneSettings, tree: ZoneTree, soa: ResourceRecord) {
    const apex = tree.apex.key;
    this.apex = apex;
    this.tree = tree;
    this.#settings = settings;
    this.#origin = new Set(settings.originAddresses ?? []);
    const minimum = Buffer.from(soa.rdata).readUInt32BE(soa.rdata.length - MINIMUM_FROM_END);
    this.soa = compileRrset([soa], apex);
    this.negativeSoa = compileRrset([soa], apex, Math.min(soa.ttl, minimum));
    tree.apex.rrsets.set(TYPE.SOA, this.soa);
  }

  static build(settings: ZoneSettings): Parsed<Zone> {
    const domain = parseName(settings.domain, ROOT);
    if (!domain.ok) return { ok: false, problems: [{ where: 'domain', message: domain.message }] };
    const apex = lowerCase(domain.name);
    const problems = [...checkRecords(settings.records, apex), ...checkApex(settings.records, apex)];
    const soa = settings.records.find((record) => record.type === TYPE.SOA);
    if (problems.length > 0 || soa === undefined) return { ok: false, problems };
    const tree = new ZoneTree(apex);
    addStatic(tree, settings.records, apex);
    return { ok: true, value: new Zone(settings, tree, soa) };
  }

  get serial(): number {
    const octets = Buffer.from(this.soa.records[0]?.octets ?? []);
    return octets.readUInt32BE(octets.length - SERIAL_FROM_END);
  }

  /** The pages as they are answered now. */
  get pages(): readonly PageAnswer[] {
    return [...this.#answers.values()];
  }

  /** The same pages beside other static records. The serial stays: what raises it is the next publication. */
  withRecords(records: readonly ResourceRecord[]): Parsed<Zone> {
    const built = Zone.build({ ...this.#settings, records });
    if (!built.ok) return built;
    const serial = this.#isPublished ? this.serial : built.value.serial;
    const problems = built.value.apply({ serial, pages: this.pages, removed: [] });
    return problems.length > 0 ? { ok: false, problems } : built;
  }

  /** Which of these hosts cannot be pages, because of the static records or because they are not within the zone. */
  conflicts(hosts: readonly string[]): readonly Problem[] {
    const problems: Problem[] = [];
    for (const host of hosts) {
      const key = hostKey(host, problems);
      const conflict = this.#conflict(host, key);
      if (key !== ROOT && conflict !== null) problems.push(conflict);
    }
    return problems;
  }

  /** Makes a publication's changes all at once, or none of them where there is a problem. */
  apply(publication: Publication): readonly Problem[] {
    const problems: Problem[] = [];
    const pages = publication.pages.flatMap((page) => this.#compile(page, problems));
    const removed = publication.removed.map((host) => hostKey(host, problems));
    if (problems.length > 0) return problems;
    for (const key of removed) this.#remove(key);
    for (const [i, page] of pages.entries()) {
      this.tree.add(page.name, page.key).page = page.records;
      const answer = publication.pages[i];
      if (answer !== undefined) this.#answers.set(page.key, answer);
    }
    this.#setSerial(publication.serial);
    this.#isPublished = true;
    return [];
  }

  #compile(answer: PageAnswer, problems: Problem[]): CompiledPage[] {
    const parsed = parseName(answer.host, ROOT);
    if (!parsed.ok) {
      problems.push({ where: answer.host, message: parsed.message });
      return [];
    }
    const key = lowerCase(parsed.name);
    const conflict = this.#conflict(answer.host, key);
    if (conflict !== null) problems.push(conflict);
    const records = compilePage(answer, this.#origin, problems);
    if (records === null) return [];
    return [
      { name: parsed.name, key, records: key === this.apex && this.#hasApexAddress() ? null : records },
    ];
  }

  /** The apex is answered with the operator's own addresses, where they give it some. */
  #hasApexAddress(): boolean {
    return ADDRESS_TYPES.some((type) => this.tree.apex.rrsets.has(type));
  }

  /** What keeps a name from being a page's: a page would hide the record, or the record the page. */
  #conflict(host: string, key: Name): Problem | null {
    if (!isWithin(key, this.apex)) {
      return { where: host, message: `not within the zone ${formatName(this.apex)}` };
    }
    if (key === this.apex) return null;
    const found = this.tree.find(key);
    if (typeof found === 'string') return null;
    if (found.cut !== null) {
      return { where: host, message: `at or below the delegation of ${formatName(found.cut.key)}` };
    }
    if (found.key !== key) return null;
    const rrset = ADDRESS_TYPES.map((type) => found.rrsets.get(type)).find((set) => set !== undefined);
    if (rrset === undefined) return null;
    return {
      where: rrset.source?.file ?? 'zone',
      ...(rrset.source === null ? {} : { line: rrset.source.line }),
      message: `the page ${host} has the same name as a static ${formatType(rrset.type)} record`,
      hint: 'remove the record, or the page from the site',
    };
  }

  #remove(key: Name): void {
    this.#answers.delete(key);
    const node = this.tree.get(key);
    if (node === undefined) return;
    node.page = null;
    this.tree.prune(node);
  }

  #setSerial(serial: number): void {
    for (const soa of [this.soa, this.negativeSoa]) {
      for (const { octets } of soa.records) {
        new DataView(octets.buffer, octets.byteOffset).setUint32(
          octets.length - SERIAL_FROM_END,
          serial >>> 0,
        );
      }
    }
  }
}

function addStatic(tree: ZoneTree, records: readonly ResourceRecord[], apex: Name): void {
  const sets = new Map<ZoneNode, Map<number, ResourceRecord[]>>();
  for (const record of records) {
    const node = tree.add(record.name, lowerCase(record.name));
    const types = sets.get(node) ?? new Map<number, ResourceRecord[]>();
    sets.set(node, types.set(record.type, [...(types.get(record.type) ?? []), record]));
  }
  for (const [node, types] of sets) {
    for (const [type, set] of types) node.rrsets.set(type, compileRrset(set, apex));
  }
  for (const node of tree.values()) node.cut = cutOf(node);
}

/** The topmost delegation at or above a node: below it, nothing of this zone counts (RFC 1034 section 4.2.1). */
function cutOf(node: ZoneNode): ZoneNode | null {
  let cut: ZoneNode | null = null;
  for (let at = node; at.parent !== null; at = at.parent) if (at.rrsets.has(TYPE.NS)) cut = at;
  return cut;
}

function hostKey(host: string, problems: Problem[]): Name {
  const parsed = parseName(host, ROOT);
  if (parsed.ok) return lowerCase(parsed.name);
  problems.push({ where: host, message: parsed.message });
  return ROOT;
}
