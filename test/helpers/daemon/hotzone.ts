import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DecodedPacket, RecordType } from 'dns-packet';
import type { Listen } from '../../../src/cli/daemon/settings.js';
import type { DecisionView, PageView, ReplicaView, StatusView } from '../../../src/server/admin/source.js';
import { type Answer, ask } from '../http.js';
import { addressesOf, query, serialOf } from './name-client.js';
import type { Scene } from './scene.js';
import { until } from './until.js';

export const DOMAIN = 'example.test';

const MAIN = fileURLToPath(new URL('../../../src/main.js', import.meta.url));
const END_TIMEOUT_MS = 40_000;

export interface HotzoneOptions {
  /** Options of `hotzone serve` beside those of the scene; a later one wins. */
  readonly args?: readonly string[];
  /** Replicas outlive it. */
  readonly leavesReplicas?: boolean;
}

/** One line of its log. */
export interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** `hotzone serve` as a process, and ways to look at it from outside. */
export class Hotzone {
  readonly log: LogLine[] = [];
  readonly ended: Promise<Exit>;
  readonly #scene: Scene;
  readonly #child: ChildProcess;
  #dns: Listen = { address: '', port: 0 };
  #admin = '';
  /** What it wrote that is no log line. */
  text = '';
  /** It was told to end. */
  isEnding = false;

  constructor(scene: Scene, options: HotzoneOptions) {
    this.#scene = scene;
    const more = [...(options.leavesReplicas ? [] : ['--stop-replicas']), ...(options.args ?? [])];
    const args = ['serve', ...scene.arguments(['--log-level', 'debug', ...more])];
    this.#child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.ended = once(this.#child, 'exit').then(([code, signal]) => ({ code, signal }));
    if (this.#child.stderr === null) throw new Error('no standard error');
    createInterface(this.#child.stderr).on('line', (line) => {
      if (line.startsWith('{')) this.log.push(JSON.parse(line) as LogLine);
      else this.text += `${line}\n`;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get dns(): Listen {
    return this.#dns;
  }

  get admin(): string {
    return this.#admin;
  }

  async ready(): Promise<void> {
    const line = await this.until('the daemon is ready', () => {
      if (this.hasEnded) throw new Error(`the daemon has ended\n${this.story()}`);
      return this.logged('ready')[0];
    });
    this.#dns = (line.dns as Listen[])[0] ?? this.#dns;
    this.#admin = String(line.admin);
  }

  /** Log lines with this message and, where given, these fields. */
  logged(msg: string, fields: Readonly<Record<string, unknown>> = {}): readonly LogLine[] {
    return this.log.filter(
      (line) => line.msg === msg && Object.entries(fields).every(([name, value]) => line[name] === value),
    );
  }

  signal(name: NodeJS.Signals): void {
    this.isEnding = name !== 'SIGHUP';
    this.#child.kill(name);
  }

  /** SIGTERM, and what came of it. */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    return this.exit();
  }

  /** Waits for it to end by itself. */
  async exit(): Promise<Exit> {
    await this.until('the daemon ends', () => this.hasEnded, END_TIMEOUT_MS);
    return this.ended;
  }

  /** For the end of a test, however it went: the daemon ends, if need be the hard way. */
  async kill(): Promise<void> {
    if (this.hasEnded) return;
    try {
      assert.deepEqual(await this.stop(), { code: 0, signal: null }, this.story());
    } finally {
      if (!this.hasEnded) this.signal('SIGKILL');
    }
  }

  query(name: string, type: RecordType = 'A', overTcp = false): Promise<DecodedPacket> {
    return query(this.#dns, name, type, overTcp);
  }

  async addresses(host: string): Promise<readonly string[]> {
    return addressesOf(await this.query(host)).addresses;
  }

  serial(): Promise<number> {
    return serialOf(this.#dns, DOMAIN);
  }

  /** The page as a visitor gets it from the origin, or from the server at another address. */
  fetch(host: string, address = this.#scene.originAddress, target = '/'): Promise<Answer> {
    return ask({ port: this.#scene.httpPort, address, host: `${host}:${this.#scene.httpPort}`, target });
  }

  async api<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#admin}/api/v1/${path}`);
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return (await response.json()) as T;
  }

  status(): Promise<StatusView & { readonly healthy: boolean }> {
    return this.api('status');
  }

  async pages(): Promise<readonly PageView[]> {
    return (await this.api<{ pages: PageView[] }>('pages')).pages;
  }

  async page(path: string): Promise<PageView> {
    const page = (await this.pages()).find((other) => other.path === path);
    if (page === undefined) throw new Error(`the site has no page ${path}`);
    return page;
  }

  async replicas(): Promise<readonly ReplicaView[]> {
    return (await this.api<{ replicas: ReplicaView[] }>('replicas')).replicas;
  }

  async decisions(): Promise<readonly DecisionView[]> {
    return (await this.api<{ decisions: DecisionView[] }>('decisions')).decisions;
  }

  async explain(path: string): Promise<string> {
    const { lines } = await this.api<{ lines: string[] }>(`explain?page=${encodeURIComponent(path)}`);
    return lines.join('\n');
  }

  /** The value of a sample, e.g. `hotzone_instances{driver="process",state="serving"}`; undefined when it is not there. */
  async metric(sample: string): Promise<number | undefined> {
    const lines = (await this.metrics()).split('\n');
    const line = lines.find((other) => other.startsWith(`${sample} `));
    return line === undefined ? undefined : Number(line.slice(sample.length + 1));
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.#admin}/metrics`)).text();
  }

  /** `hotzone ARGS --url …` as a process. */
  async command(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return runHotzone([...args, '--url', this.#admin]);
  }

  until<T>(
    what: string,
    look: () => T | Promise<T>,
    patienceMs?: number,
  ): Promise<Exclude<T, false | null | undefined>> {
    return until(what, look, {
      ...(patienceMs === undefined ? {} : { patienceMs }),
      otherwise: () => this.story(),
    });
  }

  /** Its last words, for a failed test. */
  story(): string {
    return [this.text, ...this.log.slice(-40).map((line) => JSON.stringify(line))].join('\n');
  }
}

export async function runHotzone(
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
