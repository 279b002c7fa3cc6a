/** Where domains are made, and what they are given. */
export interface XlDriverOptions {
  /** Holds the domains' configurations, which have secrets, and what their consoles said; made if it is not there. */
  readonly stateDir: string;
  /** The page kernel, a PVH ELF file. */
  readonly kernel: string;
  /** The bridge of every control domain at which the domains have their addresses. */
  readonly bridge: string;
  /** Where the domains send what is not for their own network; null: the bridge's own address. */
  readonly gateway: Gateway | null;
  /** Plugs the network card in by a script of hotzone's own, which is quicker than what the distribution has. */
  readonly plainVif: boolean;
  /** Control domains, reached over ssh; empty: this host is one. */
  readonly hosts: readonly string[];
  readonly ssh: SshOptions;
  /** Told when a host cannot be used, and once when it can again. */
  readonly onTrouble?: (trouble: HostTrouble) => void;
}

export interface Gateway {
  readonly address: string;
  readonly prefix: number;
}

export interface SshOptions {
  /** The private key; null: those that the user has for everything. */
  readonly key: string | null;
  /** A file of known_hosts and the only one that is believed; null: those of user and system. */
  readonly knownHosts: string | null;
  /** A folder of the hosts for kernel, bundles and configurations; made if it is not there. */
  readonly folder: string;
}

export interface HostTrouble {
  readonly host: string;
  /** Null: it is over. */
  readonly message: string | null;
}
