import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { rcode } from '../helpers/daemon/name-client.js';
import { html, Scene } from '../helpers/daemon/scene.js';

const NXDOMAIN = 3;
const SECONDS_2020 = Date.UTC(2020, 0) / 1_000;

function zone(serial: number, more = ''): string {
  return [
    '$TTL 60',
    `@ IN SOA ns1 hostmaster ${serial} 3600 600 86400 10`,
    '@ IN NS ns1',
    'ns1 IN A 127.0.0.1',
    more,
    '',
  ].join('\n');
}

test('serials of a new daemon begin with the time, and rise over restarts', async (t) => {
  const scene = await Scene.set(t);
  const first = await scene.start();
  const before = await first.serial();
  assert.ok(before > SECONDS_2020, String(before));
  await first.stop();
  const second = await scene.start();
  assert.ok((await second.serial()) > before);
});

test('SIGHUP reads the zone file again, and the serial rises, also above the one that is written in it', async (t) => {
  const scene = await Scene.set(t);
  scene.writeZoneFile(zone(3_000_000_000));
  const daemon = await scene.start({ args: ['--zone-file', scene.zoneFile] });
  const host = `mail.${DOMAIN}`;
  const serials = [await daemon.serial()];
  assert.ok((serials[0] ?? 0) > 3_000_000_000);
  assert.equal(rcode(await daemon.query(host)), NXDOMAIN);

  const reload = async (text: string): Promise<void> => {
    const before = daemon.logged('reloaded').length;
    scene.writeZoneFile(text);
    daemon.signal('SIGHUP');
    await daemon.until('it is reloaded', () => daemon.logged('reloaded').length > before);
    serials.push(await daemon.serial());
  };
  await reload(zone(3_000_000_000, 'mail IN A 192.0.2.7'));
  assert.deepEqual(await daemon.addresses(host), ['192.0.2.7']);
  await reload(zone(3_500_000_000));
  assert.equal(rcode(await daemon.query(host)), NXDOMAIN);
  assert.ok((serials[2] ?? 0) > 3_500_000_000);
  assert.deepEqual(
    serials,
    [...serials].sort((a, b) => a - b),
  );
  assert.equal(new Set(serials).size, 3);
  assert.equal((await daemon.status()).serial, serials[2]);
});

test('addresses that the zone file gives the apex are answered instead of the origin, from one reload to the other', async (t) => {
  const scene = await Scene.set(t);
  scene.writeZoneFile(zone(1));
  const daemon = await scene.start({ args: ['--zone-file', scene.zoneFile] });
  assert.deepEqual(await daemon.addresses(DOMAIN), [scene.originAddress]);
  for (const [more, expected] of [
    ['@ IN A 192.0.2.7', '192.0.2.7'],
    ['', scene.originAddress],
  ] as const) {
    scene.writeZoneFile(zone(1, more));
    daemon.signal('SIGHUP');
    await daemon.until('it is answered', async () => (await daemon.addresses(DOMAIN))[0] === expected);
  }
  assert.deepEqual(daemon.logged('not reloaded; the last good one stays'), []);
});

test('a zone file with errors keeps the daemon from starting, with file and line', async (t) => {
  const scene = await Scene.set(t);
  scene.writeZoneFile(zone(1, 'mail IN A 192.0.2.777\nwww IN MX mail'));
  const daemon = scene.spawn({ args: ['--zone-file', scene.zoneFile] });
  assert.deepEqual(await daemon.exit(), { code: 1, signal: null });
  const lines = daemon.text.trim().split('\n');
  assert.ok(lines[0]?.startsWith(`hotzone: ${scene.zoneFile}:5`), daemon.text);
  assert.ok(lines[1]?.startsWith(`hotzone: ${scene.zoneFile}:6`), daemon.text);
});

test('a reload of a zone file with errors, of any kind, changes nothing and says where they are', async (t) => {
  const scene = await Scene.set(t);
  scene.writeZoneFile(zone(1, 'mail IN A 192.0.2.7'));
  const daemon = await scene.start({ args: ['--zone-file', scene.zoneFile] });
  const serial = await daemon.serial();
  const mistakes = [
    'mail IN A 192.0.2.777',
    'mail IN A 192.0.2.7\nmail IN CNAME www',
    `index-html IN A 192.0.2.8`,
    'elsewhere.example.net. IN A 192.0.2.7',
  ];
  for (const [n, mistake] of mistakes.entries()) {
    scene.writeZoneFile(zone(5, mistake));
    daemon.signal('SIGHUP');
    const said = await daemon.until(
      'it is said',
      () => daemon.logged('not reloaded; the last good one stays')[n],
    );
    assert.match(String(said.problem), new RegExp(`^${scene.zoneFile}:\\d`), mistake);
  }
  assert.deepEqual(await daemon.addresses(`mail.${DOMAIN}`), ['192.0.2.7']);
  assert.equal(await daemon.serial(), serial);
});

test('a page whose name the zone file has already is kept out alone, until the record is gone', async (t) => {
  const scene = await Scene.set(t);
  scene.writeZoneFile(zone(1, 'taken-html IN A 192.0.2.7'));
  const daemon = await scene.start({ args: ['--zone-file', scene.zoneFile] });
  scene.writePage('taken.html', html('taken'));
  scene.writePage('free.html', html('free'));
  await daemon.until('it is said', () => daemon.logged('a page is not served')[0]);
  await daemon.until(
    'the other page is there',
    async () => rcode(await daemon.query(`free-html.${DOMAIN}`)) === 0,
  );
  assert.deepEqual(await daemon.addresses(`taken-html.${DOMAIN}`), ['192.0.2.7']);

  scene.writeZoneFile(zone(1));
  daemon.signal('SIGHUP');
  await daemon.until('the page has its name', async () =>
    (await daemon.addresses(`taken-html.${DOMAIN}`)).includes(scene.originAddress),
  );
  assert.equal((await daemon.fetch(`taken-html.${DOMAIN}`)).body.toString(), html('taken'));
});
