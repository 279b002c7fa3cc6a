import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { parseMasterFile } from '../../src/dns/master-file.js';
import { formatName, parseName, ROOT } from '../../src/dns/name.js';
import { formatType } from '../../src/dns/rr-type.js';
import { formatProblem } from '../../src/problem.js';
import { recordsOf } from './ask.js';

/** `owner ttl type hex` of every record. */
function read(text: string): readonly string[] {
  return recordsOf(text).map(
    ({ name, ttl, type, rdata }) =>
      `${formatName(name)} ${ttl} ${formatType(type)} ${Buffer.from(rdata).toString('hex')}`,
  );
}

function problems(text: string): readonly string[] {
  const parsed = parseMasterFile(text, { file: 'f', domain: 'example.com' });
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

/** The data of one record by the oracle. */
function oracle(type: string, data: unknown): string {
  const codec = packet as unknown as { record(type: string): { encode(data: unknown): Buffer } };
  return codec.record(type).encode(data).subarray(2).toString('hex');
}

test('owners, TTLs and classes may be left out, and come in either order', () => {
  const a = 'c0000201';
  assert.deepEqual(
    read(`$TTL 1h
a 60 IN A 192.0.2.1
  IN 60 AAAA ::1
b A 192.0.2.1 ; comment
$ORIGIN sub
c A 192.0.2.1
d.example.com. IN A 192.0.2.1
@ 1d2h A 192.0.2.1
`),
    [
      `a.example.com. 60 A ${a}`,
      'a.example.com. 60 AAAA 00000000000000000000000000000001',
      `b.example.com. 3600 A ${a}`,
      `c.sub.example.com. 3600 A ${a}`,
      `d.example.com. 3600 A ${a}`,
      `sub.example.com. 93600 A ${a}`,
    ],
  );
  assert.deepEqual(
    read('a 60 A 192.0.2.1\nb A 192.0.2.1\n').slice(1),
    [`b.example.com. 60 A ${a}`],
    'the last TTL',
  );
});

test('parentheses hold lines together, quotes and escapes keep what is in them', () => {
  const [soa, txt] = recordsOf(`$TTL 1
@ SOA ns1 host\\.master ( ; comment )
   2026010100 ; serial
   1h 10m
   2w 10 )
t TXT "a;b (c)" un"quo"ted \\"q\\" "\\228\\065" "ü" (
   "next" )
`);
  assert.equal(
    Buffer.from(soa?.rdata ?? []).toString('hex'),
    '036e7331076578616d706c6503636f6d00' +
      '0b686f73742e6d6173746572076578616d706c6503636f6d00' +
      '78c275f400000e1000000258001275000000000a',
  );
  const strings: string[] = [];
  const data = Buffer.from(txt?.rdata ?? []);
  for (let at = 0; at < data.length; at += 1 + (data[at] ?? 0)) {
    strings.push(data.toString('latin1', at + 1, at + 1 + (data[at] ?? 0)));
  }
  assert.deepEqual(strings, ['a;b (c)', 'un', 'quo', 'ted', '"q"', '\xe4A', '\xc3\xbc', 'next']);
});

test('data are encoded as dns-packet encodes them', () => {
  const texts: readonly (readonly [string, string, unknown])[] = [
    ['A', '192.0.2.1', '192.0.2.1'],
    ['AAAA', '2001:db8::ff', '2001:db8::ff'],
    ['NS', 'ns1.test.', 'ns1.test'],
    ['CNAME', 'www.test.', 'www.test'],
    ['PTR', 'www.test.', 'www.test'],
    ['MX', '10 mx.test.', { preference: 10, exchange: 'mx.test' }],
    ['TXT', 'a "b c"', ['a', 'b c']],
    ['SRV', '1 2 443 srv.test.', { priority: 1, weight: 2, port: 443, target: 'srv.test' }],
    ['CAA', '128 issue "ca.test; x=y"', { flags: 128, tag: 'issue', value: 'ca.test; x=y' }],
    ['HINFO', 'cpu "an os"', { cpu: 'cpu', os: 'an os' }],
    [
      'DS',
      '1 13 2 00ff 10',
      { keyTag: 1, algorithm: 13, digestType: 2, digest: Buffer.from('00ff10', 'hex') },
    ],
    [
      'SOA',
      'a.test. b.test. 7 1h 2 3d 4',
      { mname: 'a.test', rname: 'b.test', serial: 7, refresh: 3600, retry: 2, expire: 259200, minimum: 4 },
    ],
  ];
  for (const [type, text, data] of texts) {
    assert.deepEqual(read(`@ 1 ${type} ${text}\n`), [`example.com. 1 ${type} ${oracle(type, data)}`]);
  }
});

test('HTTPS data are encoded as RFC 9460 appendix D has them', () => {
  const vectors: readonly (readonly [string, string])[] = [
    ['0 foo.example.com.', '000003666f6f076578616d706c6503636f6d00'],
    ['1 .', '000100'],
    ['16 foo.example.com. port=53', '001003666f6f076578616d706c6503636f6d00000300020035'],
    [
      '1 foo.example.com. key667="hello\\210qoo"',
      '000103666f6f076578616d706c6503636f6d00029b000968656c6c6fd2716f6f',
    ],
    [
      '1 foo.example.com. ipv6hint="2001:db8::1,2001:db8::53:1"',
      '000103666f6f076578616d706c6503636f6d0000060020' +
        '20010db800000000000000000000000120010db8000000000000000000530001',
    ],
    [
      '16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )',
      '001003666f6f076578616d706c65036f726700000000040001000400010009026832056833' + '2d313900040004c0000201',
    ],
  ];
  for (const [text, hex] of vectors)
    assert.deepEqual(read(`@ 1 HTTPS ${text}\n`), [`example.com. 1 HTTPS ${hex}`]);
});

test('any type can be written in the generic form', () => {
  assert.deepEqual(read('@ 1 TYPE65280 \\# 4 0a00 0001\n'), ['example.com. 1 TYPE65280 0a000001']);
  assert.deepEqual(read('@ 1 TYPE1 \\# 4 c0000201\n'), ['example.com. 1 A c0000201']);
  assert.deepEqual(read('@ 1 TYPE65280 \\# 0\n'), ['example.com. 1 TYPE65280 ']);
});

test('every mistake is reported, with file, line and column', () => {
  assert.deepEqual(
    problems(`$TTL 1h
$INCLUDE other
a A 192.0.2
b AAAA 192.0.2.1
c MX mx
d MX 10
e BOGUS x
f A 192.0.2.1 extra
${'g'.repeat(64)} A 192.0.2.1
h CH TXT x
i TXT "open
j A 192.0.2.1
k 99999999999 A 192.0.2.1
l TYPE65280 \\# 3 0a0b
m TYPE65280 data
n..n A 192.0.2.1
o CAA 0 is_sue x
p HTTPS 1 . port=x
q NS
) r A 192.0.2.1
`).map((line) => line.replace(/;.*/, '')),
    [
      'f:11:7: a quoted string does not end on its line',
      'f:20:1: a ")" without its "("',
      'f:2:1: $INCLUDE is not supported',
      'f:3:5: "192.0.2" is not an IPv4 address',
      'f:4:8: "192.0.2.1" is not an IPv6 address',
      'f:5:6: the preference is "mx", not a number from 0 to 65535',
      'f:6:6: the mail exchange is missing',
      'f:7:3: "BOGUS" is not a record type',
      'f:8:15: "extra" is too much for A data',
      `f:9:1: a label of "${'g'.repeat(64)}" has 64 octets, more than 63`,
      'f:10:3: class CH is not supported, only IN',
      'f:13:3: "99999999999" is not a TTL',
      'f:14:18: the data have 2 octets, not 3 as it says',
      'f:15:3: the form of TYPE65280 data is not known',
      'f:16:1: the name "n..n" has an empty label',
      'f:17:9: a tag has letters and digits only',
      'f:18:13: "x" is not a value of this service parameter',
      'f:19:3: the name server is missing',
    ],
  );
});

test('what is wrong with records taken together is reported with the line of each', () => {
  assert.deepEqual(
    problems(`$TTL 1h
@ SOA ns1 h 1 1 1 1 1
  SOA ns2 h 1 1 1 1 1
sub SOA ns1 h 1 1 1 1 1
www CNAME a
www TXT "x"
two CNAME a
two CNAME b
ttl 60 A 192.0.2.1
ttl 90 A 192.0.2.2
twice A 192.0.2.1
TWICE A 192.0.2.1
out.test. A 192.0.2.1
* NS ns1
d TYPE39 \\# 1 00
t TYPE252 \\# 0
`).map((line) => line.replace(/;.*/, '')),
    [
      'f:4: sub.example.com. SOA: an SOA belongs to the apex alone',
      'f:13: out.test. A: out of the zone example.com.',
      'f:14: *.example.com. NS: a wildcard cannot be a delegation (RFC 4592 section 4.2)',
      'f:15: d.example.com. DNAME: DNAME is not supported',
      'f:16: t.example.com. AXFR: a type of queries, not of data',
      'f:3: example.com. SOA: more than one SOA at a name',
      'f:5: www.example.com. CNAME: a CNAME beside other data (TXT)',
      'f:8: two.example.com. CNAME: more than one CNAME at a name',
      'f:10: ttl.example.com. A: TTL 90 differs from 60 in the same RRset',
      'f:12: TWICE.example.com. A: the same record is there twice',
    ],
  );
});

test('limits are kept: 255 octets of a string, what a message holds of an RRset', () => {
  assert.deepEqual(problems(`a 1 TXT ${'x'.repeat(255)}\n`), []);
  assert.deepEqual(problems(`a 1 TXT ${'x'.repeat(256)}\n`), [
    'f:1:9: the text has 256 octets, more than 255',
  ]);
  const strings = `${'x'.repeat(250)} `.repeat(20);
  const many = Array.from({ length: 12 }, (_, i) => `a 1 TXT ${i} ${strings}\n`).join('');
  assert.match(
    problems(many).join(),
    /^f:1: a\.example\.com\. TXT: the RRset has 6\d{4} octets, more than 60000$/,
  );
});

test('a TTL that nothing gives and an owner that nothing gives are reported', () => {
  assert.match(problems('a A 192.0.2.1\n')[0] ?? '', /^f:1:3: the TTL is missing; begin the file with \$TTL/);
  assert.match(problems('$TTL 1\n  A 192.0.2.1\n')[0] ?? '', /^f:2:3: the owner is missing/);
  assert.match(problems('$TTL 1\na A ( 192.0.2.1\n')[0] ?? '', /^f:2:5: this "\(" is never closed/);
});

test('any text ends in records or problems, never in an exception', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 10 }),
    fc.constantFrom(
      '\n',
      ' ',
      '(',
      ')',
      '"',
      ';',
      '\\',
      '\\0',
      '\\#',
      '$TTL ',
      'IN ',
      'A ',
      'TXT ',
      'SOA ',
      '1 ',
      'HTTPS ',
      'alpn=',
      '@ ',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const parsed = parseMasterFile(pieces.join(''), { file: 'f', domain: 'example.com' });
      assert.ok(parsed.ok || parsed.problems.length > 0);
    }),
    { numRuns: 1_000 },
  );
});

test('printed names are read as owners', () => {
  const label = fc
    .uint8Array({ minLength: 1, maxLength: 12 })
    .map((octets) => Buffer.from(octets).toString('latin1'));
  fc.assert(
    fc.property(label, (text) => {
      const name = `${String.fromCharCode(text.length)}${text}\x07example\x03com\0`;
      const [record] = recordsOf(`${formatName(name)} 1 A 192.0.2.1\n`);
      assert.deepEqual(record?.name, name);
      assert.deepEqual(parseName(formatName(name), ROOT), { ok: true, name });
    }),
  );
});
