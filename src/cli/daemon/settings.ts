import type { NamingScheme } from '../../site/page.js';
import type { LogLevel } from '../../telemetry/log.js';
import type { QemuSettings } from '../qemu-settings.js';
import type { Listen } from '../text-form.js';
import type { XenSettings } from '../xen-settings.js';

export type { Listen };

/** Everything that a daemon is started with. */
export interface DaemonSettings {
  readonly domain: string;
  readonly site: { readonly dir: string; readonly naming: NamingScheme };
  /** Policy files, and folders of them. */
  readonly policies: readonly string[];
  /** The operator's records beside the pages; null: SOA and NS are made from `nameServers`. */
  readonly zoneFile: string | null;
  readonly nameServers: readonly { readonly host: string; readonly addresses: readonly string[] }[];
  readonly hostmaster: string;
  readonly dns: readonly Listen[];
  readonly admin: Listen;
  /** Holds the token of those who may give orders; null: one is made in the state folder. */
  readonly adminTokenFile: string | null;
  readonly http: {
    /** The port of the origin and of every replica, since DNS carries none. */
    readonly port: number;
    /** Where the origin listens; empty: another program is the origin. */
    readonly originListen: readonly string[];
    /** What the name server answers for the origin. */
    readonly originAddresses: readonly string[];
    /** The Unix socket at which another program that is the origin tells its request counts; null: it tells none. */
    readonly originCounts: string | null;
  };
  /** Prefixes of the addresses that replicas get. */
  readonly pool: readonly string[];
  readonly qemu: QemuSettings;
  readonly xen: XenSettings;
  readonly maxInstances: number;
  /** Null: no limit. */
  readonly maxHourlyCost: number | null;
  /** Holds the database, the bundles, and what drivers have to keep. */
  readonly stateDir: string;
  readonly tickIntervalMs: number;
  readonly logLevel: LogLevel;
}
