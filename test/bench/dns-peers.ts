import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Daemon } from '../helpers/daemon.js';

export const ZONE = 'www.skjegstad.com';

/** A name server that serves the zone file of a folder at a port of 127.0.0.1. */
export interface Peer {
  readonly name: string;
  readonly program: string;
  /** The Debian package that has the program. */
  readonly aptPackage: string;
  /** Writes what the server needs into the folder and starts it in the foreground. */
  start(folder: string, port: number): Daemon;
}

/** Ours: the same zone, as pages, in a process of its own. */
export const HOTZONE: Peer = {
  name: 'hotzone',
  program: process.execPath,
  aptPackage: 'nodejs',
  start: (folder, port) =>
    new Daemon(process.execPath, [
      fileURLToPath(new URL('./dns-process.js', import.meta.url)),
      join(folder, 'pages.tsv'),
      String(port),
    ]),
};

/** One server process or worker thread each, and no rate limiting, since ours has neither more nor any. */
export const PEERS: readonly Peer[] = [
  {
    name: 'NSD',
    program: 'nsd',
    aptPackage: 'nsd',
    start: (folder, port) => {
      const config = join(folder, 'nsd.conf');
      writeFileSync(
        config,
        `server:
  ip-address: 127.0.0.1@${port}
  username: ""
  chroot: ""
  database: ""
  zonesdir: "${folder}"
  pidfile: "${folder}/nsd.pid"
  xfrdfile: "${folder}/xfrd.state"
  zonelistfile: "${folder}/nsd.list"
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: ${ZONE}
  zonefile: zone
`,
      );
      return new Daemon('nsd', ['-d', '-c', config]);
    },
  },
  {
    name: 'Knot',
    program: 'knotd',
    aptPackage: 'knot',
    start: (folder, port) => {
      const config = join(folder, 'knot.conf');
      mkdirSync(join(folder, 'knot'));
      writeFileSync(
        config,
        `server:
  listen: 127.0.0.1@${port}
  rundir: ${folder}/knot
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: ${folder}/knot
zone:
  - domain: ${ZONE}
    storage: ${folder}
    file: zone
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
`,
      );
      return new Daemon('knotd', ['-c', config]);
    },
  },
];
