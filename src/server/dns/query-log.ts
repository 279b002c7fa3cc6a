import type { AnswerSource } from '../../dns/counters.js';
import type { Name } from '../../dns/name.js';
import { formatRcode, formatType } from '../../dns/rr-type.js';

/** A query for a name that an operator looks at, and what it was answered. */
export interface LoggedQuery {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: string;
  readonly proto: 'udp' | 'tcp';
  readonly type: string;
  readonly rcode: string;
  /** Whose addresses were answered. */
  readonly answer: AnswerSource;
  readonly truncated: boolean;
}

/** Queries for one name since the last batch. */
export interface QueryLogReport {
  readonly queries: readonly LoggedQuery[];
  /** There were more than are kept. */
  readonly dropped: number;
}

/** Of each batch, so that a flood of queries for the name makes no flood of lines. */
const KEPT = 100;

/** Keeps the queries for one name until the next batch takes them along: answering one never waits for a log. */
export class QueryLog {
  /** In lower case. */
  readonly name: Name;
  #queries: LoggedQuery[] = [];
  #dropped = 0;

  constructor(name: Name) {
    this.name = name;
  }

  note(query: {
    readonly at: number;
    readonly source: string;
    readonly isUdp: boolean;
    readonly type: number;
    readonly rcode: number;
    readonly answer: AnswerSource;
    readonly truncated: boolean;
  }): void {
    if (this.#queries.length === KEPT) {
      this.#dropped += 1;
      return;
    }
    const { at, source, isUdp, type, rcode, answer, truncated } = query;
    const proto = isUdp ? 'udp' : 'tcp';
    const texts = { type: formatType(type), rcode: formatRcode(rcode) };
    this.#queries.push({ at, source, proto, ...texts, answer, truncated });
  }

  /** What has come since it was last asked; null: nothing. */
  take(): QueryLogReport | null {
    if (this.#queries.length === 0) return null;
    const report = { queries: this.#queries, dropped: this.#dropped };
    this.#queries = [];
    this.#dropped = 0;
    return report;
  }
}
