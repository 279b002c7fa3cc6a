import { isIPv4 } from 'node:net';
import type { Clock } from '../../clock.js';
import type { QueryHandler } from './query-handler.js';
import type { Statistics } from './statistics.js';
import { type TcpLimits, TcpListener } from './tcp-listener.js';
import { UdpListener } from './udp-listener.js';

export interface ListenAddress {
  /** One address of this host; Node cannot choose the source address of a reply, so `0.0.0.0` is for one-homed hosts. */
  readonly address: string;
  /** 0 = any free one. */
  readonly port: number;
}

/** Where to listen, and the sockets that are open there already. */
export interface ListenWish extends ListenAddress {
  /** File descriptors of this process; null: it is to be opened. */
  readonly fds?: { readonly udp: number | null; readonly tcp: number | null };
}

export interface BoundAddress {
  readonly bound: ListenAddress;
  /** Takes no new connections, waits for those that are there to be quiet, a second at most, and answers until then. */
  close(): Promise<void>;
}

/** So often another free port is tried where TCP got one that UDP cannot have. */
const FREE_PORT_ATTEMPTS = 20;

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'stop what listens there (`ss -lnptu` shows it), or choose another port',
  EACCES: 'a port below 1024 needs root or CAP_NET_BIND_SERVICE; choose a higher one otherwise',
  EADDRNOTAVAIL: 'no interface of this host has that address',
};
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'address not available',
};

/** Listens over UDP and TCP at one address and the same port; rejects with what to do where it cannot be had. */
export async function listen(
  wanted: ListenWish,
  handler: QueryHandler,
  statistics: Statistics,
  limits: TcpLimits,
  clock: Clock,
): Promise<BoundAddress> {
  const isIpv4 = isIPv4(wanted.address);
  for (let attempt = 1; ; attempt += 1) {
    const tcp = new TcpListener(isIpv4, handler, statistics, limits, clock);
    const udp = new UdpListener(isIpv4, handler, statistics);
    let proto = 'tcp';
    try {
      const port = await tcp.listen(wanted.address, wanted.port, wanted.fds?.tcp ?? null);
      proto = 'udp';
      await udp.bind(wanted.address, port, wanted.fds?.udp ?? null);
      const close = async (): Promise<void> => {
        await tcp.drain();
        udp.close();
      };
      return { bound: { address: wanted.address, port }, close };
    } catch (error) {
      tcp.close();
      udp.close();
      if (proto === 'udp' && wanted.port === 0 && attempt < FREE_PORT_ATTEMPTS) continue;
      throw new Error(explain(proto, wanted, error));
    }
  }
}

/** `listen udp 127.0.0.1:53: address already in use; stop what …` */
function explain(proto: string, { address, port }: ListenAddress, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  const where = isIPv4(address) ? `${address}:${port}` : `[${address}]:${port}`;
  return [`listen ${proto} ${where}: ${reason}`, ADVICE[code]]
    .filter((part) => part !== undefined)
    .join('; ');
}
