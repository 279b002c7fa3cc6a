import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectLineFormat, type LineFormat, lineReader } from '../../src/trace/text-log.js';

/** A day in 2026, for times without a year. */
const NEAR = Date.UTC(2026, 10, 25);

/** Lines as the servers of Debian 12 wrote them, with other addresses. */
const QUERIES: readonly (readonly [LineFormat, string, number, string, string, string])[] = [
  [
    'bind',
    '24-Nov-2026 12:17:17.565 queries: info: client @0x7fc29d6cc098 192.0.2.7#42021 (a.www.example.test): view v1: query: a.www.example.test IN A +E(0)K (192.0.2.53)',
    Date.UTC(2026, 10, 24, 12, 17, 17, 565),
    '192.0.2.7',
    'a.www.example.test',
    'A',
  ],
  [
    'bind',
    '2026-11-24T12:17:18.613Z client @0x7fc29d6cf898 2001:db8::7#44107 (A.WWW.example.test): query: A.WWW.example.test IN AAAA +E(0)TK (2001:db8::53)',
    Date.UTC(2026, 10, 24, 12, 17, 18, 613),
    '2001:db8::7',
    'a.www.example.test',
    'AAAA',
  ],
  [
    'bind',
    'Nov 24 12:17:18 ns1 named[117]: client @0x7f 192.0.2.7#4 (a.www.example.test): query: a.www.example.test IN HTTPS + (192.0.2.53)',
    Date.UTC(2026, 10, 24, 12, 17, 18),
    '192.0.2.7',
    'a.www.example.test',
    'HTTPS',
  ],
  [
    'dnsmasq',
    'Nov 24 12:17:18 dnsmasq[10250]: query[A] a.www.example.test from 192.0.2.7',
    Date.UTC(2026, 10, 24, 12, 17, 18),
    '192.0.2.7',
    'a.www.example.test',
    'A',
  ],
  [
    'dnsmasq',
    'Nov 24 12:17:18 dnsmasq[10251]: 3 192.0.2.7/49809 query[type=65] a.www.example.test from 192.0.2.7',
    Date.UTC(2026, 10, 24, 12, 17, 18),
    '192.0.2.7',
    'a.www.example.test',
    'HTTPS',
  ],
  [
    'unbound',
    '[1795522637] unbound[10249:0] info: 192.0.2.7 a.www.example.test. AAAA IN',
    1795522637000,
    '192.0.2.7',
    'a.www.example.test',
    'AAAA',
  ],
  [
    'unbound',
    'Nov 24 12:17:18 unbound[10249:1] query: 2001:db8::7 a.www.example.test. A IN',
    Date.UTC(2026, 10, 24, 12, 17, 18),
    '2001:db8::7',
    'a.www.example.test',
    'A',
  ],
  [
    'csv',
    '1795522637.25,192.0.2.7,A.www.example.test.,a',
    1795522637250,
    '192.0.2.7',
    'a.www.example.test',
    'A',
  ],
  [
    'csv',
    '2026-11-24T13:17:17+01:00,"resolver ""7""",a.www.example.test,AAAA',
    Date.UTC(2026, 10, 24, 12, 17, 17),
    'resolver "7"',
    'a.www.example.test',
    'AAAA',
  ],
];

for (const [format, line, at, source, name, type] of QUERIES) {
  test(`${format}: ${line.slice(0, 72)}`, () => {
    assert.deepEqual(lineReader(format)(line, NEAR), { kind: 'query', query: { at, source, name, type } });
    assert.equal(detectLineFormat(['some other line', line], NEAR), format);
  });
}

test('what a server writes beside queries is passed over, and a line that was cut is not', () => {
  const cases: readonly (readonly [LineFormat, string, 'other' | 'unreadable'])[] = [
    ['bind', '24-Nov-2026 12:17:17.565 general: info: zone www.example.test/IN: loaded serial 1', 'other'],
    [
      'bind',
      '24-Nov-2026 12:17:17.565 client @0x7f 192.0.2.7#4 (a): query: id.server CH TXT + (192.0.2.53)',
      'other',
    ],
    [
      'bind',
      '24-Nov-2026 12:17:17.565 client @0x7f 192.0.2.7#4 (a.www.example.test): query: a.www.exa',
      'unreadable',
    ],
    [
      'bind',
      '39-Nov-2026 12:17:17.565 client @0x7f 192.0.2.7#4 (a): query: a IN A + (192.0.2.53)',
      'unreadable',
    ],
    ['dnsmasq', 'Nov 24 12:17:18 dnsmasq[1]: config a.www.example.test is 192.0.2.1', 'other'],
    ['dnsmasq', 'Nov 24 12:17:18 dnsmasq[1]: query[A] a.www.exa', 'unreadable'],
    ['unbound', '[1795522634] unbound[10249:0] info: start of service (unbound 1.17.1).', 'other'],
    ['unbound', '[1795522634] unbound[10249:0] info: 192.0.2.7 a.www.example.test. A', 'unreadable'],
    ['csv', '# a remark', 'other'],
    ['csv', 'yesterday,192.0.2.7,a,A', 'unreadable'],
    ['csv', '1795522637,192.0.2.7,a', 'unreadable'],
    ['csv', '1795522637,"192.0.2.7,a,A', 'unreadable'],
    ['csv', '2026-02-30T00:00:00Z,192.0.2.7,a,A', 'unreadable'],
    ['bind', '\u0000\u0001\u0002', 'unreadable'],
  ];
  for (const [format, line, kind] of cases) assert.equal(lineReader(format)(line, NEAR).kind, kind, line);
});

test("a CSV file's first line may name its columns, in any order and with others between them", () => {
  const read = lineReader('csv');
  assert.equal(read('qtype,rcode,client,qname,timestamp', NEAR).kind, 'other');
  assert.deepEqual(read('A,0,192.0.2.7,a.example,1795522637', NEAR), {
    kind: 'query',
    query: { at: 1795522637000, source: '192.0.2.7', name: 'a.example', type: 'A' },
  });
});

test('a time without a year is of the year that brings it nearest to the lines around it', () => {
  const read = lineReader('dnsmasq');
  const at = (line: string, near: number): number => {
    const reading = read(line, near);
    return reading.kind === 'query' ? reading.query.at : Number.NaN;
  };
  const newYear = Date.UTC(2027, 0, 1);
  assert.equal(at('Dec 31 23:59:59 dnsmasq[1]: query[A] a from 192.0.2.7', newYear), newYear - 1_000);
  assert.equal(at('Jan  1 00:00:01 dnsmasq[1]: query[A] a from 192.0.2.7', newYear - 1_000), newYear + 1_000);
  assert.equal(
    at('Feb 29 00:00:00 dnsmasq[1]: query[A] a from 192.0.2.7', Date.UTC(2028, 2, 3)),
    Date.UTC(2028, 1, 29),
  );
});

test('nothing is found where there are no queries', () => {
  assert.equal(detectLineFormat(['', 'GET / HTTP/1.1', '192.0.2.1 - - [24/Nov/2026]'], NEAR), null);
});
