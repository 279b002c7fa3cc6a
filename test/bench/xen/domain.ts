import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dom0 } from '../../../src/driver/xl/dom0.js';
import { HostFiles } from '../../../src/driver/xl/host-files.js';
import { VIF_SCRIPT } from '../../../src/driver/xl/vif-script.js';
import { ask } from '../../helpers/http.js';
import { BRIDGE } from '../../helpers/xen-rig/dom0-system.js';
import type { ServedPage } from '../unikernel/page.js';
import type { Guest } from './guest.js';

/** By what a domain's network card is plugged in; `none`: it has no card, and is made without being run. */
export type Card = 'none' | 'stock script' | 'plain script';

/** Milliseconds. */
export interface Life {
  readonly create: number;
  /** From the beginning of `xl create` to the whole page; null: it did not serve in time. */
  readonly serve: number | null;
  readonly destroy: number;
}

const XL_TIMEOUT_MS = 120_000;
const SERVE_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 1_000;
const RETRY_MS = 5;

/** Makes domains by `xl` alone, without a driver, and looks at the clock. */
export class Domains {
  readonly #dom0: Dom0;
  readonly #files: HostFiles;
  readonly #page: ServedPage;
  #made = 0;

  constructor(dom0: Dom0, page: ServedPage) {
    this.#dom0 = dom0;
    this.#files = new HostFiles(dom0);
    this.#page = page;
  }

  /** One domain from its making to its end; null when xl makes none, e.g. for want of memory. */
  async live(guest: Guest, card: Card, patienceMs = SERVE_TIMEOUT_MS): Promise<Life | null> {
    this.#made += 1;
    const name = `bench-${this.#made}`;
    // Another one each time, so that nobody has the last one's MAC address in mind.
    const address = `10.77.0.${200 + (this.#made % 50)}`;
    const file = await this.#configure(guest, card, name, address);
    const startedAt = performance.now();
    if (!(await this.#xl('create', '-q', ...(card === 'none' ? ['-p'] : []), file))) return null;
    const create = performance.now() - startedAt;
    const serve =
      card !== 'none' && (await this.#serves(address, startedAt + patienceMs))
        ? performance.now() - startedAt
        : null;
    const endedAt = performance.now();
    if (!(await this.#xl('destroy', name))) throw new Error(`${name} does not end`);
    return { create, serve, destroy: performance.now() - endedAt };
  }

  async #configure(guest: Guest, card: Card, name: string, address: string): Promise<string> {
    const script = card === 'plain script' ? `,script=${await this.#script()}` : '';
    const ramdisk = guest.ramdisk === null ? [] : [`ramdisk = "${await this.#place(guest.ramdisk)}"`];
    const file = join(this.#dom0.folder, `${name}.cfg`);
    const failure = await this.#files.write(
      file,
      [
        `name = "${name}"`,
        `type = "${guest.type}"`,
        `kernel = "${await this.#place(guest.kernel)}"`,
        ...ramdisk,
        `cmdline = "${guest.words(address)}"`,
        `memory = ${guest.memory}`,
        'vcpus = 1',
        ...(card === 'none' ? [] : [`vif = [ "bridge=${BRIDGE}${script}" ]`]),
        // What fails shall not try again, nor go before it is destroyed.
        ...['poweroff', 'reboot', 'crash'].map((event) => `on_${event} = "preserve"`),
        '',
      ].join('\n'),
    );
    if (failure !== null) throw new Error(failure.message);
    return file;
  }

  async #xl(...args: readonly string[]): Promise<boolean> {
    const ran = await this.#dom0.run(['xl', ...args], { timeoutMs: XL_TIMEOUT_MS });
    return ran.exitCode === 0;
  }

  async #place(file: string): Promise<string> {
    return orThrow(await this.#files.place(file));
  }

  async #script(): Promise<string> {
    return orThrow(await this.#files.placeContent(Buffer.from(VIF_SCRIPT), '0700'));
  }

  async #serves(address: string, deadline: number): Promise<boolean> {
    const { host, path, body } = this.#page;
    for (; performance.now() < deadline; await sleep(RETRY_MS)) {
      const asked = ask({ address, port: 80, host, target: path }).catch(() => null);
      const answer = await Promise.race([asked, sleep(ANSWER_TIMEOUT_MS, null, { ref: false })]);
      if (answer?.status === 200 && answer.body.equals(body)) return true;
    }
    return false;
  }
}

function orThrow(placed: string | { readonly message: string }): string {
  if (typeof placed !== 'string') throw new Error(placed.message);
  return placed;
}
