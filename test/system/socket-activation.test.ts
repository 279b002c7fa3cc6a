import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { addressesOf, query } from '../helpers/daemon/name-client.js';
import { ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';
import { until } from '../helpers/daemon/until.js';
import { Daemon, freePort } from '../helpers/daemon.js';
import { askExactly } from '../helpers/exact-client.js';
import { ask } from '../helpers/http.js';
import { skipWithout } from '../helpers/program.js';

const HOLDER = fileURLToPath(new URL('../../../test/fixtures/socket-holder.py', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const HOST = `index-html.${DOMAIN}`;
const QUERIES_PER_SECOND = 3_000;
/** For all queries of a long start on a busy machine. */
const RECEIVE_BUFFER = 64 * 1_048_576;
const NOT_ALLOWED = 77;

const skip = skipWithout('python3', 'python3');

function readies(holder: Daemon): number {
  return holder.output.split('\n').filter((line) => line.includes('"msg":"ready"')).length;
}

async function isReady(holder: Daemon, times: number): Promise<void> {
  await until('the daemon is ready', () => holder.hasEnded || readies(holder) >= times, {
    patienceMs: 60_000,
    otherwise: () => holder.output,
  });
}

/** Asks again and again, in turn, until it is told to end; resolves to how often it did. */
async function inTurn(signal: AbortSignal, once: () => Promise<unknown>): Promise<number> {
  let times = 0;
  for (; !signal.aborted; times += 1) {
    await once();
    await setTimeout(5);
  }
  return times;
}

test('no query and no request is lost while a daemon is restarted whose sockets stay open', {
  skip,
}, async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const dns = { address: scene.originAddress, port: await freePort() };
  const admin = { address: scene.originAddress, port: await freePort() };
  const where = ({ address, port }: typeof dns): string => `${address}:${port}`;
  const options = scene.arguments(['--listen', where(dns), '--admin', where(admin), '--stop-replicas']);
  const holder = new Daemon('python3', [
    ...[HOLDER, String(RECEIVE_BUFFER), `udp:${where(dns)}`, `tcp:${where(dns)}`, `tcp:${where(admin)}`],
    ...[`tcp:${scene.originAddress}:${scene.httpPort}`, '--', process.execPath, MAIN, 'serve', ...options],
  ]);
  try {
    await isReady(holder, 1);
    if (holder.exitCode === NOT_ALLOWED)
      return t.skip('needs CAP_NET_ADMIN, for a receive buffer that holds what comes during a restart');
    assert.match(holder.output, /sockets were handed over/);

    const end = new AbortController();
    const client = askExactly(dns, HOST, QUERIES_PER_SECOND);
    t.after(() => client.kill());
    const overTcp = [1, 2, 3].map(() =>
      inTurn(end.signal, async () => {
        const reply = await query(dns, HOST, 'A', true, 60_000);
        assert.equal(addressesOf(reply).addresses.length, 1);
      }),
    );
    const overHttp = inTurn(end.signal, async () => {
      const page = await ask({ port: scene.httpPort, address: scene.originAddress, host: HOST });
      assert.equal(page.status, 200);
    });
    await setTimeout(500);
    for (const restart of [1, 2]) {
      process.kill(holder.pid, 'SIGHUP');
      await isReady(holder, 1 + restart);
      await setTimeout(300);
    }
    end.abort();
    const udp = await client.end();
    const tcp = await Promise.all(overTcp);
    t.diagnostic(`${JSON.stringify(udp)} over UDP, ${tcp.join(' + ')} over TCP, ${await overHttp} of HTTP`);
    assert.deepEqual([udp.lost, udp.failures], [0, 0], JSON.stringify(udp));
    assert.ok(udp.asked > QUERIES_PER_SECOND, 'there was load');
    assert.equal(readies(holder), 3, 'it was restarted twice');
  } finally {
    await holder.stop(30_000);
  }
});
