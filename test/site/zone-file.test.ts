import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zoneFile } from '../../src/site/zone-file.js';

const pages = [
  { path: '/b.html', host: 'B.html.d.test', urlPath: '/b.html' },
  { path: '/a/index.html', host: 'a.index.html.d.test', urlPath: '/index.html' },
];

test('a zone file has SOA, NS, the apex and an address record of each family for every page', () => {
  const text = zoneFile({
    domain: 'd.test',
    pages,
    originAddresses: ['192.0.2.1', '2001:db8::1'],
    serial: 7,
    ttl: 30,
  });
  assert.deepEqual(text.split('\n'), [
    '$ORIGIN d.test.',
    '$TTL 30',
    '@ SOA d.test. hostmaster.d.test. 7 3600 600 1209600 30',
    '@ NS d.test.',
    '@ A 192.0.2.1',
    '@ AAAA 2001:db8::1',
    'a.index.html A 192.0.2.1',
    'a.index.html AAAA 2001:db8::1',
    'B.html A 192.0.2.1',
    'B.html AAAA 2001:db8::1',
    '',
  ]);
});

test('name servers with names of their own stand in SOA and NS', () => {
  const text = zoneFile({
    domain: 'd.test',
    pages,
    originAddresses: ['192.0.2.1'],
    serial: 7,
    ttl: 30,
    nameServers: ['ns1.example.net', 'ns2.example.net'],
  });
  assert.match(text, /^@ SOA ns1\.example\.net\. /m);
  assert.match(text, /^@ NS ns1\.example\.net\.\n@ NS ns2\.example\.net\.$/m);
});

test('the order of the pages does not matter', () => {
  const options = { domain: 'd.test', originAddresses: ['192.0.2.1'], serial: 7, ttl: 30 };
  assert.equal(zoneFile({ ...options, pages }), zoneFile({ ...options, pages: pages.toReversed() }));
});
