import { readFileSync, readlinkSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
import type { Problem } from '../problem.js';

/** A socket that whoever started this process had open already, as systemd does (sd_listen_fds(3)). */
export interface InheritedSocket {
  readonly fd: number;
  readonly proto: Proto;
  /** In the form of `ipaddr.js`. */
  readonly address: string;
  readonly port: number;
}

type Proto = 'udp' | 'tcp';

const FIRST_FD = 3;
/** States of proc_net_tcp(5): a TCP socket that listens, a UDP socket without a peer. */
const LISTENING = { tcp: '0A', udp: '07' } as const;

/**
 * The sockets that were handed to this very process, none as a rule. The variables that tell of them are taken out of
 * the environment, so that no child takes them for its own.
 */
export function takeInheritedSockets(environment: NodeJS.ProcessEnv): readonly InheritedSocket[] {
  const { LISTEN_PID: pid, LISTEN_FDS: count } = environment;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete environment[name];
  if (pid !== String(process.pid) || !/^\d{1,4}$/.test(count ?? '')) return [];
  return socketsAt(Array.from({ length: Number(count) }, (_, index) => FIRST_FD + index));
}

/** Those of the file descriptors that are sockets which listen. */
function socketsAt(fds: readonly number[]): readonly InheritedSocket[] {
  const open = new Map<string, Omit<InheritedSocket, 'fd'>>();
  for (const proto of ['udp', 'tcp'] as const)
    for (const version of ['', '6'])
      for (const [inode, socket] of parseSocketTable(readTable(`${proto}${version}`), proto))
        open.set(inode, socket);
  return fds.flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(fd))?.[1] ?? '';
    const socket = open.get(inode);
    return socket === undefined ? [] : [{ fd, ...socket }];
  });
}

/** What the kernel says of its sockets (proc_net_tcp(5), whose numbers are in the byte order of the host), by inode. */
export function parseSocketTable(
  table: string,
  proto: Proto,
): ReadonlyMap<string, Omit<InheritedSocket, 'fd'>> {
  const sockets = new Map<string, Omit<InheritedSocket, 'fd'>>();
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (inode === undefined || state !== LISTENING[proto]) continue;
    const words = address.match(/.{8}/g) ?? [];
    const octets = words.flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
    sockets.set(inode, {
      proto,
      address: ipaddr.fromByteArray(octets).toString(),
      port: Number.parseInt(port, 16),
    });
  }
  return sockets;
}

/** Hands each socket to the one that wants to listen there, once. */
export class SocketShelf {
  readonly #left: InheritedSocket[];

  constructor(sockets: readonly InheritedSocket[]) {
    this.#left = [...sockets];
  }

  /** Null: whoever wants to listen there has to open a socket. */
  take(proto: Proto, address: string, port: number): number | null {
    const wanted = ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address;
    const found = this.#left.findIndex(
      (socket) => socket.proto === proto && socket.address === wanted && socket.port === port,
    );
    return found === -1 ? null : (this.#left.splice(found, 1)[0]?.fd ?? null);
  }

  /** Queries to a socket that nobody reads would wait there for good. */
  problems(): readonly Problem[] {
    return this.#left.map(({ proto, address, port }) => ({
      where: 'LISTEN_FDS',
      message: `a socket for ${proto} at ${address} port ${port} was handed over, and no setting listens there`,
      hint: 'have the socket unit and the configuration name the same addresses',
    }));
  }
}

/** For a log: `udp 127.0.0.1:53`. */
export function formatSocket({ proto, address, port }: Omit<InheritedSocket, 'fd'>): string {
  return `${proto} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function readTable(name: string): string {
  try {
    return readFileSync(`/proc/self/net/${name}`, 'latin1');
  } catch {
    // A kernel without IPv6 has no table of it.
    return '';
  }
}

function linkOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
