import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type DomainConfig,
  type DomainRecord,
  formatDomainConfig,
  parseDomainRecord,
  unquotable,
  unwritable,
} from '../../../src/driver/xl/domain-config.js';

const RECORD: DomainRecord = {
  owner: 'owner-1',
  host: 'root@dom0.example',
  page: '/index.html',
  address: '10.77.0.20',
  port: 80,
  token: 'secret',
};
const CONFIG: DomainConfig = {
  name: { owner: 'owner-1', id: '6b0d6a4e-1f1f-4d53-9c0d-0123456789ab' },
  type: 'pvh',
  kernel: '/usr/share/hotzone/hotzone-kernel',
  ramdisk: '/var/lib/hotzone/page.bundle',
  commandLine: 'hotzone.id=6b0d6a4e hotzone.ip=10.77.0.20/24 hotzone.token=secret',
  disks: [],
  memory: 16,
  mac: '02:aa:bb:cc:dd:ee',
  bridge: 'xenbr0',
  script: null,
};

test('a configuration says all that xl has to know, and nothing by a relative path', () => {
  assert.equal(
    formatDomainConfig(CONFIG, RECORD),
    `# {"owner":"owner-1","host":"root@dom0.example","page":"/index.html","address":"10.77.0.20","port":80,"token":"secret"}
name = "hotzone.owner-1.6b0d6a4e-1f1f-4d53-9c0d-0123456789ab"
uuid = "6b0d6a4e-1f1f-4d53-9c0d-0123456789ab"
type = "pvh"
kernel = "/usr/share/hotzone/hotzone-kernel"
ramdisk = "/var/lib/hotzone/page.bundle"
cmdline = "hotzone.id=6b0d6a4e hotzone.ip=10.77.0.20/24 hotzone.token=secret"
memory = 16
vcpus = 1
# An eighth of what the control domain has: many that boot at once must not keep it from serving them all.
cpu_weight = 32
vif = [ "mac=02:aa:bb:cc:dd:ee,bridge=xenbr0" ]
# A domain that ends keeps its console until hotzone has read there why, and destroys it: with 'destroy' the
# reason would be gone with it.
on_poweroff = "preserve"
on_reboot = "preserve"
on_crash = "preserve"
`,
  );
});

test('a script of its own stands in the network card', () => {
  const text = formatDomainConfig({ ...CONFIG, script: '/var/lib/hotzone/files/ab' }, RECORD);
  assert.match(
    text,
    /^vif = \[ "mac=02:aa:bb:cc:dd:ee,bridge=xenbr0,script=\/var\/lib\/hotzone\/files\/ab" \]$/m,
  );
});

test('the record is read back, whatever its page is called', () => {
  for (const page of ['/index.html', '/a "quoted" page.html', '/zeile\n# {}.html'])
    assert.deepEqual(parseDomainRecord(formatDomainConfig(CONFIG, { ...RECORD, page })), { ...RECORD, page });
});

test('what is no such file has no record', () => {
  for (const text of ['', '# {}\n', 'name = "x"\n', '# {"owner":1}\n'])
    assert.equal(parseDomainRecord(text), null);
});

test('a path that xl would misread is refused', () => {
  assert.equal(unwritable('/var/lib/hotzone/a b'), null);
  assert.equal(unwritable(null), null);
  for (const path of ['/a"b', '/a,b', '/a\\b', '/a\nb'])
    assert.match(unwritable(path) ?? '', /xl cannot take/);
});

test('an image of its own may come without a boot module, and with disks to read', () => {
  const disks = ['/srv/a.tar', '/srv/b.tar'];
  const text = formatDomainConfig({ ...CONFIG, ramdisk: null, disks }, RECORD);
  assert.doesNotMatch(text, /^ramdisk/m);
  assert.match(text, /^disk = \[ "\/srv\/a\.tar,raw,xvdb,r", "\/srv\/b\.tar,raw,xvdc,r" \]$/m);
});

test('a command line that xl cannot be told is found before', () => {
  for (const text of ['a"b', 'a\\b', 'a\nb']) assert.match(String(unquotable(text)), /which xl cannot take/);
  assert.equal(unquotable('--ipv4=10.0.0.2/24, and more'), null);
});
