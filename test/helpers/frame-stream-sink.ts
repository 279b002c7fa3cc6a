import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer, type Socket } from 'node:net';

const CONTENT_TYPE = Buffer.from('protobuf:dnstap.Dnstap');
const READY = 4;
const ACCEPT = 1;
const CONTENT_TYPE_FIELD = 1;

/**
 * Takes what a name server sends to a dnstap socket and writes it into a file: the receiver's half of Frame Streams'
 * bidirectional handshake (READY, ACCEPT, then the stream as it is in a file).
 */
export async function openFrameStreamSink(socket: string, file: string): Promise<{ close(): Promise<void> }> {
  const out = createWriteStream(file);
  const connections = new Set<Socket>();
  const server = createServer((connection) => {
    connections.add(connection);
    let greeting: Buffer | null = Buffer.alloc(0);
    connection.on('error', () => undefined);
    connection.on('data', (chunk: Buffer) => {
      if (greeting === null) {
        out.write(chunk);
        return;
      }
      greeting = Buffer.concat([greeting, chunk]);
      const length = 8 + (greeting.length >= 8 ? greeting.readUInt32BE(4) : 0);
      if (greeting.length < Math.max(12, length)) return;
      if (greeting.readUInt32BE(8) !== READY) throw new Error('the sender does not begin with READY');
      out.write(greeting.subarray(length));
      greeting = null;
      connection.write(control(ACCEPT, CONTENT_TYPE));
    });
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    close: async () => {
      server.close();
      for (const connection of connections) connection.destroy();
      out.end();
      await once(out, 'finish');
    },
  };
}

function control(type: number, contentType: Buffer): Buffer {
  const words = Buffer.alloc(20);
  for (const [place, value] of [
    0,
    12 + contentType.length,
    type,
    CONTENT_TYPE_FIELD,
    contentType.length,
  ].entries())
    words.writeUInt32BE(value, 4 * place);
  return Buffer.concat([words, contentType]);
}
