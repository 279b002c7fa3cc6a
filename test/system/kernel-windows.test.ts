import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { skipWithoutTap, testInNamespace } from '../helpers/network-namespace.js';
import { clientOf, digestOf, HOST, pageOf } from '../helpers/page-client.js';
import { DEVICE, SERVER, SERVER6, setUpPageNetwork } from '../helpers/page-network.js';
import { type PageVm, skipWithoutQemu } from '../helpers/page-vm.js';
import { skipWithout } from '../helpers/program.js';

const BODY_BYTES = 2 ** 20;
const ETHERNET_BYTES = 14;
const PATIENCE_S = '20';
/** The far side of a link that carries less than both networks around it. */
const FAR = { addresses: ['10.8.0.2/24', 'fd00:8::2/64'], device: 'far' } as const;
const NEAR = { addresses: ['10.8.0.1/24', 'fd00:8::1/64'], device: 'near' } as const;

const body = randomBytes(BODY_BYTES);
const client = clientOf(80, SERVER);

/** Clients that take little at a time, and the page kernel as a whole machine. */
await testInNamespace(
  'the page kernel and what takes little at a time',
  import.meta.url,
  skipWithoutQemu || skipWithoutTap || skipWithout('curl', 'curl'),
  async (namespace) => {
    const { cable, start } = await setUpPageNetwork();
    const farNamespace = `${namespace}-far`;
    const far = (...command: readonly string[]) => execa('ip', ['netns', 'exec', farNamespace, ...command]);
    let vm: PageVm;
    before(async () => {
      vm = await start(pageOf(body));
    });
    after(() => vm.kill());

    test('reaches a client behind a link in the middle that carries less', async (t) => {
      await execa('ip', ['netns', 'add', farNamespace]);
      t.after(() => execa('ip', ['netns', 'delete', farNamespace]));
      const { device } = NEAR;
      const peer = ['peer', 'name', FAR.device, 'netns', farNamespace];
      await execa('ip', ['link', 'add', device, 'type', 'veth', ...peer]);
      for (const address of NEAR.addresses)
        await execa('ip', ['address', 'add', address, 'dev', device, ...nodad(address)]);
      for (const address of FAR.addresses)
        await far('ip', 'address', 'add', address, 'dev', FAR.device, ...nodad(address));
      await far('ip', 'link', 'set', FAR.device, 'up');
      // The client knows nothing of it: what it says of itself is 1,460 bytes a segment.
      await execa('ip', ['link', 'set', device, 'mtu', '1300', 'up']);
      await far('ip', 'route', 'add', '10.9.0.0/24', 'via', '10.8.0.1');
      await far('ip', 'route', 'add', 'fd00:9::/64', 'via', 'fd00:8::1');
      await writeFile('/proc/sys/net/ipv4/ip_forward', '1');
      await writeFile('/proc/sys/net/ipv6/conf/all/forwarding', '1');
      for (const host of [SERVER, `[${SERVER6}]`]) {
        const curl = ['--silent', '--globoff', '--max-time', PATIENCE_S, '--header', `Host: ${HOST}`];
        const from = performance.now();
        const { stdout } = await execa(
          'ip',
          ['netns', 'exec', farNamespace, 'curl', ...curl, `http://${host}/`],
          { encoding: 'buffer' },
        );
        assert.equal(digestOf(stdout), digestOf(body), host);
        t.diagnostic(`1 MiB from ${host} took ${Math.round(performance.now() - from)} ms`);
      }
    });

    test('serves a client with a tiny window that reads slowly', async (t) => {
      const sizes = '/proc/sys/net/ipv4/tcp_rmem';
      await writeFile(sizes, '2304 2304 2304');
      t.after(() => writeFile(sizes, '4096 131072 6291456'));
      const socket = connect(80, SERVER);
      await once(socket, 'connect');
      const from = performance.now();
      socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\nRange: bytes=0-199999\r\n\r\n`);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) {
        chunks.push(chunk);
        if (chunks.length % 20 === 0) await sleep(10);
      }
      const received = Buffer.concat(chunks);
      t.diagnostic(
        `200,000 bytes in ${chunks.length} pieces took ${Math.round(performance.now() - from)} ms`,
      );
      assert.ok(received.subarray(-200_000).equals(body.subarray(0, 200_000)));
      assert.ok(chunks.length > 100, `${chunks.length} pieces`);
      assert.equal((await client.counters()).drops, 0);
    });

    for (const [address, mtu] of [
      [SERVER6, 1_280],
      // The last test: there is no IPv6 below 1,280.
      [SERVER, 600],
    ] as const)
      test(`sends ${address} no segment longer than a client with an MTU of ${mtu} takes`, async () => {
        await execa('ip', ['link', 'set', DEVICE, 'mtu', String(mtu)]);
        cable.longest = 0;
        const answer = await clientOf(80, address).get({ headers: { connection: 'close' } });
        assert.equal(digestOf(answer.body), digestOf(body));
        assert.equal(cable.longest, mtu + ETHERNET_BYTES);
      });
  },
);

function nodad(address: string): readonly string[] {
  return address.includes(':') ? ['nodad'] : [];
}
