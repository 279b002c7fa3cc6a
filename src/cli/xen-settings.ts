import { join } from 'node:path';
import type { Gateway, XlDriverOptions } from '../driver/xl/xl-options.js';
import { FIELDS, type Values, type XEN_FIELDS, type XEN_HOST_FIELDS } from './config/fields.js';

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
  bridge: FIELDS.xenBridge.fallback,
  gateway: null,
  plainVif: false,
  hosts: [],
  sshKey: null,
  knownHosts: null,
  folder: FIELDS.xenFolder.fallback,
};

export function xenHostSettings(options: Values<(typeof XEN_HOST_FIELDS)[number]>): XenSettings {
  return {
    ...XEN_DEFAULTS,
    hosts: options.xenHost ?? [],
    sshKey: options.xenSshKey ?? null,
    knownHosts: options.xenKnownHosts ?? null,
    folder: options.xenFolder,
  };
}

export function xenSettings(options: Values<(typeof XEN_FIELDS)[number]>): XenSettings {
  return {
    ...xenHostSettings(options),
    bridge: options.xenBridge,
    gateway: options.xenGateway ?? null,
    plainVif: options.xenPlainVif,
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
