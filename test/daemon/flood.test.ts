import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encode } from 'dns-packet';
import { DOMAIN, type Hotzone } from '../helpers/daemon/hotzone.js';
import { Scene } from '../helpers/daemon/scene.js';

const NAMES = 20_000;
const BURST = 100;
/** Of one name each that would be kept, this many would take several times as much. */
const GROWTH_MAX_MB = 60;

function residentMb(daemon: Hotzone): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

async function seriesOf(daemon: Hotzone): Promise<readonly string[]> {
  // The load of the policy appears as soon as its page was decided on, which has nothing to do with the flood.
  const counts = /^hotzone_(?!policy_metric_value)/;
  const lines = (await daemon.metrics()).split('\n').filter((line) => counts.test(line));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' '))).sort();
}

/** Sends bursts, each as soon as most of the last one was answered; a few packets always get lost. */
async function flood(daemon: Hotzone, names: number): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.97.0.1');
  await once(socket, 'listening');
  try {
    let replies = 0;
    socket.on('message', () => {
      replies += 1;
    });
    while (replies < names) {
      const wanted = replies + BURST / 2;
      for (let n = 0; n < BURST; n += 1) socket.send(randomQuery(n), daemon.dns.port, daemon.dns.address);
      await daemon.until('most of a burst is answered', () => replies >= wanted);
    }
  } finally {
    socket.close();
  }
}

function randomQuery(id: number): Buffer {
  const name = `${randomBytes(12).toString('hex')}.${randomBytes(3).toString('hex')}.${DOMAIN}`;
  return encode({ id, type: 'query', questions: [{ type: 'A', name }] });
}

test('a flood of random names grows neither memory, nor metrics, nor replicas', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  // What there is of buffers and compiled code comes with the first one.
  await flood(daemon, NAMES / 4);
  await daemon.addresses(`index-html.${DOMAIN}`);
  const [before, series] = [residentMb(daemon), await seriesOf(daemon)];
  await flood(daemon, NAMES);
  const growth = residentMb(daemon) - before;
  assert.ok(growth < GROWTH_MAX_MB, `${growth.toFixed(1)} MB more`);
  assert.deepEqual(await seriesOf(daemon), series);
  assert.deepEqual(await daemon.replicas(), []);
  assert.deepEqual(await daemon.decisions(), []);
  assert.deepEqual(await daemon.addresses(`index-html.${DOMAIN}`), [scene.originAddress]);
});
