import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DOMAIN, type Hotzone } from '../helpers/daemon/hotzone.js';
import { ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';
import { until } from '../helpers/daemon/until.js';

const HOST = `index-html.${DOMAIN}`;
const SIGNALLED_MS = 300;

/** The process that answers; it is the daemon's only child that is no replica. */
function nameServerOf(daemon: Hotzone): number {
  const children = readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8').trim().split(' ');
  const [pid, ...others] = children.filter((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('dns-process.js'),
  );
  assert.ok(pid !== undefined && others.length === 0, `the children are ${children}`);
  return Number(pid);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('signals that a terminal or a service manager sends to all leave the name server to its daemon', async (t) => {
  const scene = await Scene.set(t);
  const daemon = await scene.start();
  const nameServer = nameServerOf(daemon);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(nameServer, signal);
  const until = performance.now() + SIGNALLED_MS;
  while (performance.now() < until) assert.deepEqual(await daemon.addresses(HOST), [scene.originAddress]);
  assert.equal(nameServerOf(daemon), nameServer);
  assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
  assert.ok(!isRunning(nameServer));
});

test('a name server that dies ends its daemon with an error, and leaves the replicas to the next one', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy('quick.yaml', ONE_EACH_POLICY);
  const daemon = await scene.start({ leavesReplicas: true });
  await daemon.until('it serves', async () => (await daemon.status()).counts.serving === 1);
  const [replica] = scene.pageServers();
  process.kill(nameServerOf(daemon), 'SIGKILL');
  assert.deepEqual(await daemon.exit(), { code: 1, signal: null });
  const [line] = daemon.logged('the name server has died');
  assert.match(JSON.stringify(line), /the DNS process has ended \(SIGKILL\)/);
  const next = await scene.start();
  assert.deepEqual(await next.addresses(HOST), [replica?.address]);
});

test('the name server of a daemon that is killed ends too, and its port is free for the next daemon', async (t) => {
  const scene = await Scene.set(t);
  const first = await scene.start();
  const nameServer = nameServerOf(first);
  const { address, port } = first.dns;
  first.signal('SIGKILL');
  await first.exit();
  const second = await scene.start({ args: ['--listen', `${address}:${port}`] });
  assert.deepEqual(await second.addresses(HOST), [scene.originAddress]);
  await until('the first name server ends', () => !isRunning(nameServer));
});
