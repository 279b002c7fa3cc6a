import { type Name, ROOT } from './name.js';
import type { PageRecords } from './page-records.js';
import { TYPE } from './rr-type.js';
import type { Rrset } from './rrset.js';

/** An owner name of the zone, or an empty non-terminal: a name that exists because names below it do (RFC 8020). */
export class ZoneNode {
  /** In lower case. */
  readonly key: Name;
  readonly parent: ZoneNode | null;
  /** The labels before the apex in their own letter case. */
  readonly relative: Uint8Array;
  readonly rrsets = new Map<number, Rrset>();
  page: PageRecords | null = null;
  children = 0;
  /** The child `*`, from which names that do not exist are made (RFC 4592). */
  wildcard: ZoneNode | null = null;
  /** The delegation at or above this name: what lies there is another server's. */
  cut: ZoneNode | null;

  constructor(key: Name, parent: ZoneNode | null, relative: Uint8Array) {
    this.key = key;
    this.parent = parent;
    this.relative = relative;
    this.cut = parent?.cut ?? null;
  }

  get cname(): Rrset | null {
    return this.rrsets.get(TYPE.CNAME) ?? null;
  }

  get isEmpty(): boolean {
    return this.page === null && this.rrsets.size === 0 && this.children === 0;
  }
}

/** All names of a zone by key. The apex is always there. */
export class ZoneTree {
  readonly apex: ZoneNode;
  readonly #nodes = new Map<Name, ZoneNode>();

  constructor(apex: Name) {
    this.apex = new ZoneNode(apex, null, new Uint8Array(0));
    this.#nodes.set(apex, this.apex);
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(key: Name): ZoneNode | undefined {
    return this.#nodes.get(key);
  }

  values(): IterableIterator<ZoneNode> {
    return this.#nodes.values();
  }

  /** The node of a name within the zone, made with all names between it and the apex where it is not there yet. */
  add(name: Name, key: Name): ZoneNode {
    const existing = this.#nodes.get(key);
    if (existing !== undefined) return existing;
    const labelLength = 1 + key.charCodeAt(0);
    const parent = this.add(name.slice(labelLength), key.slice(labelLength));
    const relative = Buffer.from(name.slice(0, name.length - this.apex.key.length), 'latin1');
    const node = new ZoneNode(key, parent, relative);
    this.#nodes.set(key, node);
    parent.children += 1;
    if (key.startsWith('\x01*')) parent.wildcard = node;
    return node;
  }

  /** Takes a node away that holds nothing any more, and the empty non-terminals that it alone held up. */
  prune(node: ZoneNode): void {
    let at = node;
    while (at.isEmpty && at.parent !== null) {
      this.#nodes.delete(at.key);
      at.parent.children -= 1;
      if (at.parent.wildcard === at) at.parent.wildcard = null;
      at = at.parent;
    }
  }

  /**
   * The node that answers for a name: its own, or the wildcard of its closest encloser (RFC 4592 section 3.3.1), or
   * the delegation above it. `outside` and `missing` where there is none.
   */
  find(key: Name): ZoneNode | 'outside' | 'missing' {
    const own = this.#nodes.get(key);
    if (own !== undefined) return own.cut ?? own;
    for (let at = key; at !== ROOT; ) {
      at = at.slice(1 + at.charCodeAt(0));
      const encloser = this.#nodes.get(at);
      if (encloser !== undefined) return encloser.cut ?? encloser.wildcard ?? 'missing';
    }
    return 'outside';
  }
}
