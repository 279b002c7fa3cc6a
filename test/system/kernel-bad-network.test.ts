import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import { skipWithoutTap, testInNamespace } from '../helpers/network-namespace.js';
import { clientOf, digestOf, pageOf } from '../helpers/page-client.js';
import { PageVm, skipWithoutQemu } from '../helpers/page-vm.js';
import { RouterVm, skipWithoutRouter } from '../helpers/router-vm.js';

const BODY_BYTES = 20 * 2 ** 20;
const LIMIT_MS = 120_000;
/** In both directions each, in the words of tc-netem(8). */
const TROUBLES = [
  'loss 1%',
  'loss 5%',
  'delay 1ms 200us duplicate 2%',
  'delay 1ms reorder 5% 50% loss 1% duplicate 1%',
];

/** The networks: a client, a router that loses, doubles and delays, and the page kernel behind it. */
const CLIENT = { tap: 'tapc', addresses: ['10.8.0.2/24', 'fd00:8::2/64'] };
const ROUTER = [
  { tap: 'tapr', addresses: ['10.8.0.1/24', 'fd00:8::1/64'] },
  { tap: 'taps', addresses: ['10.9.0.1/24', 'fd00:9::1/64'] },
] as const;
const SERVER = { tap: 'tapp', address: '10.9.0.', address6: 'fd00:9::2' };

async function makeNetwork(): Promise<void> {
  await execa('ip', ['link', 'set', 'lo', 'up']);
  await execa('ip', ['link', 'add', 'brs', 'type', 'bridge']);
  for (const tap of [ROUTER[0].tap, ROUTER[1].tap, SERVER.tap])
    await execa('ip', ['tuntap', 'add', tap, 'mode', 'tap', 'vnet_hdr']);
  for (const tap of [ROUTER[1].tap, SERVER.tap]) await execa('ip', ['link', 'set', tap, 'master', 'brs']);
  for (const address of CLIENT.addresses)
    await execa('ip', ['address', 'add', address, 'dev', ROUTER[0].tap, 'nodad']);
  for (const device of [ROUTER[0].tap, ROUTER[1].tap, SERVER.tap, 'brs'])
    await execa('ip', ['link', 'set', device, 'up']);
  await execa('ip', ['route', 'add', '10.9.0.0/24', 'via', '10.8.0.1']);
  await execa('ip', ['route', 'add', 'fd00:9::/64', 'via', 'fd00:8::1']);
}

await testInNamespace(
  'the page kernel behind a bad network',
  import.meta.url,
  skipWithoutQemu || skipWithoutTap || skipWithoutRouter,
  () => {
    const body = randomBytes(BODY_BYTES);
    let folder: string;
    let router: RouterVm;
    let vm: PageVm;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
      await makeNetwork();
      const bundleFile = join(folder, 'page');
      await writeFile(bundleFile, pageOf(body));
      vm = await PageVm.start({
        machine: 'microvm',
        bundleFile,
        memory: '64M',
        tap: { device: SERVER.tap, address: SERVER.address },
        words: `hotzone.ip6=${SERVER.address6}/64 hotzone.gw6=fd00:9::1`,
      });
      await vm.serving();
      router = await RouterVm.start(folder, ROUTER);
    });
    after(async () => {
      await router.kill();
      await vm.kill();
      await rm(folder, { recursive: true });
    });

    for (const trouble of TROUBLES)
      for (const address of [`${SERVER.address}2`, SERVER.address6])
        test(`a page of 20 MiB arrives whole from ${address} with ${trouble}`, {
          timeout: LIMIT_MS,
        }, async (t) => {
          await router.trouble(trouble);
          const from = performance.now();
          const answer = await clientOf(80, address).get({ headers: { connection: 'close' } });
          assert.equal(digestOf(answer.body), digestOf(body));
          const time = Math.round(performance.now() - from);
          // What went wrong is counted, so that a network that is good after all does not pass.
          const lost = await router.losses();
          assert.ok(trouble.includes('loss') === lost > 0, `${lost} losses`);
          t.diagnostic(`${trouble}, ${address}: 20 MiB took ${time} ms with ${lost} losses`);
        });
  },
);
