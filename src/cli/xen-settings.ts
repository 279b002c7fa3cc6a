import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import ipaddr from 'ipaddr.js';
import type { Gateway, XlDriverOptions } from '../driver/xl/xl-options.js';

/** How domains of Xen are made. */
export interface XenSettings {
  readonly bridge: string;
  readonly gateway: Gateway | null;
  /** Whether network cards are plugged in by hotzone's own script. */
  readonly plainVif: boolean;
  /** Destinations of ssh(1); empty: this host. */
  readonly hosts: readonly string[];
  readonly sshKey: string | null;
  readonly knownHosts: string | null;
  /** A folder of those hosts. */
  readonly folder: string;
}

export const XEN_DEFAULTS: XenSettings = {
  bridge: 'xenbr0',
  gateway: null,
  plainVif: false,
  hosts: [],
  sshKey: null,
  knownHosts: null,
  folder: '/var/lib/hotzone',
};

/** The options behind `xenSettings`. */
export function withXenOptions(command: Command): Command {
  return withXenHostOptions(command)
    .option(
      '--xen-bridge <interface>',
      'where domains of Xen have their addresses, on every host',
      XEN_DEFAULTS.bridge,
    )
    .option(
      '--xen-gateway <address/prefix>',
      "the domains' way out, and how long their network's prefix is; unless given the bridge's own",
      parseGateway,
    )
    .option(
      '--xen-plain-vif',
      "plug their network cards in by hotzone's own script, which knows bridges alone and takes a third of the time",
    );
}

/** Where domains are, without how they are made. */
export function withXenHostOptions(command: Command): Command {
  return command
    .option(
      '--xen-host <destination...>',
      'hosts where xl is run over ssh, e.g. root@dom0.example; unless given it is run here',
      parseDestination,
    )
    .option('--xen-ssh-key <file>', 'the private key for that')
    .option('--xen-known-hosts <file>', 'the keys of those hosts (known_hosts), and the only ones believed')
    .option('--xen-folder <dir>', 'where those hosts get kernel and pages', XEN_DEFAULTS.folder);
}

export interface XenHostOptions {
  readonly xenHost?: readonly string[];
  readonly xenSshKey?: string;
  readonly xenKnownHosts?: string;
  readonly xenFolder: string;
}

export interface XenOptions extends XenHostOptions {
  readonly xenBridge: string;
  readonly xenGateway?: Gateway;
  readonly xenPlainVif?: true;
}

export function xenHostSettings(options: XenHostOptions): XenSettings {
  return {
    ...XEN_DEFAULTS,
    hosts: options.xenHost ?? [],
    sshKey: options.xenSshKey ?? null,
    knownHosts: options.xenKnownHosts ?? null,
    folder: options.xenFolder,
  };
}

export function xenSettings(options: XenOptions): XenSettings {
  return {
    ...xenHostSettings(options),
    bridge: options.xenBridge,
    gateway: options.xenGateway ?? null,
    plainVif: options.xenPlainVif ?? false,
  };
}

/** Where domains have what is kept of them. */
export function domainDir(stateDir: string): string {
  return join(stateDir, 'domains');
}

export function xlOptions(settings: XenSettings, kernel: string, stateDir: string): XlDriverOptions {
  const { bridge, gateway, plainVif, hosts, sshKey: key, knownHosts, folder } = settings;
  return {
    stateDir: domainDir(stateDir),
    kernel,
    bridge,
    gateway,
    plainVif,
    hosts,
    ssh: { key, knownHosts, folder },
  };
}

function parseGateway(text: string): Gateway {
  if (!ipaddr.isValidCIDR(text))
    throw new InvalidArgumentError('Expected an address and the length of its prefix, e.g. 10.77.0.1/24.');
  const [address, prefix] = ipaddr.parseCIDR(text);
  return { address: address.toString(), prefix };
}

/** What begins with a hyphen is an option to ssh(1), and one that runs programs here is among them. */
function parseDestination(text: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[^\s-]\S*$/.test(text))
    throw new InvalidArgumentError('Expected what ssh takes as a destination, e.g. root@dom0.example.');
  return [...(before ?? []), text];
}
