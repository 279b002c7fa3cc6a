import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { until } from './daemon/until.js';
import { Daemon, freePort } from './daemon.js';

/** One series of a result: its labels, and pairs of Unix time in seconds and value. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

export interface EvaluatedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

type Answer<T> =
  | { readonly status: 'success'; readonly data: T }
  | { readonly status: 'error'; readonly error: string };

/** A real Prometheus that scrapes one target each second, on a port of its own; ended with the test. */
export class Prometheus {
  readonly #url: string;
  readonly #daemon: Daemon;

  static async start(
    t: TestContext,
    options: { readonly target: string; readonly ruleFiles: readonly string[] },
  ): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'hotzone-prometheus-'));
    const config = join(folder, 'prometheus.yaml');
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: options.ruleFiles,
        scrape_configs: [{ job_name: 'hotzone', static_configs: [{ targets: [options.target] }] }],
      }),
    );
    const address = `127.0.0.1:${await freePort()}`;
    const daemon = new Daemon('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ]);
    t.after(async () => {
      await daemon.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const prometheus = new Prometheus(`http://${address}`, daemon);
    await until('the target is scraped', () => prometheus.#isScraped(), { otherwise: () => daemon.output });
    return prometheus;
  }

  private constructor(url: string, daemon: Daemon) {
    this.#url = url;
    this.#daemon = daemon;
  }

  /** From one moment to another (Unix seconds), a point each second. */
  async range(expr: string, start: number, end: number): Promise<readonly Series[]> {
    const { result } = await this.#get<{ result: Series[] }>('query_range', {
      query: expr,
      start,
      end,
      step: 1,
    });
    return result;
  }

  labelValues(label: string, selector: string): Promise<readonly string[]> {
    return this.#get(`label/${label}/values`, { 'match[]': selector });
  }

  async rules(): Promise<readonly EvaluatedRule[]> {
    const { groups } = await this.#get<{ groups: { rules: EvaluatedRule[] }[] }>('rules', {});
    return groups.flatMap((group) => group.rules);
  }

  async #isScraped(): Promise<boolean> {
    if (this.#daemon.hasEnded) throw new Error(`Prometheus has ended: ${this.#daemon.output}`);
    try {
      const { activeTargets } = await this.#get<{ activeTargets: { health: string }[] }>('targets', {});
      return activeTargets.length > 0 && activeTargets.every(({ health }) => health === 'up');
    } catch {
      // It does not listen yet.
      return false;
    }
  }

  async #get<T>(path: string, parameters: Readonly<Record<string, string | number>>): Promise<T> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
    const response = await fetch(`${this.#url}/api/v1/${path}?${query}`);
    const answer = (await response.json()) as Answer<T>;
    if (answer.status === 'error') throw new Error(`${answer.error}: ${JSON.stringify(parameters)}`);
    return answer.data;
  }
}
