import { join, resolve } from 'node:path';
import { LOG_LEVELS } from '../../telemetry/log.js';
import {
  ADDRESS,
  AMOUNT,
  COUNT,
  DESTINATION,
  DOMAIN,
  GATEWAY,
  LISTEN,
  NAME_SERVER,
  PORT,
  TEXT,
} from '../text-form.js';
import { PACKAGE_DIR } from '../version.js';
import { type Field, many, one, oneOf, path, paths, withDefault, yes } from './field.js';

const inFolder = (file: string, folder: string): string => resolve(folder, file);
/** A name without a slash is looked for in PATH. */
const program = (file: string, folder: string): string => (file.includes('/') ? resolve(folder, file) : file);

/**
 * Every setting that has an option, by the name that commander gives its value. Options and keys of the configuration
 * file are both made of this table, in the order in which `hotzone init` writes them.
 */
export const FIELDS = {
  domain: one(
    { key: 'zone.domain', flags: '--domain <name>', about: 'the zone; every page gets a name in it' },
    DOMAIN,
  ),
  listen: withDefault(
    many({ key: 'zone.listen', flags: '--listen <address:port>', about: 'where DNS is answered' }, LISTEN),
    [{ address: '127.0.0.1', port: 53 }],
  ),
  nameServer: many(
    {
      key: 'zone.nameServers',
      flags: '--name-server <host=address,...>',
      about:
        'NS records, with addresses for names within the zone; ns1.DOMAIN at the addresses of --listen unless given',
    },
    NAME_SERVER,
  ),
  hostmaster: one(
    {
      key: 'zone.hostmaster',
      flags: '--hostmaster <mail>',
      about: 'the SOA record’s mailbox; hostmaster@DOMAIN unless given',
    },
    TEXT,
  ),
  zoneFile: path(
    { key: 'zone.file', flags: '--zone-file <file>', about: "the operator's own records beside the pages" },
    inFolder,
  ),
  site: path({ key: 'site.folder', flags: '--site <dir>', about: 'the folder of static files' }, inFolder),
  naming: oneOf(
    { key: 'site.naming', flags: '--naming <scheme>', about: 'how pages are named' },
    ['flat', 'post'],
    'flat',
  ),
  policy: withDefault(
    paths(
      { key: 'policies', flags: '--policy <path...>', about: 'policy files, and folders of them' },
      inFolder,
    ),
    [join(PACKAGE_DIR, 'policies')],
  ),
  originListen: withDefault(
    many(
      { key: 'origin.listen', flags: '--origin-listen <address>', about: 'where the origin listens' },
      ADDRESS,
    ),
    ['127.0.0.1'],
  ),
  httpPort: withDefault(
    one(
      { key: 'origin.port', flags: '--http-port <port>', about: 'of the origin and of every replica' },
      PORT,
    ),
    80,
  ),
  originAddress: many(
    {
      key: 'origin.addresses',
      flags: '--origin-address <address>',
      about: 'what is answered for the origin, unless it is where it listens',
    },
    ADDRESS,
  ),
  externalOrigin: yes({
    key: 'origin.external',
    flags: '--external-origin',
    about: 'another program is the origin, at --origin-address (see hotzone origin)',
  }),
  originCounts: path(
    {
      key: 'origin.counts',
      flags: '--origin-counts <socket>',
      about:
        'where that program tells its requests (its --counts); without it DNS alone tells of demand, and only the ' +
        'requests of replicas are known, so policies of httpRequestRate boot none',
    },
    inFolder,
  ),
  pool: withDefault(
    many({ key: 'replicas.pool', flags: '--pool <prefix...>', about: 'addresses for replicas' }, TEXT),
    ['127.77.0.0/16'],
  ),
  maxInstances: withDefault(
    one(
      { key: 'replicas.max', flags: '--max-instances <n>', about: 'replicas at most, all policies together' },
      COUNT,
    ),
    100,
  ),
  maxHourlyCost: one(
    {
      key: 'replicas.maxHourlyCost',
      flags: '--max-hourly-cost <amount>',
      about: 'what they may cost an hour, all policies together, by the hourlyCost of their placements',
    },
    AMOUNT,
  ),
  stopReplicas: yes({
    key: 'replicas.stopWithDaemon',
    flags: '--stop-replicas',
    about: 'end the replicas with the daemon, instead of leaving them to the next one',
  }),
  qemu: withDefault(
    path({ key: 'qemu.program', flags: '--qemu <program>', about: 'what runs virtual machines' }, program),
    'qemu-system-x86_64',
  ),
  kernel: withDefault(
    path({ key: 'qemu.kernel', flags: '--kernel <file>', about: 'the page kernel that they boot' }, inFolder),
    join(PACKAGE_DIR, 'dist', 'src', 'unikernel', 'hotzone-kernel'),
  ),
  bridge: one(
    {
      key: 'qemu.bridge',
      flags: '--bridge <interface>',
      about: 'where they have their addresses, instead of forwarded ports on loopback',
    },
    TEXT,
  ),
  cgroup: path(
    {
      key: 'qemu.cgroup',
      flags: '--cgroup <folder>',
      about:
        'a delegated group of cgroup v2, in which each machine gets one with caps on memory and processor time',
    },
    inFolder,
  ),
  xenHost: many(
    {
      key: 'xen.hosts',
      flags: '--xen-host <destination...>',
      about: 'hosts where xl is run over ssh, e.g. root@dom0.example; unless given it is run here',
    },
    DESTINATION,
  ),
  xenSshKey: path(
    { key: 'xen.sshKey', flags: '--xen-ssh-key <file>', about: 'the private key for that' },
    inFolder,
  ),
  xenKnownHosts: path(
    {
      key: 'xen.knownHosts',
      flags: '--xen-known-hosts <file>',
      about: 'the keys of those hosts (known_hosts), and the only ones believed',
    },
    inFolder,
  ),
  xenFolder: withDefault(
    one(
      { key: 'xen.folder', flags: '--xen-folder <dir>', about: 'where those hosts get kernel and pages' },
      TEXT,
    ),
    '/var/lib/hotzone',
  ),
  xenBridge: withDefault(
    one(
      {
        key: 'xen.bridge',
        flags: '--xen-bridge <interface>',
        about: 'where domains of Xen have their addresses, on every host',
      },
      TEXT,
    ),
    'xenbr0',
  ),
  xenGateway: one(
    {
      key: 'xen.gateway',
      flags: '--xen-gateway <address/prefix>',
      about: "the domains' way out, and how long their network's prefix is; unless given the bridge's own",
    },
    GATEWAY,
  ),
  xenPlainVif: yes({
    key: 'xen.plainVif',
    flags: '--xen-plain-vif',
    about:
      "plug their network cards in by hotzone's own script, which knows bridges alone and takes a third of the time",
  }),
  admin: withDefault(
    one(
      { key: 'admin.listen', flags: '--admin <address:port>', about: 'status page, API and metrics' },
      LISTEN,
    ),
    { address: '127.0.0.1', port: 9153 },
  ),
  adminTokenFile: path(
    {
      key: 'admin.tokenFile',
      flags: '--admin-token-file <file>',
      about:
        'holds the token of those who may pin, pause and drain; made as admin-token below --state unless given',
    },
    inFolder,
  ),
  logLevel: oneOf(
    { key: 'log.level', flags: '--log-level <level>', about: 'how much is logged' },
    LOG_LEVELS,
    'info',
  ),
  state: withDefault(
    path({ key: 'state', flags: '--state <dir>', about: 'what must outlive the daemon' }, inFolder),
    process.env.STATE_DIRECTORY ?? '.hotzone',
  ),
} as const;

export type FieldName = keyof typeof FIELDS;
type ValueOf<F> = F extends Field<infer T> ? T : never;
/** What a command with these options gets, from whichever of command line, file and defaults says it first. */
export type Values<K extends FieldName> = { readonly [N in K]: ValueOf<(typeof FIELDS)[N]> };

export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

export function fieldOf(name: FieldName): Field<unknown> {
  return FIELDS[name] as Field<unknown>;
}

export const XEN_HOST_FIELDS = ['xenHost', 'xenSshKey', 'xenKnownHosts', 'xenFolder'] as const;
export const XEN_FIELDS = [...XEN_HOST_FIELDS, 'xenBridge', 'xenGateway', 'xenPlainVif'] as const;
export const QEMU_FIELDS = ['qemu', 'kernel', 'bridge', 'cgroup'] as const;
