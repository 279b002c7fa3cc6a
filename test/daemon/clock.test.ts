import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Daemon, startDaemon } from '../../src/cli/daemon/daemon.js';
import { type Clock, systemClock } from '../../src/clock.js';
import type { ControlEvent } from '../../src/control/events.js';
import { createLogger } from '../../src/telemetry/log.js';
import { DOMAIN } from '../helpers/daemon/hotzone.js';
import { addressesOf, query, serialOf } from '../helpers/daemon/name-client.js';
import { QUICK_POLICY, Scene } from '../helpers/daemon/scene.js';
import { until } from '../helpers/daemon/until.js';
import { parsed } from '../helpers/policy.js';

const HOST = `index-html.${DOMAIN}`;
const TEN_YEARS_MS = 10 * 365 * 24 * 3_600_000;
const GRACE_MS = 1_000;
const PASSES = 2;

test('a wall clock that jumps by ten years, there and back, changes nothing, and the serial still rises', async (t) => {
  const scene = await Scene.set(t);
  // Load would come and go with the machine's other work; a floor that a policy gives and takes does not.
  scene.writePolicy('quick.yaml', QUICK_POLICY.replace('maxReplicas: 3', 'minReplicas: 2\nmaxReplicas: 2'));
  let jumped = 0;
  const clock: Clock = { now: () => systemClock.now(), wall: () => systemClock.wall() + jumped };
  const events: ControlEvent[] = [];
  const daemon: Daemon = parsed(
    await startDaemon({
      settings: await scene.settings(),
      clock,
      log: createLogger({ level: 'silent' }),
      onEvent: (event) => events.push(event),
      onFatal: (error) => {
        throw error;
      },
    }),
  );
  let isOpen = true;
  t.after(() => (isOpen ? daemon.close(true) : undefined));
  const [dns = { address: '', port: 0 }] = daemon.dns;
  const answered = async () => addressesOf(await query(dns, HOST)).addresses;
  const passes = async (): Promise<void> => {
    const count = (): number => events.filter(({ kind }) => kind === 'ticked').length;
    const before = count();
    await until('some passes of the loop', () => count() >= before + PASSES);
  };

  const both = await until('both replicas are answered', async () => {
    const addresses = await answered();
    return addresses.length === 2 && !addresses.includes(scene.originAddress) && addresses;
  });
  const ids = daemon.controller.state.fleet.all().map(({ id }) => id);
  for (const jump of [TEN_YEARS_MS, -TEN_YEARS_MS, 0]) {
    jumped = jump;
    await passes();
    assert.deepEqual(await answered(), both);
    assert.deepEqual(
      daemon.controller.state.fleet.all().map(({ id, state }) => `${id} ${state}`),
      ids.map((id) => `${id} serving`),
    );
  }

  jumped = -TEN_YEARS_MS;
  const serial = await serialOf(dns, DOMAIN);
  scene.writePolicy('quick.yaml', QUICK_POLICY);
  await until('the origin is answered alone', async () => (await answered()).join() === scene.originAddress);
  jumped = TEN_YEARS_MS;
  assert.ok((await serialOf(dns, DOMAIN)) > serial);
  await until('both are gone', () => scene.pageServers().length === 0);
  for (const id of ids) {
    const moves = events.filter((event) => event.kind === 'moved' && event.after.id === id);
    const at = (state: string): number =>
      moves.find((move) => move.kind === 'moved' && move.after.state === state)?.at ?? Number.NaN;
    assert.ok(
      at('stopping') - at('draining') >= GRACE_MS + 1_000,
      'it went before its last TTL and grace had passed',
    );
  }
  await daemon.close(true);
  isOpen = false;

  // The next daemon begins after the last serial, whatever its clock says.
  const last = daemon.controller.serial;
  jumped = -TEN_YEARS_MS;
  const next = await scene.start();
  assert.ok((await next.serial()) > last);
});
