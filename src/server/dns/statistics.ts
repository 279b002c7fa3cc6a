import {
  type AnswerSource,
  COUNTED_QUERY_TYPES,
  type DnsCounters,
  type DropReason,
} from '../../dns/counters.js';
import { formatRcode, parseType, RCODE } from '../../dns/rr-type.js';

const PROTOS = ['udp', 'tcp'] as const;
const FAMILIES = ['ipv4', 'ipv6'] as const;
const QUERY_TYPES = [...COUNTED_QUERY_TYPES, 'other'] as const;
const OTHER = QUERY_TYPES.length - 1;
const RCODES: readonly number[] = Object.values(RCODE);
const SOURCES: readonly AnswerSource[] = ['replicas', 'origin', 'static', 'none'];
const DROP_REASONS: readonly DropReason[] = ['response', 'short', 'source', 'overload'];
/** Seconds. */
const UPPER_BOUNDS = [10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 10e-3, 100e-3, 1];

/** Index in `QUERY_TYPES` by type; what is beyond or unset is `other`. */
const TYPE_INDEX = new Uint8Array(512).fill(OTHER);
for (const [i, name] of COUNTED_QUERY_TYPES.entries()) TYPE_INDEX[parseType(name) ?? 0] = i;

/** Counts what the server does, in arrays of a fixed size: a query costs a few additions and no garbage. */
export class Statistics {
  /** Set by the TCP listeners. */
  tcpConnections = 0;
  #truncated = 0;
  #durationSum = 0;
  readonly #requests = new Float64Array(PROTOS.length * FAMILIES.length * QUERY_TYPES.length);
  readonly #responses = new Float64Array(RCODES.length * SOURCES.length);
  readonly #dropped = new Float64Array(DROP_REASONS.length);
  /** One more than the bounds: the last is for everything above. */
  readonly #durations = new Float64Array(UPPER_BOUNDS.length + 1);

  /** `type`: the query's, or -1 where the message had none that could be read. */
  countRequest(isUdp: boolean, isIpv4: boolean, type: number): void {
    const transport = (isUdp ? 0 : 2) + (isIpv4 ? 0 : 1);
    add(this.#requests, transport * QUERY_TYPES.length + (TYPE_INDEX[type] ?? OTHER));
  }

  countResponse(rcode: number, source: AnswerSource, isTruncated: boolean): void {
    add(this.#responses, RCODES.indexOf(rcode) * SOURCES.length + SOURCES.indexOf(source));
    if (isTruncated) this.#truncated += 1;
  }

  countDrop(reason: DropReason): void {
    add(this.#dropped, DROP_REASONS.indexOf(reason));
  }

  countDuration(milliseconds: number): void {
    const seconds = milliseconds / 1_000;
    let bucket = 0;
    while (bucket < UPPER_BOUNDS.length && seconds > (UPPER_BOUNDS[bucket] ?? 0)) bucket += 1;
    add(this.#durations, bucket);
    this.#durationSum += seconds;
  }

  snapshot(): Omit<DnsCounters, 'process'> {
    const requests = PROTOS.flatMap((proto, p) =>
      FAMILIES.flatMap((family, f) =>
        QUERY_TYPES.map((qtype, t) => ({
          proto,
          family,
          qtype,
          count: this.#requests[(p * 2 + f) * QUERY_TYPES.length + t] ?? 0,
        })),
      ),
    );
    const responses = RCODES.flatMap((rcode, r) =>
      SOURCES.map((source, s) => ({
        rcode: formatRcode(rcode),
        source,
        count: this.#responses[r * SOURCES.length + s] ?? 0,
      })),
    );
    let count = 0;
    const cumulative = Array.from(this.#durations, (inBucket) => {
      count += inBucket;
      return count;
    });
    return {
      requests: requests.filter((request) => request.count > 0),
      responses: responses.filter((response) => response.count > 0),
      truncated: this.#truncated,
      dropped: DROP_REASONS.map((reason, i) => ({ reason, count: this.#dropped[i] ?? 0 })),
      duration: {
        upperBounds: UPPER_BOUNDS,
        counts: cumulative.slice(0, UPPER_BOUNDS.length),
        sum: this.#durationSum,
        count,
      },
      tcpConnections: this.tcpConnections,
    };
  }
}

function add(counts: Float64Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}
