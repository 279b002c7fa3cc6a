import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import {
  formatSocket,
  parseSocketTable,
  SocketShelf,
  takeInheritedSockets,
} from '../../src/server/inherited-sockets.js';

const FIELDS = 'sl local rem st tx:rx tr:tm retrnsmt uid timeout inode';

test('a socket of each kind is found in the tables of this very kernel', async (t) => {
  const server = createServer();
  server.listen(0, '127.1.2.3');
  const socket = createSocket('udp6');
  socket.bind(0, '::1');
  t.after(() => {
    server.close();
    socket.close();
  });
  await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
  const found = (name: string, proto: 'udp' | 'tcp'): readonly string[] => {
    const table = parseSocketTable(readFileSync(`/proc/self/net/${name}`, 'latin1'), proto);
    return [...table.values()].map(formatSocket);
  };
  const bound = server.address();
  assert.ok(typeof bound === 'object' && bound !== null);
  assert.ok(found('tcp', 'tcp').includes(`tcp 127.1.2.3:${bound.port}`));
  assert.ok(found('udp6', 'udp').includes(`udp [::1]:${socket.address().port}`));
});

test('connections are no sockets that listen', () => {
  const table = `${FIELDS}
   0: 0100007F:0035 00000000:0000 0A 0:0 0:0 0 0 0 11 1 0
   1: 0100007F:0035 0100007F:C001 01 0:0 0:0 0 0 0 12 1 0\n`;
  assert.deepEqual([...parseSocketTable(table, 'tcp').keys()], ['11']);
});

test('the environment tells of sockets only the process that it names, and is cleared', () => {
  const of = (pid: number): NodeJS.ProcessEnv => ({
    LISTEN_PID: String(pid),
    LISTEN_FDS: '1',
    LISTEN_FDNAMES: 'a',
  });
  const other = of(process.pid + 1);
  assert.deepEqual(takeInheritedSockets(other), []);
  assert.deepEqual(other, {});
  assert.deepEqual(takeInheritedSockets({ LISTEN_PID: String(process.pid), LISTEN_FDS: 'x' }), []);
});

test('each socket is taken once, and one that nobody wants is a problem', () => {
  const shelf = new SocketShelf([
    { fd: 3, proto: 'udp', address: '192.0.2.1', port: 53 },
    { fd: 4, proto: 'tcp', address: '2001:db8::1', port: 53 },
  ]);
  assert.equal(shelf.take('tcp', '192.0.2.1', 53), null);
  assert.equal(shelf.take('udp', '192.0.2.1', 53), 3);
  assert.equal(shelf.take('udp', '192.0.2.1', 53), null);
  assert.match(String(shelf.problems()[0]?.message), /for tcp at 2001:db8::1 port 53 was handed over/);
  assert.equal(shelf.take('tcp', '2001:DB8:0:0::1', 53), 4);
  assert.deepEqual(shelf.problems(), []);
});
