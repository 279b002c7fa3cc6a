import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DriverFailure } from '../driver.js';
import { failureOf } from '../system-failure.js';
import type { Dom0, Ran } from './dom0.js';
import { xlFailure } from './xl-failure.js';

const COPY_TIMEOUT_MS = 60_000;
const LOOK_TIMEOUT_MS = 20_000;
/** find(1), -mmin: minutes after which a copy that nobody has asked for is removed. */
const KEEP_MINUTES = 60;
/** Far less than that: a copy that was seen this lately is still there. */
const TRUST_MS = 10 * 60_000;
const TIDY_EVERY_MS = 30 * 60_000;

/** Files at a host. Copies of this machine's files are named by their hash. */
export class HostFiles {
  readonly #dom0: Dom0;
  #hasFolder = false;
  #tidiedAt = Number.NEGATIVE_INFINITY;
  readonly #seen = new Map<string, number>();
  readonly #underway = new Map<string, Promise<string | DriverFailure>>();

  constructor(dom0: Dom0) {
    this.#dom0 = dom0;
  }

  /** The path there of a file of this machine. */
  async place(file: string): Promise<string | DriverFailure> {
    if (this.#dom0.isHere) return resolve(file);
    try {
      return await this.placeContent(await readFile(file), '0600');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      return failureOf(error);
    }
  }

  /** The path there of a file with these bytes; `mode` is octal. */
  placeContent(content: Uint8Array, mode: '0600' | '0700'): Promise<string | DriverFailure> {
    const hash = hashOf(content);
    const path = join(this.#dom0.folder, 'files', hash);
    if (performance.now() - (this.#seen.get(hash) ?? Number.NEGATIVE_INFINITY) < TRUST_MS)
      return Promise.resolve(path);
    const placing =
      this.#underway.get(hash) ??
      this.#copy(path, content, mode, hash).finally(() => this.#underway.delete(hash));
    this.#underway.set(hash, placing);
    return placing;
  }

  /** Nothing that was seen there is believed any more. */
  forget(): void {
    this.#seen.clear();
    this.#hasFolder = false;
  }

  /** Writes a file into the folder of the host that is used at once, and by nobody else. */
  async write(path: string, content: string): Promise<DriverFailure | null> {
    const made = this.#hasFolder ? null : await this.#do(['install', '-d', '-m', '0700', this.#dom0.folder]);
    this.#hasFolder = made === null;
    return made ?? this.#fill(path, Buffer.from(content));
  }

  /** Removes copies that nobody has asked for in a long time: xl reads them when it makes a domain, and never again. */
  async removeOld(): Promise<void> {
    const now = performance.now();
    if (this.#dom0.isHere || now - this.#tidiedAt < TIDY_EVERY_MS) return;
    this.#tidiedAt = now;
    const old = ['-type', 'f', '-mmin', `+${KEEP_MINUTES}`, '-delete'];
    await this.#run(['find', join(this.#dom0.folder, 'files'), ...old]);
  }

  async #copy(
    path: string,
    content: Uint8Array,
    mode: string,
    hash: string,
  ): Promise<string | DriverFailure> {
    // First of all, so that nobody takes it for unused.
    await this.#run(['touch', '-c', path]);
    if (!(await this.#hasHash(path, hash))) {
      const failure = await this.#writeWhole(path, content, mode, hash);
      if (failure !== null) return failure;
    }
    this.#seen.set(hash, performance.now());
    return path;
  }

  async #writeWhole(
    path: string,
    content: Uint8Array,
    mode: string,
    hash: string,
  ): Promise<DriverFailure | null> {
    const draft = `${path}.${randomUUID()}`;
    const failure =
      (await this.#do(['install', '-d', '-m', '0700', this.#dom0.folder, join(path, '..')])) ??
      (await this.#fill(draft, content)) ??
      (await this.#do(['chmod', mode, draft]));
    if (failure !== null) return failure;
    if (!(await this.#hasHash(draft, hash)))
      return { class: 'transient', message: `a file has not reached ${this.#dom0.name} as it was` };
    return this.#do(['mv', '-fT', draft, path]);
  }

  #fill(path: string, input: Uint8Array): Promise<DriverFailure | null> {
    return this.#do(['dd', `of=${path}`, 'bs=1M', 'status=none'], input);
  }

  async #hasHash(path: string, hash: string): Promise<boolean> {
    const { exitCode, stdout } = await this.#run(['sha256sum', path]);
    return exitCode === 0 && stdout.startsWith(`${hash} `);
  }

  #run(argv: readonly [string, ...string[]]): Promise<Ran> {
    return this.#dom0.run(argv, { timeoutMs: LOOK_TIMEOUT_MS });
  }

  async #do(argv: readonly [string, ...string[]], input?: Uint8Array): Promise<DriverFailure | null> {
    const given = input === undefined ? {} : { input };
    const ran = await this.#dom0.run(argv, { timeoutMs: COPY_TIMEOUT_MS, ...given });
    if (ran.exitCode === 0) return null;
    const failure = xlFailure(ran);
    return {
      ...failure,
      message: `cannot write to ${this.#dom0.folder} at ${this.#dom0.name}: ${failure.message}`,
    };
  }
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
