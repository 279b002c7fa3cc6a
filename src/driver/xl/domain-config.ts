import { z } from 'zod';
import { type DomainName, domainName } from './domain-name.js';
import type { DomainType } from './kernel-type.js';

/** Everything that a domain is made of; paths are absolute, and the host's. */
export interface DomainConfig {
  readonly name: DomainName;
  readonly type: DomainType;
  readonly kernel: string;
  /** The boot module; null: none. */
  readonly ramdisk: string | null;
  readonly commandLine: string;
  /** Raw images, which the domain may only read; `xvdb` is the first, as MirageOS keeps `xvda` for a boot disk. */
  readonly disks: readonly string[];
  /** MiB. */
  readonly memory: number;
  readonly mac: string;
  readonly bridge: string;
  /** What plugs the network card in; null: what the host is set up with. */
  readonly script: string | null;
}

/** What a later driver has to know about a domain. */
export interface DomainRecord {
  readonly owner: string;
  /** Where it is, as the operator calls it; replicas of one page are spread. */
  readonly host: string;
  readonly page: string;
  /** Where control requests go, and the secret that they need. */
  readonly address: string;
  readonly port: number;
  /** Empty: the domain runs an image of its own, and takes no such requests. */
  readonly token: string;
}

const domainRecord = z.object({
  owner: z.string(),
  host: z.string(),
  page: z.string(),
  address: z.string(),
  port: z.number(),
  token: z.string(),
});
/** Of the scheduler; the control domain has 256, unless its operator gave it another (xl(1), "sched-credit2"). */
const CPU_WEIGHT = 32;
const COMMENT = '# ';
const LETTERS = 'bcdefghi';

/** A file of xl.cfg(5), with the domain's record in its first line. */
export function formatDomainConfig(config: DomainConfig, record: DomainRecord): string {
  const script = config.script === null ? '' : `,script=${config.script}`;
  const disks = config.disks.map((disk, index) => quote(`${disk},raw,xvd${LETTERS[index]},r`));
  return [
    `${COMMENT}${JSON.stringify(record)}`,
    `name = ${quote(domainName(config.name))}`,
    `uuid = ${quote(config.name.id)}`,
    `type = ${quote(config.type)}`,
    `kernel = ${quote(config.kernel)}`,
    ...(config.ramdisk === null ? [] : [`ramdisk = ${quote(config.ramdisk)}`]),
    `cmdline = ${quote(config.commandLine)}`,
    `memory = ${config.memory}`,
    'vcpus = 1',
    '# An eighth of what the control domain has: many that boot at once must not keep it from serving them all.',
    `cpu_weight = ${CPU_WEIGHT}`,
    `vif = [ ${quote(`mac=${config.mac},bridge=${config.bridge}${script}`)} ]`,
    ...(disks.length === 0 ? [] : [`disk = [ ${disks.join(', ')} ]`]),
    "# A domain that ends keeps its console until hotzone has read there why, and destroys it: with 'destroy' the",
    '# reason would be gone with it.',
    'on_poweroff = "preserve"',
    'on_reboot = "preserve"',
    'on_crash = "preserve"',
    '',
  ].join('\n');
}

/** `null` unless it is a file of `formatDomainConfig`. */
export function parseDomainRecord(text: string): DomainRecord | null {
  try {
    const parsed = domainRecord.safeParse(JSON.parse(text.slice(COMMENT.length, text.indexOf('\n'))));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** xl.cfg(5) knows no way to write a quote in a value, and a comma ends a part of one. */
const UNWRITABLE = /["\\\n,]/;
const UNQUOTABLE = /["\\\n]/;

/** Why a command line cannot stand in a configuration, or null. */
export function unquotable(commandLine: string): string | null {
  return UNQUOTABLE.test(commandLine)
    ? `the command line ${JSON.stringify(commandLine)} has a quote, a backslash or a line break, which xl cannot take`
    : null;
}

/** Why a path cannot stand in a configuration, or null. */
export function unwritable(path: string | null): string | null {
  return path !== null && UNWRITABLE.test(path)
    ? `the path ${path} has a quote, a comma, a backslash or a line break, which xl cannot take`
    : null;
}

function quote(value: string): string {
  if (UNQUOTABLE.test(value)) throw new Error(`a configuration of xl cannot hold ${JSON.stringify(value)}`);
  return `"${value}"`;
}
