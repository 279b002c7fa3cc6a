import type { Controller } from '../../control/controller.js';
import { type Moment, wallOf } from '../../server/admin/moment.js';
import type { SampleView } from '../../server/admin/source.js';
import type { Sample } from '../../store/samples.js';

/** More rows than this are not read at once: a month of minutes. */
const ROWS_MAX = 45_000;
const RATES = ['demand', 'queryRate', 'requestRate', 'measured'] as const;
const COUNTS = ['desired', 'serving', 'replicas'] as const;

/** Every minute from the store, and every ten seconds of the last half hour; undefined when there is no such page. */
export function pageSeries(
  { state, records }: Pick<Controller, 'state' | 'records'>,
  page: string,
  from: Moment,
  to: Moment,
  points: number,
): readonly SampleView[] | undefined {
  const now = state.clock.wall();
  const [start, end] = [wallOf(from, now), wallOf(to, now)];
  const close = records.lately(page).filter(({ at }) => at >= start && at <= end);
  const closeFrom = close[0]?.at ?? end + 1;
  const stored = state.store.samples.between(page, start, Math.min(end, closeFrom - 1), ROWS_MAX);
  const samples = [...stored, ...close];
  if (samples.length === 0 && state.catalogue.get(page) === undefined) return undefined;
  return thin(samples, points).map((sample) => ({ ...sample, at: new Date(sample.at).toISOString() }));
}

/** Neighbours become one with the highest of each of their numbers, so that no peak is lost to those who look from afar. */
export function thin(samples: readonly Sample[], points: number): readonly Sample[] {
  if (samples.length <= points) return samples;
  const size = Math.ceil(samples.length / points);
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, n) =>
    highest(samples.slice(n * size, (n + 1) * size)),
  );
}

function highest(samples: readonly Sample[]): Sample {
  return samples.reduce((top, sample) => {
    const rates = RATES.map((name) => [name, higher(top[name], sample[name])] as const);
    const counts = COUNTS.map((name) => [name, Math.max(top[name], sample[name])] as const);
    return { ...sample, ...Object.fromEntries([...rates, ...counts]) };
  });
}

/** What was not measured is not 0, and loses against whatever was. */
function higher(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
