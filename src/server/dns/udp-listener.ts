import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { MAX_UDP_PAYLOAD } from '../../dns/edns.js';
import type { Origin, QueryHandler } from './query-handler.js';
import type { Statistics } from './statistics.js';

const RECEIVE_BUFFER_BYTES = 1_048_576;
/** Replies that the kernel has not taken yet; beyond that, answering more would only make all of them late. */
const MAX_SEND_QUEUE = 1_024;

/** Answers UDP messages at one address. */
export class UdpListener {
  readonly #socket: Socket;
  readonly #origin: Origin;
  readonly #handler: QueryHandler;
  readonly #statistics: Statistics;
  readonly #reply = Buffer.allocUnsafe(MAX_UDP_PAYLOAD);
  /** The first octets of `#reply` by their number. */
  readonly #views: Buffer[] = [];

  constructor(isIpv4: boolean, handler: QueryHandler, statistics: Statistics) {
    this.#origin = { isUdp: true, isIpv4 };
    this.#handler = handler;
    this.#statistics = statistics;
    this.#socket = createSocket({
      type: isIpv4 ? 'udp4' : 'udp6',
      ipv6Only: !isIpv4,
      // Peers come as addresses, which need no look-up, and the default one costs a turn of the event loop each.
      lookup: (address, _options, callback) => callback(null, address, isIpv4 ? 4 : 6),
    });
    this.#socket.on('message', (message, peer) => this.#receive(message, peer));
  }

  /** `fd`: a socket that is bound already, with buffers that its owner has chosen. Rejects where the address cannot be had. */
  async bind(address: string, port: number, fd: number | null): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind(fd === null ? { address, port, exclusive: true } : { fd, exclusive: true }, () => {
        this.#socket.off('error', reject);
        resolve();
      });
    });
    if (fd === null) this.#socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    // From here on an error is a reply that could not be sent, for instance to an unreachable network.
    this.#socket.on('error', () => this.#statistics.countDrop('overload'));
  }

  close(): void {
    this.#socket.close();
  }

  #receive(message: Buffer, peer: RemoteInfo): void {
    // No client has port 0: the source is forged (RFC 6335 section 6 reserves it).
    if (peer.port === 0) {
      this.#statistics.countDrop('source');
      return;
    }
    const queued = this.#socket.getSendQueueCount();
    if (queued > MAX_SEND_QUEUE) {
      this.#statistics.countDrop('overload');
      return;
    }
    // The kernel takes a reply at once as a rule. Where it did not, the buffer still belongs to that reply.
    const reply = queued === 0 ? this.#reply : Buffer.allocUnsafe(MAX_UDP_PAYLOAD);
    const length = this.#handler.handle(message, reply, this.#origin, peer.address);
    if (length === 0) return;
    const sent = queued === 0 ? this.#view(length) : reply.subarray(0, length);
    this.#socket.send(sent, peer.port, peer.address);
  }

  #view(length: number): Buffer {
    this.#views[length] ??= this.#reply.subarray(0, length);
    return this.#views[length];
  }
}
