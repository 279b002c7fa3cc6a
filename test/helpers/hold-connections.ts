/**
 * A client of its own process, to be run where the server's network is: `hold-connections.js ADDRESS HOST COUNT` opens
 * so many connections, asks on all of them once all are open, and prints how many were answered.
 */
import { connect } from 'node:net';

const [address = '', host = '', count = '0'] = process.argv.slice(2);
const request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

const open = (): Promise<() => Promise<boolean>> =>
  new Promise((resolve) => {
    const socket = connect(80, address);
    const answered = new Promise<boolean>((answer) => {
      socket.once('data', (chunk) => answer(chunk.toString().startsWith('HTTP/1.1 200 OK\r\n')));
      socket.once('close', () => answer(false));
    });
    const ask = (): Promise<boolean> => {
      socket.write(request);
      return answered;
    };
    socket.once('connect', () => resolve(ask));
    socket.once('error', () => resolve(() => Promise.resolve(false)));
  });

const asks = await Promise.all(Array.from({ length: Number(count) }, open));
const answers = await Promise.all(asks.map((ask) => ask()));
process.stdout.write(`${answers.filter(Boolean).length}\n`);
process.exit();
