import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { makeBridge } from '../helpers/bridge.js';
import { bootBridgedPage } from '../helpers/bridged-page.js';
import { BODY, bundleOf } from '../helpers/bundle.js';
import { skipWithoutTap, testInNamespace } from '../helpers/network-namespace.js';
import { skipWithout } from '../helpers/program.js';
import { skipWithoutKernel } from '../helpers/qemu-driver.js';
import { CURL_TEXT, curlBundle, testCurl } from './curl-suite.js';

const skip =
  skipWithoutKernel || skipWithoutTap || skipWithout('curl', 'curl') || skipWithout('python3', 'python3');
const PYTHON_CLIENT = fileURLToPath(new URL('../../../test/fixtures/http-client.py', import.meta.url));
const ADDRESS = '10.9.1.9';
const ADDRESS6 = 'fd00:9::9';
const MIB = 2 ** 20;

await testInNamespace('clients of unikernels behind a bridge', import.meta.url, skip, () => {
  before(makeBridge);

  testCurl('a unikernel', () => bootBridgedPage(curlBundle(), ADDRESS));
  testCurl('a unikernel by IPv6', () => bootBridgedPage(curlBundle(), ADDRESS6));

  for (const address of [ADDRESS, ADDRESS6])
    test(`Python's http.client gets what it asks for from ${address}, and it was counted`, async (t) => {
      const page = await bootBridgedPage(curlBundle(), address);
      t.after(() => page.close());
      const file = join(page.folder, 'body');
      await writeFile(file, CURL_TEXT);
      const before = await page.counters();
      const { stdout } = await execa('python3', [PYTHON_CLIENT, address, '80', curlBundle().host, file]);
      const asked = Object.values(JSON.parse(stdout) as Record<string, number>).reduce((a, b) => a + b);
      assert.ok(asked > 500, stdout);
      assert.equal((await page.counters()).requests - before.requests, asked, stdout);
    });

  testWrk('a small page on a hundred kept connections', { connections: 100, least: 3_000 });
  testWrk('by IPv6', { connections: 100, least: 3_000, address: ADDRESS6 });
  testWrk('a connection for every request', { connections: 50, least: 500, isKept: false });
  testWrk('a thousand connections', { connections: 1_000, least: 1_000, memory: 64 * MIB });
  testWrk('a large page on twenty connections', { connections: 20, least: 50, isLarge: true });
});

interface Load {
  readonly connections: number;
  /** Requests that even a busy machine has to answer in the time. */
  readonly least: number;
  readonly address?: string;
  /** Bytes. */
  readonly memory?: number;
  readonly isKept?: boolean;
  readonly isLarge?: boolean;
}

function testWrk(name: string, load: Load): void {
  test(`wrk: ${name}`, { skip: skipWithout('wrk', 'wrk') }, async (t) => {
    const { connections, least, address = ADDRESS, memory, isKept = true, isLarge = false } = load;
    const bundle = isLarge ? curlBundle() : bundleOf();
    const page = await bootBridgedPage(bundle, address, memory);
    t.after(() => page.close());
    const before = await page.counters();
    const { stdout } = await execa('wrk', [
      ...['--threads', '2', '--connections', String(connections), '--duration', '3s', '--timeout', '5s'],
      ...['--header', `Host: ${bundle.host}`, ...(isKept ? [] : ['--header', 'Connection: close'])],
      `http://${address.includes(':') ? `[${address}]` : address}/`,
    ]);
    assert.doesNotMatch(stdout, /Socket errors|Non-2xx/, stdout);
    const done = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? assert.fail(stdout));
    const after = await page.counters();
    const [requests, bytes] = [after.requests - before.requests, after.bytes - before.bytes];
    t.diagnostic(`${name}: ${done} requests, ${requests} by the machine's count`);
    assert.ok(done >= least, stdout);
    // What was under way when it stopped was answered, too.
    assert.ok(requests >= done && requests <= done + connections, `${done} requests, ${requests} counted`);
    assert.ok(bytes >= done * (isLarge ? CURL_TEXT : BODY).length, `${bytes} bytes`);
  });
}
