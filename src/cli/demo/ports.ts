import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** `wanted` if it is free for TCP and UDP on the loopback address, else one that the system chooses. */
export async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    const socket = createSocket('udp4');
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      const got = (server.address() as AddressInfo).port;
      socket.bind(got, '127.0.0.1');
      await once(socket, 'listening');
      return got;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    } finally {
      server.close();
      socket.close();
    }
  }
  return freePort(0);
}
