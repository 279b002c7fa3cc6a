import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gaugeSetter } from '../../src/cli/daemon/gauges.js';
import { Controller } from '../../src/control/controller.js';
import type { SourceCount } from '../../src/load/batch.js';
import { parseAddressPool } from '../../src/scale/address-pool.js';
import type { ServedPage } from '../../src/site/page.js';
import { openStore, type Store } from '../../src/store/store.js';
import { createMetrics } from '../../src/telemetry/recorder.js';
import { bundleOf } from '../helpers/bundle.js';
import { policyOf } from '../helpers/policies.js';
import { replicaOf } from '../helpers/replicas.js';
import { ManualClock } from '../helpers/store.js';
import { type Bench, type Figure, median, quantile } from './figure.js';

const PAGES = 10_000;
const HOT_PAGES = 100;
const SCALED_PAGES = 25;
const REPLICAS_PER_PAGE = 2;
/** Caches that ask for a hot page. */
const SOURCES = 100;
const TTL_MS = 5_000;
const BATCH_MS = 100;
const HISTORY_MS = 60_000;
const TICKS = 200;

export const figures: readonly Bench[] = [{ name: 'tick', run: measureTicks }];

async function measureTicks(): Promise<readonly Figure[]> {
  const quiet = await measure(0);
  const lukewarm = await measure(PAGES);
  const note = `${HOT_PAGES} hot ones behind ${SOURCES} caches each, ${SCALED_PAGES} of them with ${REPLICAS_PER_PAGE} replicas; median of ${TICKS}, store on disk`;
  const milliseconds = (name: string, value: number): Figure => ({ name, value, unit: 'ms' });
  return [
    { ...milliseconds(`tick over ${PAGES} pages`, median(quiet.ticks)), goal: '<= 5', note },
    milliseconds('  processor time of it', median(quiet.cpu)),
    milliseconds(`tick over ${PAGES} pages, p99`, quantile(quiet.ticks, 0.99)),
    milliseconds('gauges after a tick', median(quiet.gauges)),
    milliseconds('look at a batch of queries', median(quiet.batches)),
    {
      ...milliseconds(
        `tick when each of the ${PAGES} pages was asked for in the last minute`,
        median(lukewarm.ticks),
      ),
    },
    milliseconds('  processor time of it', median(lukewarm.cpu)),
    milliseconds('  and the gauges after it', median(lukewarm.gauges)),
  ];
}

interface Times {
  readonly ticks: readonly number[];
  /** What the main thread was on a processor for, whoever else wanted it. */
  readonly cpu: readonly number[];
  readonly gauges: readonly number[];
  readonly batches: readonly number[];
}

/** `asked`: so many pages were asked for once, beside the hot ones. */
async function measure(asked: number): Promise<Times> {
  // Virtual time: a batch each 100 ms, however fast this goes.
  const clock = new ManualClock(HISTORY_MS);
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-bench-'));
  const store = ok(openStore(join(folder, 'hotzone.db'), clock));
  const metrics = createMetrics({ clock, version: 'bench', drivers: ['process'] });
  const setGauges = gaugeSetter(metrics);
  let ticked = (): void => {};
  const pages = Array.from({ length: PAGES }, (_, index) => pageOf(index));
  saveReplicas(store, pages);
  const controller = new Controller({
    clock,
    store,
    pool: ok(parseAddressPool(['127.77.0.0/16'], 'pool')),
    drivers: [],
    port: 80,
    maxInstances: SCALED_PAGES * REPLICAS_PER_PAGE,
    apex: 'bench.test',
    originAddresses: ['127.0.0.1'],
    tickIntervalMs: 3_600_000,
    takeOriginReport: null,
    publish: async () => {},
    onEvent: (event) => {
      if (event.kind === 'ticked') ticked();
    },
  });
  try {
    controller.replacePages({ added: pages, changed: [], removed: [] });
    controller.replacePolicies([policyOf('maxReplicas: 4\nmetric: { target: 20 }\n')]);
    fillHistory(controller, pages, asked);
    const times = {
      ticks: [] as number[],
      cpu: [] as number[],
      gauges: [] as number[],
      batches: [] as number[],
    };
    const tick = (): Promise<void> =>
      new Promise((resolve) => {
        ticked = resolve;
        controller.state.wake();
      });
    controller.start();
    for (let round = 0; round < TICKS; round += 1) {
      clock.at += BATCH_MS;
      const to = clock.now();
      const batch = { from: to - BATCH_MS, to, sources: sourcesAt(pages, round, to), rest: [] };
      times.batches.push(timed(() => controller.addQueries(batch)));
      const cpu = cpuMs();
      const startedAt = performance.now();
      await tick();
      times.ticks.push(performance.now() - startedAt);
      times.cpu.push(cpuMs() - cpu);
      times.gauges.push(timed(() => setGauges({ controller, health: { failure: () => null }, drivers: [] })));
    }
    return times;
  } finally {
    await controller.stop(false);
    store.close();
    rmSync(folder, { recursive: true });
  }
}

function pageOf(index: number): ServedPage {
  const path = `/blog/${index}.html`;
  const host = `blog--${index}-html.example.test`;
  return {
    path,
    host,
    urlPath: `/${index}.html`,
    bundle: bundleOf({ path, host }),
    bundleFile: `/${index}.hzb`,
  };
}

function saveReplicas(store: Store, pages: readonly ServedPage[]): void {
  for (const [index, { path: page, host, bundleFile }] of pages.slice(0, SCALED_PAGES).entries()) {
    for (let replica = 0; replica < REPLICAS_PER_PAGE; replica += 1) {
      const address = `127.77.${replica}.${index}`;
      store.replicas.save(replicaOf({ page, host, bundleFile, address, createdAt: 1 }));
    }
  }
}

/** The last minute, as if it had passed. */
function fillHistory(controller: Controller, pages: readonly ServedPage[], asked: number): void {
  for (let at = HISTORY_MS; at > 0; at -= BATCH_MS) {
    const to = HISTORY_MS - at;
    const round = (HISTORY_MS - at) / BATCH_MS;
    const cold = pages.slice(0, round === 0 ? asked : 0).map(({ host }) => count(host, '192.0.2.1', to));
    const sources = [...cold, ...sourcesAt(pages, round, to)];
    controller.state.book.addQueries({ from: to - BATCH_MS, to, sources, rest: [] });
  }
}

/** Each cache asks once in a TTL, a different one for each batch. */
function sourcesAt(pages: readonly ServedPage[], round: number, to: number): readonly SourceCount[] {
  return pages.slice(0, HOT_PAGES).map(({ host }) => count(host, `198.51.100.${round % SOURCES}`, to));
}

function count(host: string, source: string, to: number): SourceCount {
  return {
    host,
    source,
    type: 'A',
    queries: 1,
    exposure: SOURCES * BATCH_MS - TTL_MS,
    lastQuery: to,
    validUntil: to + TTL_MS,
  };
}

/** Milliseconds that the main thread has run (sched-stats in the kernel's documentation, /proc/PID/task/TID/schedstat). */
function cpuMs(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function ok<T>(parsed: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!parsed.ok) throw new Error('cannot be opened');
  return parsed.value;
}
