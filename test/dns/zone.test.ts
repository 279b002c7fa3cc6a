import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Zone } from '../../src/dns/zone.js';
import { formatProblem } from '../../src/problem.js';
import { APEX, ask, expectValue, lines, pageOf, recordsOf, zoneOf } from './ask.js';

const NAME = 'page.example.com';

function addressesOf(zone: Zone, name: string): readonly string[] {
  return lines(ask(zone, name, 'A').answers).map((line) => line.split(' ')[2] ?? '');
}

test('a publication adds, replaces and removes pages, and sets the serial', () => {
  const zone = zoneOf('', [{}, { host: 'old.example.com' }]);
  const changed = pageOf({ addresses: [{ address: '192.0.2.99', weight: 1 }] });
  const added = pageOf({ host: 'New.Example.Com' });
  assert.deepEqual(zone.apply({ serial: 77, pages: [changed, added], removed: ['OLD.example.com'] }), []);
  assert.deepEqual(addressesOf(zone, NAME), ['192.0.2.99']);
  assert.deepEqual(addressesOf(zone, 'new.example.com'), ['192.0.2.80']);
  assert.equal(ask(zone, 'old.example.com', 'A').rcode, 'NXDOMAIN');
  assert.equal(zone.serial, 77);
  for (const [name, section] of [
    ['example.com', 'answers'],
    ['x.example.com', 'authorities'],
  ] as const) {
    const [soa] = (ask(zone, name, 'SOA')[section] ?? []) as unknown as [{ data: { serial: number } }];
    assert.equal(soa.data.serial, 77);
  }
});

test('a serial beyond 31 bits stays what it is', () => {
  const zone = zoneOf('');
  zone.apply({ serial: 0xfffffffe, pages: [], removed: [] });
  assert.equal(zone.serial, 0xfffffffe);
});

test('a publication with one bad page changes nothing at all', () => {
  const zone = zoneOf('', [{}]);
  const good = pageOf({ addresses: [{ address: '192.0.2.99', weight: 1 }] });
  for (const bad of [
    { host: 'a..example.com' },
    { host: 'page.example.org' },
    { host: 'x.example.com', addresses: [] },
    { host: 'x.example.com', addresses: [{ address: '192.0.2', weight: 1 }] },
    { host: 'x.example.com', addresses: [{ address: '192.0.2.1', weight: 0 }] },
    { host: 'x.example.com', ttl: -1 },
    { host: 'x.example.com', maxAddresses: 0 },
  ]) {
    const problems = zone.apply({ serial: 9, pages: [good, pageOf(bad)], removed: [NAME] });
    assert.equal(problems.length, 1, JSON.stringify(bad));
    assert.deepEqual(addressesOf(zone, NAME), ['192.0.2.80']);
    assert.equal(zone.serial, 2);
  }
});

test('a page and a static address of the same name are reported with the line of the record', () => {
  const zone = zoneOf('www A 192.0.2.7\nalias CNAME www\nsub NS ns1\n', []);
  const problems = zone.conflicts([
    'WWW.example.com',
    'alias.example.com',
    'x.sub.example.com',
    'page.example.com',
    'a.test',
  ]);
  assert.deepEqual(
    problems.map((problem) => formatProblem(problem).replace(/;.*/, '')),
    [
      'zone:5: the page WWW.example.com has the same name as a static A record',
      'zone:6: the page alias.example.com has the same name as a static CNAME record',
      'x.sub.example.com: at or below the delegation of sub.example.com.',
      'a.test: not within the zone example.com.',
    ],
  );
  assert.deepEqual(
    zone.apply({ serial: 3, pages: [pageOf({ host: 'www.example.com' })], removed: [] }).length,
    1,
  );
  assert.deepEqual(addressesOf(zone, 'www.example.com'), ['192.0.2.7']);
});

test('the apex can be a page, and static records of other types stay beside one', () => {
  const zone = zoneOf('page TXT "beside"\n', [{ host: 'example.com' }, {}]);
  assert.deepEqual(addressesOf(zone, 'example.com'), ['192.0.2.80']);
  assert.equal(ask(zone, 'example.com', 'NS').answers?.length, 1);
  assert.equal(ask(zone, NAME, 'TXT').answers?.length, 1);
  zone.apply({ serial: 3, pages: [], removed: ['example.com', NAME] });
  assert.equal(ask(zone, 'example.com', 'A').rcode, 'NOERROR');
  assert.equal(ask(zone, NAME, 'A').rcode, 'NOERROR', 'the TXT record is still there');
});

test("the operator's own addresses at the apex are answered, and the published ones when there are none any more", () => {
  const zone = zoneOf('@ A 192.0.2.7\n', [{ host: 'example.com' }]);
  assert.deepEqual(addressesOf(zone, 'example.com'), ['192.0.2.7']);
  const without = expectValue(zone.withRecords(recordsOf(APEX)));
  assert.deepEqual(addressesOf(without, 'example.com'), ['192.0.2.80']);
  const again = expectValue(without.withRecords(recordsOf(`${APEX}@ AAAA 2001:db8::7\n`)));
  assert.deepEqual(addressesOf(again, 'example.com'), []);
  assert.equal(ask(again, 'example.com', 'AAAA').answers?.length, 1);
});

test('a wildcard that is gone answers no more', () => {
  const zone = zoneOf('', [{ host: '*.example.com' }]);
  assert.deepEqual(addressesOf(zone, 'any.example.com'), ['192.0.2.80']);
  zone.apply({ serial: 3, pages: [], removed: ['*.example.com'] });
  assert.equal(ask(zone, 'any.example.com', 'A').rcode, 'NXDOMAIN');
});

test('static records are exchanged under the pages, whose serial stays', () => {
  const zone = zoneOf('www TXT "old"\n', [{}]);
  zone.apply({ serial: 50, pages: [], removed: [] });
  const next = expectValue(zone.withRecords(recordsOf(`${APEX}new TXT "new"\n`)));
  assert.equal(ask(next, 'www.example.com', 'TXT').rcode, 'NXDOMAIN');
  assert.equal(ask(next, 'new.example.com', 'TXT').answers?.length, 1);
  assert.deepEqual(addressesOf(next, NAME), ['192.0.2.80']);
  assert.equal(next.serial, 50);
  const conflict = next.withRecords(recordsOf(`${APEX}page A 192.0.2.9\n`));
  assert.ok(!conflict.ok);
});

test('before the first publication the serial is that of the records', () => {
  const zone = expectValue(Zone.build({ domain: 'example.com', records: recordsOf(APEX) }));
  assert.equal(zone.serial, 1);
  const next = expectValue(zone.withRecords(recordsOf(APEX.replace('hostmaster 1 ', 'hostmaster 8 '))));
  assert.equal(next.serial, 8);
});

test('a zone without SOA or NS is no zone', () => {
  const built = Zone.build({ domain: 'example.com', records: recordsOf('$TTL 1\nwww A 192.0.2.1\n') });
  assert.ok(!built.ok);
  assert.deepEqual(
    built.problems.map((problem) => problem.message),
    ['example.com. has no SOA record', 'example.com. has no NS record'],
  );
});

test('names come and go without a trace, whatever the order', () => {
  const host = fc
    .array(fc.constantFrom('a', 'b', 'c', '*'), { minLength: 1, maxLength: 4 })
    .map((labels) => `${labels.join('.')}.example.com`);
  fc.assert(
    fc.property(fc.array(fc.record({ host, isRemoval: fc.boolean() }), { maxLength: 30 }), (changes) => {
      const zone = zoneOf('');
      const empty = zone.tree.size;
      const pages = new Set<string>();
      for (const { host: name, isRemoval } of changes) {
        const published = isRemoval ? [] : [pageOf({ host: name })];
        assert.deepEqual(zone.apply({ serial: 3, pages: published, removed: isRemoval ? [name] : [] }), []);
        if (isRemoval) pages.delete(name);
        else pages.add(name);
      }
      for (const name of pages) {
        assert.equal(ask(zone, name, 'A').answers?.length, 1);
        const parent = name.slice(name.indexOf('.') + 1);
        assert.equal(ask(zone, parent, 'A').rcode, 'NOERROR', `${parent} exists because ${name} does`);
      }
      zone.apply({ serial: 4, pages: [], removed: [...pages] });
      assert.equal(zone.tree.size, empty);
      assert.equal(zone.pages.length, 0);
    }),
  );
});

test('a flood of names that do not exist leaves nothing behind', () => {
  const zone = zoneOf('', [{}]);
  const { size } = zone.tree;
  for (let i = 0; i < 5_000; i += 1)
    assert.equal(ask(zone, `n${i}.x${i % 7}.example.com`, 'A').rcode, 'NXDOMAIN');
  assert.equal(zone.tree.size, size);
});
