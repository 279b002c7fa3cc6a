import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeDemoSite } from '../../src/cli/demo/site.js';
import { ask } from '../helpers/http.js';
import { freePort } from '../helpers/process-driver.js';
import { skipWithoutKernel } from '../helpers/qemu-driver.js';

const skip = skipWithoutKernel;
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const DOMAIN = 'www.example.test';

interface Row {
  readonly page: string;
  readonly host: string;
  readonly urlPath: string;
  readonly address: string;
  readonly failure: string | null;
}

async function hotzone(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, out };
}

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
  const state = join(folder, 'state');
  t.after(async () => {
    await hotzone('down', '--state', state);
    await rm(folder, { recursive: true });
  });
  return folder;
}

test('all 49 pages of a site run as 49 unikernels at once', { skip }, async (t) => {
  const folder = await folderOf(t);
  const [site, state, port] = [join(folder, 'site'), join(folder, 'state'), await freePort()];
  await writeDemoSite(site);
  const raised = await hotzone(
    ...['up', '--domain', DOMAIN, '--site', site, '--state', state, '--driver', 'qemu'],
    ...['--http-port', String(port), '--pool', '127.65.0.0/24', '--json'],
  );
  assert.equal(raised.code, 0, raised.out);
  const { replicas } = JSON.parse(raised.out) as { replicas: readonly Row[] };
  assert.equal(replicas.length, 49);
  assert.equal(new Set(replicas.map(({ address }) => address)).size, 49);
  const answers = await Promise.all(
    replicas.map(({ address, host, urlPath }) => ask({ address, port, host, target: urlPath })),
  );
  assert.ok(answers.every(({ status, body }) => status === 200 && body.length > 0));
  const ended = await hotzone('down', '--state', state, '--json');
  assert.equal(JSON.parse(ended.out).ended.length, 49);
});

test('the main job is done with unikernels', { skip }, async () => {
  const { code, out } = await hotzone('demo', '--once', '--json', '--driver', 'qemu');
  assert.deepEqual([code, JSON.parse(out).problems], [0, []]);
});
