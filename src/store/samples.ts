import type { Sqlite } from './database.js';

/** What was measured of a page at a moment, and what it had. Rates are per second; null: not measured, which is not 0. */
export interface Sample {
  /** Unix milliseconds. */
  readonly at: number;
  /** Visits behind the caches of resolvers, estimated. */
  readonly demand: number | null;
  readonly queryRate: number | null;
  readonly requestRate: number | null;
  /** What the policy decided on. */
  readonly measured: number | null;
  readonly desired: number;
  readonly serving: number;
  /** Booting and draining ones too. */
  readonly replicas: number;
}

export interface SampleTable {
  add(page: string, sample: Sample): void;
  /** From `from` to `to` (both included), oldest first; the last `limit`. */
  between(page: string, from: number, to: number, limit: number): readonly Sample[];
  /** The last until `at`. */
  last(page: string, at: number): Sample | null;
  /** Deletes what is older than `before`, and the oldest where there are more than `max`. */
  prune(before: number, max: number): number;
}

const RATES = ['demand', 'queryRate', 'requestRate', 'measured'] as const;
/** Rates are kept as whole thousandths: SQLite stores a small whole number in a few bytes, and any other in eight. */
const SCALE = 1_000;

export function sampleTable(database: Sqlite): SampleTable {
  const columns = `at_wall AS at, demand, query_rate AS queryRate, request_rate AS requestRate, measured, desired, serving,
    replicas`;
  const insert = database.prepare<[Sample & { page: string }]>(
    `INSERT OR REPLACE INTO samples (page, at_wall, demand, query_rate, request_rate, measured, desired, serving, replicas)
     VALUES (@page, @at, @demand, @queryRate, @requestRate, @measured, @desired, @serving, @replicas)`,
  );
  const between = database.prepare<[string, number, number, number], Sample>(
    `SELECT * FROM (SELECT ${columns} FROM samples WHERE page = ? AND at_wall BETWEEN ? AND ?
       ORDER BY at_wall DESC LIMIT ?) ORDER BY at`,
  );
  const remove = database.prepare<[number]>('DELETE FROM samples WHERE at_wall < ?');
  const count = database.prepare<[], number>('SELECT count(*) FROM samples').pluck();
  const span = database.prepare<[], { first: number; last: number }>(
    'SELECT min(at_wall) AS first, max(at_wall) AS last FROM samples',
  );
  return {
    add: (page, sample) => {
      insert.run({ page, ...scaled(sample, (rate) => Math.round(rate * SCALE)), at: Math.round(sample.at) });
    },
    between: (page, from, to, limit) =>
      between.all(page, from, to, limit).map((row) => scaled(row, (rate) => rate / SCALE)),
    last: (page, at) => {
      const [row] = between.all(page, 0, at, 1);
      return row === undefined ? null : scaled(row, (rate) => rate / SCALE);
    },
    prune: (before, max) => {
      let removed = remove.run(before).changes;
      for (let left = count.get() ?? 0; left > max; ) {
        const { first, last } = span.get() ?? { first: 0, last: 0 };
        // A tenth of the time at once: which rows are the oldest would need an index as large as the rows.
        const gone = remove.run(first + Math.max(1, (last - first) / 10)).changes;
        removed += gone;
        left -= gone;
      }
      return removed;
    },
  };
}

function scaled(sample: Sample, scale: (rate: number) => number): Sample {
  const rates = RATES.map((name) => [name, sample[name] === null ? null : scale(sample[name])]);
  return { ...sample, ...Object.fromEntries(rates) };
}
