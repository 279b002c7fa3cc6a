import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOctets, defaultRecords } from '../../src/dns/record.js';
import { Zone } from '../../src/dns/zone.js';
import { ask, expectValue, lines } from './ask.js';

test('without records of the operator there is a zone all the same', () => {
  const records = expectValue(
    defaultRecords({
      domain: 'example.com',
      nameServers: [
        { host: 'ns1.example.com', addresses: ['192.0.2.1', '2001:db8::1'] },
        { host: 'ns2.elsewhere.test', addresses: [] },
      ],
      hostmaster: 'dns.admin@example.com',
    }),
  );
  const zone = expectValue(Zone.build({ domain: 'example.com', records }));
  const answer = ask(zone, 'example.com', 'NS');
  assert.deepEqual(lines(answer.answers), [
    'example.com NS ns1.example.com',
    'example.com NS ns2.elsewhere.test',
  ]);
  assert.deepEqual(lines(answer.additionals), [
    'ns1.example.com A 192.0.2.1',
    'ns1.example.com AAAA 2001:db8::1',
  ]);
  const [soa] = ask(zone, 'example.com', 'SOA').answers as unknown as [
    { data: { rname: string; minimum: number } },
  ];
  assert.equal(soa.data.rname, 'dns\\.admin.example.com');
  assert.equal(soa.data.minimum, 10);
});

test('what makes no zone is reported whole', () => {
  const made = defaultRecords({
    domain: 'a..b',
    nameServers: [{ host: 'ns1.example.com', addresses: ['10.1'] }],
    hostmaster: 'x@y..z',
  });
  assert.ok(!made.ok);
  assert.deepEqual(
    made.problems.map((problem) => problem.where),
    ['domain', 'hostmaster', 'name server'],
  );
  const none = defaultRecords({ domain: 'a.test', nameServers: [], hostmaster: 'x@a.test' });
  assert.ok(!none.ok);
});

test('only whole addresses are addresses', () => {
  assert.deepEqual([...(addressOctets('192.0.2.1') ?? [])], [192, 0, 2, 1]);
  assert.equal(addressOctets('2001:db8::1')?.length, 16);
  assert.equal(addressOctets('::ffff:192.0.2.1')?.length, 16);
  for (const text of ['10.1', '1', '0x7f.0.0.1', '192.0.2.256', '192.0.2.1.', 'fe80::1%eth0', '', 'host']) {
    assert.equal(addressOctets(text), null, text);
  }
});
