import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const READY_TIMEOUT_MS = 20_000;
const KEPT_OUTPUT = 2_000;

/** A `hotzone` command that runs until it is told to end, or is killed. */
export class KillableDaemon {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: string[] = [];
  #pending = '';
  #changed: () => void = () => {};

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'close').then(() => this.#changed());
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (chunk: string) => this.#take(chunk));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Null while it runs, and after it was killed. */
  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** The last lines that it printed. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** Resolves to the first line, already printed or not, that matches. */
  async line(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      const found = this.#lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.hasEnded) throw new Error(`it has ended: ${this.output}`);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`no line matches ${pattern}: ${this.output}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves once it is gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }

  async ended(): Promise<void> {
    await this.#exited;
  }

  #take(chunk: string): void {
    const lines = (this.#pending + chunk).split('\n');
    this.#pending = lines.pop() ?? '';
    this.#lines.push(...lines);
    if (this.#lines.length > KEPT_OUTPUT) this.#lines.splice(0, this.#lines.length - KEPT_OUTPUT);
    this.#changed();
  }
}
