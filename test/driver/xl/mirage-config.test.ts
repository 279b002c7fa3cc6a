import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { imageBootOf } from '../../../src/driver/machine/image-boot.js';
import { formatDomainConfig } from '../../../src/driver/xl/domain-config.js';

/** What the project's own description tells an operator to write (xl.cfg(5)), as keys and values. */
function described(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL('../../../../src/mirage/README.md', import.meta.url), 'utf8');
  return settings(text.slice(text.indexOf('Boot a page under Xen'), text.indexOf('Under solo5')));
}

function settings(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^ *(\w+) = (.*)$/gm)].map(([, key = '', value = '']) => [key, value] as const),
  );
}

test('a MirageOS page is made as its description says: PVH, an address on the command line, the archive as xvdb', () => {
  const boot = imageBootOf(
    {
      ...{ id: '6b0d6a4e-1f1f-4d53-9c0d-0123456789ab', owner: 'owner-1', page: '/index.html', port: 80 },
      ...{ host: 'Index-html.www.example.com', bundleFile: '/bundle', address: '10.77.0.30' },
      image: {
        kind: 'kernel',
        kernel: '/srv/mirage/dist/page.xen',
        commandLine: '--ipv4={address}/{prefix} --ipv4-gateway={gateway}',
        initrd: null,
        disks: ['/srv/mirage/pages/{host}.tar'],
      },
    },
    { 'hotzone.ip': '10.77.0.30/24', 'hotzone.gw': '10.77.0.1' },
  );
  assert.ok(boot !== null);
  const made = settings(
    formatDomainConfig(
      {
        name: { owner: 'owner-1', id: '6b0d6a4e-1f1f-4d53-9c0d-0123456789ab' },
        type: 'pvh',
        kernel: boot.kernel,
        ramdisk: boot.initrd,
        commandLine: boot.commandLine,
        disks: boot.disks,
        memory: 32,
        mac: '02:aa:bb:cc:dd:ee',
        bridge: 'xenbr0',
        script: null,
      },
      {
        owner: 'owner-1',
        host: 'this host',
        page: '/index.html',
        address: '10.77.0.30',
        port: 80,
        token: '',
      },
    ),
  );
  const expected = described();
  for (const key of ['type', 'kernel', 'cmdline', 'memory', 'vcpus', 'disk'])
    assert.equal(made.get(key), expected.get(key) ?? `nothing is said of ${key}`);
  // These are ignored where cmdline is given, and a boot module is no thing of MirageOS' (xl.cfg(5)).
  for (const key of ['ramdisk', 'root', 'extra']) assert.equal(made.get(key), undefined);
});
