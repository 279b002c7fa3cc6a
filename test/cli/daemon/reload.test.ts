import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../../../src/cli/daemon/daemon.js';
import { QEMU_DEFAULTS } from '../../../src/cli/qemu-settings.js';
import { XEN_DEFAULTS } from '../../../src/cli/xen-settings.js';
import { systemClock } from '../../../src/clock.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { freePort } from '../../helpers/daemon.js';
import { parsed, SHORTEST } from '../../helpers/policy.js';

const ZONE = '$TTL 1h\n@ TXT "one"\n';

test('records that cannot stand beside the pages are given back as problems, and nothing changes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-reload-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [zoneFile, policy] = [join(folder, 'own.zone'), join(folder, 'policy.yaml')];
  writeFileSync(zoneFile, ZONE);
  writeFileSync(policy, SHORTEST);
  const dir = join(folder, 'site');
  mkdirSync(dir);
  writeFileSync(join(dir, 'a.html'), '<p>a</p>');
  const listen = { address: '127.0.0.1', port: 0 };
  const daemon = parsed(
    await startDaemon({
      settings: {
        domain: 'example.test',
        site: { dir, naming: 'flat' },
        policies: [policy],
        zoneFile,
        nameServers: [{ host: 'ns1.example.test', addresses: ['127.0.0.1'] }],
        hostmaster: 'hostmaster@example.test',
        dns: [listen],
        admin: listen,
        adminTokenFile: null,
        http: {
          port: await freePort(),
          originListen: ['127.0.0.1'],
          originAddresses: ['127.0.0.1'],
          originCounts: null,
        },
        pool: ['127.62.0.0/28'],
        qemu: QEMU_DEFAULTS,
        xen: XEN_DEFAULTS,
        maxInstances: 1,
        maxHourlyCost: null,
        stateDir: join(folder, 'state'),
        tickIntervalMs: 60_000,
        logLevel: 'fatal',
      },
      clock: systemClock,
      log: createLogger({ level: 'fatal' }),
      onFatal: (error) => assert.fail(error),
    }),
  );
  t.after(() => daemon.close(true));
  const host = daemon.controller.state.catalogue.get('/a.html')?.host ?? '';
  assert.deepEqual(await daemon.reload(), []);

  writeFileSync(zoneFile, `${ZONE}${host}. A 192.0.2.1\n`);
  const [conflict, ...more] = await daemon.reload();
  assert.deepEqual(more, []);
  assert.equal(conflict?.where, zoneFile);
  assert.equal(conflict?.line, 3);
  assert.match(conflict?.message ?? '', /has the same name as a static A record/);

  writeFileSync(zoneFile, ZONE);
  assert.deepEqual(await daemon.reload(), []);
});
