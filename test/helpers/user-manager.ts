import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { until } from './daemon/until.js';
import { Daemon } from './daemon.js';

const SCRIPT = fileURLToPath(new URL('../../../test/fixtures/user-manager.sh', import.meta.url));
const RUNTIME = '/run/user/0';

/** A real systemd that runs units of a folder, in a mount namespace of its own; it takes root. */
export class UserManager {
  readonly #daemon: Daemon;

  /** Units are those below `folder`/systemd/user, and state is below `folder`/state. */
  static async start(folder: string): Promise<UserManager> {
    const manager = new UserManager(new Daemon('unshare', ['--mount', SCRIPT, folder]));
    await until(
      'the service manager runs',
      async () => (await manager.#run('is-system-running')) === 'running',
      {
        otherwise: () => manager.output,
      },
    );
    return manager;
  }

  private constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  /** Its log, and what units have said to standard output where it is the console. */
  get output(): string {
    return this.#daemon.output;
  }

  /** Rejects with what systemctl says where the job fails. */
  async systemctl(...args: readonly string[]): Promise<string> {
    const done = await execa('nsenter', this.#arguments(args));
    return done.stdout;
  }

  /** e.g. `property('hotzone.service', 'MainPID')`. */
  async property(unit: string, name: string): Promise<string> {
    return this.systemctl('show', '--property', name, '--value', unit);
  }

  stop(): Promise<void> {
    return this.#daemon.stop(30_000);
  }

  async #run(...args: readonly string[]): Promise<string> {
    if (this.#daemon.hasEnded) throw new Error(`the service manager has ended: ${this.output}`);
    const done = await execa('nsenter', this.#arguments(args), { reject: false });
    return done.stdout ?? '';
  }

  #arguments(args: readonly string[]): string[] {
    const target = ['--target', String(this.#daemon.pid), '--mount'];
    return [...target, 'env', `XDG_RUNTIME_DIR=${RUNTIME}`, 'systemctl', '--user', ...args];
  }
}
