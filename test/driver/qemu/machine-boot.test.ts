import assert from 'node:assert/strict';
import { test } from 'node:test';
import { macOf } from '../../../src/driver/machine/mac-address.js';
import { imageBoot, pageBoot } from '../../../src/driver/qemu/machine-boot.js';
import { userConnection } from '../../../src/driver/qemu/network.js';

const SPEC = {
  id: 'id',
  owner: 'owner',
  page: '/a page.html',
  host: 'A.example.org',
  bundleFile: '/bundles/a',
  address: '127.77.0.1',
  port: 8080,
};

function connection(address: string) {
  const found = userConnection({ ...SPEC, address });
  if ('class' in found) throw new Error(found.message);
  return found;
}

test('the page kernel gets the page as its boot module, and is told who it is', () => {
  const boot = pageBoot('/k', 'microvm', SPEC, connection(SPEC.address), 'secret');
  assert.equal(boot.initrd, '/bundles/a');
  assert.equal(
    boot.commandLine,
    'hotzone.id=id hotzone.owner=owner hotzone.ip=10.0.2.15/24 hotzone.gw=10.0.2.2 hotzone.controller=10.0.2.2 ' +
      'hotzone.port=8080 hotzone.token=secret',
  );
});

test("an operator's image gets what its templates ask for, and each name stands for one thing", () => {
  const image = {
    kind: 'kernel',
    kernel: '/srv/page.virtio',
    commandLine:
      '--ipv4={address}/{prefix} --ipv4-gateway={gateway} {mac} {port} {id} {owner} {page} {other}',
    initrd: '{bundle}',
    disks: ['/srv/{host}.tar'],
  } as const;
  assert.deepEqual(imageBoot({ ...SPEC, image }, connection(SPEC.address)), {
    machine: 'q35',
    kernel: '/srv/page.virtio',
    commandLine: `--ipv4=10.0.2.15/24 --ipv4-gateway=10.0.2.2 ${macOf(SPEC.address)} 8080 id owner /a page.html {other}`,
    initrd: '/bundles/a',
    disks: ['/srv/a.example.org.tar'],
  });
});

test('what a page is called is never taken for a template itself', () => {
  const image = { kind: 'kernel', kernel: '/k', commandLine: '{page}', initrd: null, disks: [] } as const;
  const boot = imageBoot({ ...SPEC, image, page: '/{id}{page}' }, connection(SPEC.address));
  assert.equal(boot?.commandLine, '/{id}{page}');
});
