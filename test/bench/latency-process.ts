/**
 * A client of a name server in a process of its own: `fork('latency-process.js', [PORT, NAME])`. It asks at a low,
 * steady rate, and for each message from its parent sends back the latencies since the last one, in milliseconds.
 */
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { encode } from 'dns-packet';

const INTERVAL_MS = 2;
const IDS = 65_536;
/** What is not answered by then counts with this time. */
const TIMEOUT_MS = 1_000;
const HIGHEST_PRIORITY = -20;

const [port = '53', name = ''] = process.argv.slice(2);
try {
  // The server shall be measured, not how long this process waits for a turn; it takes root.
  setPriority(HIGHEST_PRIORITY);
  writeFileSync('/proc/self/autogroup', String(HIGHEST_PRIORITY));
} catch {}

const query = encode({ type: 'query', id: 0, flags: 0, questions: [{ type: 'A', name }] });
const sentAt = new Map<number, number>();
let latencies: number[] = [];
let nextId = 0;

const socket = createSocket('udp4');
socket.on('message', (message) => {
  const id = message.readUInt16BE(0);
  const at = sentAt.get(id);
  if (at === undefined) return;
  sentAt.delete(id);
  latencies.push(performance.now() - at);
});
socket.connect(Number(port), '127.0.0.1', () => {
  setInterval(() => {
    const now = performance.now();
    for (const [id, at] of sentAt) {
      if (now - at < TIMEOUT_MS) break;
      sentAt.delete(id);
      latencies.push(TIMEOUT_MS);
    }
    query.writeUInt16BE(nextId, 0);
    sentAt.set(nextId, now);
    nextId = (nextId + 1) % IDS;
    socket.send(query);
  }, INTERVAL_MS);
});

process.on('message', () => {
  process.send?.(latencies);
  latencies = [];
});
process.on('disconnect', () => process.exit());
