/**
 * A client of a name server in a process of its own: `fork('latency-process.js', [PORT, NAME])`. It asks at a low,
 * steady rate, and for each message from its parent sends back the latencies since the last one, in milliseconds.
 */
import { createSocket } from 'node:dgram';
import { encode } from 'dns-packet';

const INTERVAL_MS = 2;
const IDS = 65_536;
/** What is not answered by then counts with this time. */
const TIMEOUT_MS = 1_000;

const [port = '53', name = ''] = process.argv.slice(2);
const query = encode({ type: 'query', id: 0, flags: 0, questions: [{ type: 'A', name }] });
/** When the query of an id was sent; 0: it is answered, or was not. Typed arrays, for garbage would be collected while it measures. */
const sentAt = new Float64Array(IDS);
const latencies = new Float64Array(IDS);
let count = 0;
let nextId = 0;
let oldestId = 0;

function note(id: number, latency: number): void {
  sentAt[id] = 0;
  latencies[count] = latency;
  count += 1;
}

const socket = createSocket('udp4');
socket.on('message', (message) => {
  const id = message.readUInt16BE(0);
  const at = sentAt[id] ?? 0;
  if (at !== 0) note(id, performance.now() - at);
});
socket.connect(Number(port), '127.0.0.1', () => {
  setInterval(() => {
    const now = performance.now();
    for (; oldestId !== nextId; oldestId = (oldestId + 1) % IDS) {
      const at = sentAt[oldestId] ?? 0;
      if (at !== 0 && now - at < TIMEOUT_MS) break;
      if (at !== 0) note(oldestId, TIMEOUT_MS);
    }
    query.writeUInt16BE(nextId, 0);
    sentAt[nextId] = now;
    nextId = (nextId + 1) % IDS;
    socket.send(query);
  }, INTERVAL_MS);
});

process.on('message', () => {
  process.send?.([...latencies.subarray(0, count)]);
  count = 0;
});
process.on('disconnect', () => process.exit());
