import type { DriverFailure } from '../driver.js';
import type { BridgeAddress } from '../machine/bridge.js';
import { type Dom0, HostUnreachable } from './dom0.js';
import { domidsOf, type ListedDomain, parseDomainAddresses, parseDomainTable } from './domain-list.js';
import { bridgeAddressesAt } from './domain-network.js';
import { endDomain } from './end-domain.js';
import { HostFiles } from './host-files.js';
import { xlFailure } from './xl-failure.js';
import type { HostTrouble } from './xl-options.js';

/** Less than a tick waits for a list. */
const LIST_TIMEOUT_MS = 4_000;
/** For a host with much to do, where nothing waits but the end of a domain. */
const PATIENT_LIST_TIMEOUT_MS = 20_000;
/** A host that could not be reached is not tried again before. */
const REST_MS = 10_000;
/** A bridge's address hardly ever changes. */
const BRIDGE_TRUST_MS = 60_000;

/** A control domain, and what is known of it. */
export class Host {
  readonly dom0: Dom0;
  readonly files: HostFiles;
  readonly #onTrouble: (trouble: HostTrouble) => void;
  #trouble: { readonly error: HostUnreachable; readonly until: number } | null = null;
  #bridge: { readonly addresses: readonly BridgeAddress[]; readonly until: number } | null = null;

  constructor(dom0: Dom0, onTrouble: (trouble: HostTrouble) => void) {
    this.#onTrouble = onTrouble;
    this.dom0 = {
      ...dom0,
      run: async (argv, options) => {
        if (this.#trouble !== null && performance.now() < this.#trouble.until) throw this.#trouble.error;
        try {
          const ran = await dom0.run(argv, options);
          this.#reached();
          return ran;
        } catch (error) {
          if (error instanceof HostUnreachable) this.#failed(error);
          throw error;
        }
      },
    };
    this.files = new HostFiles(this.dom0);
  }

  get name(): string {
    return this.dom0.name;
  }

  /** Every domain of hotzone there, whoever's. @throws HostUnreachable */
  async domains(): Promise<readonly ListedDomain[]> {
    if (this.dom0.absence() !== null) return [];
    return parseDomainTable(await this.#list('-v', LIST_TIMEOUT_MS));
  }

  /** Addresses of the domains by their numbers, from what Xen was told of them. @throws HostUnreachable */
  async addresses(): Promise<ReadonlyMap<number, string>> {
    return parseDomainAddresses(await this.#list('-l', LIST_TIMEOUT_MS)) ?? new Map();
  }

  /** Ends every domain with a UUID, whatever else is known of it. @throws HostUnreachable */
  async endAll(uuid: string): Promise<void> {
    if (this.dom0.absence() !== null) return;
    const domids = domidsOf(await this.#list('-v', PATIENT_LIST_TIMEOUT_MS), uuid);
    for (const domid of domids) await endDomain(this.dom0, String(domid));
  }

  async #list(form: '-v' | '-l', timeoutMs: number): Promise<string> {
    const ran = await this.dom0.run(['xl', 'list', form], { timeoutMs });
    if (ran.exitCode !== 0) throw new HostUnreachable(this.name, xlFailure(ran).message);
    return ran.stdout;
  }

  async bridgeAddresses(bridge: string): Promise<readonly BridgeAddress[] | DriverFailure> {
    if (this.#bridge !== null && performance.now() < this.#bridge.until) return this.#bridge.addresses;
    const found = await bridgeAddressesAt(this.dom0, bridge);
    if (!('class' in found)) this.#bridge = { addresses: found, until: performance.now() + BRIDGE_TRUST_MS };
    return found;
  }

  /** What was believed may have been the fault. */
  forget(): void {
    this.#bridge = null;
    this.files.forget();
  }

  #failed(error: HostUnreachable): void {
    if (this.#trouble === null) this.#onTrouble({ host: this.name, message: error.message });
    this.#trouble = { error, until: performance.now() + REST_MS };
    this.forget();
  }

  #reached(): void {
    if (this.#trouble !== null) this.#onTrouble({ host: this.name, message: null });
    this.#trouble = null;
  }
}
