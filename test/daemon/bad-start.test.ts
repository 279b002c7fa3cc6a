import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Scene } from '../helpers/daemon/scene.js';

/** Starts what must not start, and gives back what it said. */
async function refused(scene: Scene, args: readonly string[] = []): Promise<string> {
  const daemon = scene.spawn({ args });
  assert.deepEqual(await daemon.exit(), { code: 1, signal: null }, daemon.story());
  assert.match(daemon.text, /^hotzone: /);
  assert.doesNotMatch(daemon.text, /\n {4}at /, 'a stack trace is for bugs');
  assert.deepEqual(scene.pageServers(), []);
  return daemon.text;
}

async function takePort(t: TestContext, address: string, port = 0): Promise<number> {
  const server = createServer().listen(port, address);
  await once(server, 'listening');
  t.after(() => server.close());
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

test('a port that another program has is named, whichever server wanted it', async (t) => {
  const scene = await Scene.set(t);
  const port = await takePort(t, scene.originAddress);
  for (const option of ['--listen', '--admin'] as const) {
    const text = await refused(scene, [option, `${scene.originAddress}:${port}`]);
    assert.match(text, new RegExp(`${scene.originAddress}.*${port}`), option);
    assert.match(text, /in use/, option);
  }
  const text = await refused(scene, ['--http-port', String(port)]);
  assert.match(text, new RegExp(`${scene.originAddress}.*${port}.*in use`));
});

test('a UDP port that another name server has is named', async (t) => {
  const scene = await Scene.set(t);
  const socket = createSocket('udp4');
  socket.bind(0, scene.originAddress);
  await once(socket, 'listening');
  t.after(() => socket.close());
  const { port } = socket.address();
  assert.match(await refused(scene, ['--listen', `${scene.originAddress}:${port}`]), /in use/);
});

test('a site folder that is missing, a file, or empty of what can be named is told with its path', async (t) => {
  const scene = await Scene.set(t);
  rmSync(scene.siteDir, { recursive: true });
  assert.match(await refused(scene), new RegExp(`${scene.siteDir}: .*(no such|not exist)`));
  writeFileSync(scene.siteDir, 'a file');
  assert.match(await refused(scene), new RegExp(`${scene.siteDir}: .*folder`));
});

test('a site folder that cannot be read is told with its path', async (t) => {
  const scene = await Scene.set(t);
  rmSync(scene.siteDir, { recursive: true });
  // A link to itself: what keeps even root from reading.
  symlinkSync(scene.siteDir, scene.siteDir);
  assert.match(await refused(scene), new RegExp(`${scene.siteDir}: .*`));
});

test('policy files with errors, or none at all, are told with file, line and column', async (t) => {
  const scene = await Scene.set(t);
  scene.writePolicy(
    'bad.yaml',
    'version: 1\nname: bad\nmatch: { pages: ["/**"] }\nmaxReplicas: many\nmetrik: {}\n',
  );
  const text = await refused(scene);
  const file = join(scene.policyDir, 'bad.yaml');
  assert.match(text, new RegExp(`^hotzone: ${file}:4:\\d+: `, 'm'));
  assert.match(text, new RegExp(`^hotzone: ${file}:5:\\d+: .*metric`, 'm'));
  assert.match(await refused(scene, ['--policy', join(scene.folder, 'nowhere')]), /nowhere: /);
});

test('an address pool that is no prefix is told', async (t) => {
  const scene = await Scene.set(t);
  assert.match(
    await refused(scene, ['--pool', '127.0.0.300/24']),
    /--pool: "127\.0\.0\.300\/24" is no address prefix/,
  );
});

test('a damaged database is told, and left as it is', async (t) => {
  const scene = await Scene.set(t);
  const first = await scene.start();
  await first.stop();
  const file = join(scene.stateDir, 'hotzone.db');
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  writeFileSync(file, Buffer.alloc(8_192, 'not a database '));
  assert.match(await refused(scene), new RegExp(`${file}: is damaged .*; .*move the file away`));
});

test('a state folder that cannot be written is told', async (t) => {
  const scene = await Scene.set(t);
  writeFileSync(scene.stateDir, 'a file, where a folder should be');
  assert.match(await refused(scene), new RegExp(`${scene.stateDir}`));
  rmSync(scene.stateDir);
  mkdirSync(join(scene.stateDir, 'hotzone.db'), { recursive: true });
  assert.match(await refused(scene), /hotzone\.db: cannot be opened/);
});
