import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { encodeJpeg } from '../../src/cli/demo/site/jpeg.js';
import { type Color, grain } from '../../src/cli/demo/site/picture.js';
import { encodePng } from '../../src/cli/demo/site/png.js';
import { BRIDGE, makeBridge } from '../helpers/bridge.js';
import { openTab, type Tab } from '../helpers/chromium.js';
import type { Hotzone } from '../helpers/daemon/hotzone.js';
import { ONE_EACH_POLICY, Scene } from '../helpers/daemon/scene.js';
import { killMachinesBelow } from '../helpers/machines.js';
import { skipWithoutTap, testInNamespace } from '../helpers/network-namespace.js';
import { findProgram, skipWithout } from '../helpers/program.js';
import { skipWithoutKernel } from '../helpers/qemu-driver.js';

const skip = skipWithoutKernel || skipWithoutTap || skipWithout('chromium', 'chromium');
/** No probe after the first ones, so that the machines count nobody but the browser. */
const POLICY = `${ONE_EACH_POLICY}placement: [{ driver: qemu, memory: 16MiB }]\n`
  .replace('probe: { period: 200ms', 'probe: { period: 10m')
  .replace('dns: { ttl: 2s', 'dns: { includeOrigin: never, ttl: 2s');

/** Longer than from one look of the daemon at its machines to the next. */
const COUNTS_EVERY_MS = 1_500;

const RED: Color = [220, 20, 20];
const GREEN: Color = [20, 200, 20];
const BLUE: Color = [20, 20, 220];
const plain = (width: number, height: number, color: Color) => ({ width, height, colorAt: () => color });
const SECONDS = 60;
const SAMPLES_PER_SECOND = 8_000;

const SITE: Readonly<Record<string, string | Buffer>> = {
  'index.html': `<!doctype html><title>start</title><link rel=icon href=img/icon.png>
    <link rel=stylesheet href=css/main.css><body><script src=js/app.js></script>
    <img src=img/red.png><img src="img/green.jpg"><img src=img/noise.png>
    <div></div><audio src=sound/long.wav preload=metadata></audio><a href=next/>next</a>`,
  'next/index.html':
    '<!doctype html><title>next</title><link rel=icon href=../img/icon.png><img src=../img/red.png>',
  'css/main.css': `body { margin: 0 } img { display: block }
    div { width: 40px; height: 20px; background: url(../img/blue.png) }`,
  'js/app.js': 'document.title = "ran"',
  'img/icon.png': encodePng(plain(16, 16, RED)),
  'img/red.png': encodePng(plain(120, 30, RED)),
  'img/green.jpg': encodeJpeg(plain(64, 48, GREEN)),
  'img/blue.png': encodePng(plain(40, 20, BLUE)),
  // Does not get smaller by compression: more than a megabyte.
  'img/noise.png': encodePng({
    width: 800,
    height: 500,
    colorAt: (x, y) => [0, 1, 2].map((n) => Math.floor(grain(x + 800 * n, y) * 256)) as unknown as Color,
  }),
  'sound/long.wav': silence(SECONDS),
};

/** Sound of 8 bits a sample, 8000 samples a second (RIFF/WAVE, format 1). */
function silence(seconds: number): Buffer {
  const header = Buffer.alloc(44);
  const length = seconds * SAMPLES_PER_SECOND;
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLES_PER_SECOND, 24);
  header.writeUInt32LE(SAMPLES_PER_SECOND, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(length, 40);
  return Buffer.concat([header, Buffer.alloc(length, 128)]);
}

/** A daemon that answers on port 53 and has a machine for every page of the site. */
async function startDaemon(t: TestContext): Promise<{ readonly daemon: Hotzone; readonly scene: Scene }> {
  const scene = await Scene.set(t, {});
  t.after(() => killMachinesBelow(scene.stateDir));
  for (const [path, content] of Object.entries(SITE)) scene.writePage(path, content);
  scene.writePolicy('quick.yaml', POLICY);
  scene.pool = '10.9.1.32/27';
  const daemon = await scene.start({ args: ['--listen', '127.0.0.1:53', '--bridge', BRIDGE.name] });
  await daemon.until('every page is served by a machine of its own', async () =>
    (await daemon.pages()).every(({ serving, addresses }) => serving === 1 && addresses.length === 1),
  );
  return { daemon, scene };
}

interface Counted {
  readonly address: string;
  readonly requests: number;
}

/** By host name: its machine's address, and the count that it keeps to; nobody asks meanwhile. */
async function machines(daemon: Hotzone): Promise<ReadonlyMap<string, Counted>> {
  let last = '';
  const replicas = await daemon.until('every machine has told its count, twice the same', async () => {
    const now = await daemon.replicas();
    const counts = JSON.stringify(now.map(({ id, requests }) => [id, requests]));
    const isSettled = counts === last && now.every(({ requests }) => requests !== null && requests > 0);
    last = counts;
    await sleep(COUNTS_EVERY_MS);
    return isSettled && now;
  });
  assert.ok(replicas.every(({ driver }) => driver === 'qemu'));
  return new Map(replicas.map(({ host, address, requests }) => [host, { address, requests: requests ?? 0 }]));
}

/** The colour of a pixel of a screenshot. */
async function pixel(tab: Tab, screenshot: Buffer, x: number, y: number): Promise<unknown> {
  return tab.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${screenshot.toString('base64')}';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return [...canvas.getImageData(${x}, ${y}, 1, 1).data.slice(0, 3)];
  })()`);
}

function assertNear(actual: unknown, expected: Color): void {
  assert.ok(Array.isArray(actual));
  const isNear = expected.every((channel, index) => Math.abs(channel - actual[index]) < 12);
  assert.ok(isNear, `${actual} is not ${expected}`);
}

await testInNamespace('Chromium and unikernels', import.meta.url, skip, () => {
  before(makeBridge);

  test('shows a page, every part of it from a machine of its own that hotzone named', async (t) => {
    const { daemon, scene } = await startDaemon(t);
    // `ip netns exec` has given this process mounts of its own, so that nobody else sees this one.
    const resolver = join(scene.folder, 'resolv.conf');
    writeFileSync(resolver, 'nameserver 127.0.0.1\n');
    await execa('mount', ['--bind', resolver, '/etc/resolv.conf']);
    t.after(() => execa('umount', ['/etc/resolv.conf']));

    const hosts = new Map((await daemon.pages()).map(({ path, host }) => [path, host]));
    const hostOf = (path: string): string => hosts.get(path) ?? assert.fail(path);
    const before = await machines(daemon);
    assert.equal(new Set([...before.values()].map(({ address }) => address)).size, Object.keys(SITE).length);

    const tab = await openTab(findProgram('chromium') ?? assert.fail('chromium'), ['--no-proxy-server']);
    t.after(() => tab.close());
    await tab.open(`http://${hostOf('/index.html')}:${scene.httpPort}/`);
    assert.equal(await tab.evaluate('document.title'), 'ran');
    const sizes = await tab.evaluate('[...document.images].map((i) => [i.naturalWidth, i.naturalHeight])');
    assert.deepEqual(sizes, [
      [120, 30],
      [64, 48],
      [800, 500],
    ]);
    const shown = await tab.screenshot();
    assertNear(await pixel(tab, shown, 60, 15), RED);
    assertNear(await pixel(tab, shown, 32, 30 + 24), GREEN);
    assertNear(await pixel(tab, shown, 20, 30 + 48 + 500 + 10), BLUE);

    // A part of the sound is enough to play its end.
    const sound = `document.querySelector('audio')`;
    const heard = await tab.evaluate(`(async () => {
      ${sound}.currentTime = ${SECONDS - 5};
      await new Promise((resolve) => ${sound}.addEventListener('seeked', resolve, { once: true }));
      return [${sound}.duration, ${sound}.error];
    })()`);
    assert.deepEqual(heard, [SECONDS, null]);

    await tab.load(() => tab.evaluate('document.querySelector("a").click()'));
    assert.equal(await tab.evaluate('document.title'), 'next');
    assert.equal(await tab.evaluate('document.images[0].naturalWidth'), 120);
    assert.deepEqual(tab.complaints, []);

    const after = await machines(daemon);
    const fetched = tab.responses.filter(({ url }) => url.startsWith('http:'));
    const asked = new Map<string, number>();
    for (const { url, status, remoteIPAddress } of fetched) {
      const { hostname } = new URL(url);
      if (remoteIPAddress === undefined) continue;
      assert.equal(remoteIPAddress, before.get(hostname)?.address, url);
      assert.ok(
        status === 200 || (status === 206 && url.endsWith('.wav')) || status === 304,
        `${status} ${url}`,
      );
      asked.set(hostname, (asked.get(hostname) ?? 0) + 1);
    }
    assert.ok(
      fetched.some(({ status }) => status === 206),
      'the sound came in parts',
    );
    t.diagnostic(`${fetched.length} responses from ${asked.size} machines`);
    for (const [path, host] of hosts) {
      const served = (after.get(host)?.requests ?? 0) - (before.get(host)?.requests ?? 0);
      const told = asked.get(host) ?? assert.fail(`nobody asked for ${path}`);
      // Before it plays the end of the sound, it may give up a request for the middle without having told of an answer.
      if (path.endsWith('.wav')) assert.ok(served >= told, `${path}: ${served} times`);
      else assert.equal(served, told, `${path} as often as the browser got it`);
    }
  });
});
