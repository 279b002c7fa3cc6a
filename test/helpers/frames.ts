import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** Frames by hand, for what no sound TCP would send. */

export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;
export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;

export interface Segment {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly flags: number;
  readonly sequence?: number;
  readonly acknowledged?: number;
  readonly payload?: Uint8Array;
}

/** A segment to port 80, without options (RFC 9293 section 3.1). */
export function segment(part: Segment): Buffer {
  const {
    source,
    destination,
    port,
    flags,
    sequence = 0,
    acknowledged = 0,
    payload = Buffer.alloc(0),
  } = part;
  const header = Buffer.alloc(20);
  header.writeUInt16BE(port, 0);
  header.writeUInt16BE(80, 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(acknowledged, 8);
  header.writeUInt8(5 << 4, 12);
  header.writeUInt8(flags, 13);
  header.writeUInt16BE(0xffff, 14);
  const whole = Buffer.concat([header, payload]);
  const pseudo = Buffer.from([...octets(source), ...octets(destination), 0, TCP, 0, 0]);
  pseudo.writeUInt16BE(whole.length, 10);
  whole.writeUInt16BE(checksum(Buffer.concat([pseudo, whole])), 16);
  return whole;
}

export interface Packet {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly payload: Uint8Array;
  readonly identification?: number;
  /** Bytes, a multiple of 8. */
  readonly offset?: number;
  readonly hasMore?: boolean;
}

/** An IPv4 packet, or a fragment of one (RFC 791 section 3.1). */
export function packet(part: Packet): Buffer {
  const { source, destination, protocol, payload, identification = 0, offset = 0, hasMore = false } = part;
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(identification, 4);
  header.writeUInt16BE((hasMore ? 0x2000 : 0) | (offset / 8), 6);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  header.set([...octets(source), ...octets(destination)], 12);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** An Ethernet frame with an IPv4 packet, from a MAC address that nobody has. */
export function frame(to: string, payload: Uint8Array): Buffer {
  const mac = to.split(':').map((part) => Number.parseInt(part, 16));
  return Buffer.concat([Buffer.from([...mac, 0x02, 0, 0, 0, 0, 0xaa, 0x08, 0x00]), payload]);
}

/** RFC 1071. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function octets(address: string): readonly number[] {
  return address.split('.').map(Number);
}

/** A cable to a machine's network card, frame by frame: QEMU's socket network, one datagram a frame. */
export class Cable {
  readonly #socket: Socket;
  readonly #machinePort: number;
  /** The longest frame that the machine has sent, in bytes, since somebody set this to 0. */
  longest = 0;

  private constructor(socket: Socket, machinePort: number) {
    this.#socket = socket;
    this.#machinePort = machinePort;
    socket.on('message', (sent: Buffer) => {
      this.longest = Math.max(this.longest, sent.length);
    });
    // There is nobody at the other end before the machine starts and after it ends.
    socket.on('error', () => {});
  }

  /** `machinePort` is the UDP port of QEMU's end on 127.0.0.1. */
  static async open(machinePort: number): Promise<Cable> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Cable(socket, machinePort);
  }

  /** What QEMU has to be told to be at the other end. */
  get netdev(): string {
    const { port } = this.#socket.address() as AddressInfo;
    return `socket,udp=127.0.0.1:${port},localaddr=127.0.0.1:${this.#machinePort}`;
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.#machinePort, '127.0.0.1');
  }

  close(): void {
    this.#socket.close();
  }
}
