import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { ask, decode, encodeQuery, lines, replyTo, responderOf, withEdns, zoneOf } from './ask.js';

const STATIC = `
www      CNAME page
chain    CNAME www
away     CNAME elsewhere.test.
broken   CNAME nothing
loop     CNAME pool
pool     CNAME loop
text     TXT "hello" "world"
*.wild   TXT "wild"
*.alias  CNAME page
deep.under.empty A 192.0.2.3
mail     MX 10 mx.example.com.
_s._tcp  SRV 0 5 80 page
sub      NS ns.sub
sub      NS ns.elsewhere.test.
ns.sub   A 192.0.2.53
ns.sub   AAAA 2001:db8::53
big      TXT ${Array.from({ length: 20 }, (_, i) => `"${String(i).repeat(90).slice(0, 90)}"`).join(' ')}
`;

const zone = zoneOf(STATIC, [
  {},
  { host: 'html.deep.example.com', addresses: [{ address: '192.0.2.81', weight: 1 }] },
  { host: 'six.example.com', ttl: 5, addresses: [{ address: '2001:db8::1', weight: 1 }] },
]);
const SOA = 'example.com SOA';

function soaTtl(name: string, type: string): readonly (number | undefined)[] {
  return (ask(zone, name, type).authorities ?? []).map((record) => (record as { ttl?: number }).ttl);
}

test('a page is answered with its addresses, its TTL and authority', () => {
  const answer = ask(zone, 'page.example.com', 'A');
  assert.deepEqual(lines(answer.answers), ['page.example.com A 192.0.2.80']);
  assert.deepEqual(
    (answer.answers ?? []).map((record) => (record as { ttl?: number }).ttl),
    [30],
  );
  assert.deepEqual(
    [answer.rcode, answer.flag_aa, answer.flag_ra, answer.flag_tc, answer.flag_ad, answer.flag_cd],
    ['NOERROR', true, false, false, false, false],
  );
  assert.deepEqual(lines(ask(zone, 'six.example.com', 'AAAA').answers), ['six.example.com AAAA 2001:db8::1']);
});

test('a type that a name does not have is NODATA: no error, and the SOA with the negative TTL', () => {
  for (const [name, type] of [
    ['page.example.com', 'AAAA'],
    ['page.example.com', 'MX'],
    ['six.example.com', 'A'],
    ['text.example.com', 'A'],
    ['example.com', 'MX'],
  ] as const) {
    const answer = ask(zone, name, type);
    assert.equal(answer.rcode, 'NOERROR', `${name} ${type}`);
    assert.ok(answer.flag_aa);
    assert.equal(answer.answers?.length, 0);
    assert.match(lines(answer.authorities)[0] ?? '', /^example\.com SOA/);
  }
  assert.deepEqual(soaTtl('page.example.com', 'AAAA'), [10], 'the smaller of SOA TTL and minimum');
});

test('HTTPS at a page is NODATA', () => {
  const answer = ask(zone, 'page.example.com', 'UNKNOWN_65');
  assert.equal(answer.rcode, 'NOERROR');
  assert.match(lines(answer.authorities)[0] ?? '', new RegExp(`^${SOA}`));
});

test('a name that is not there is NXDOMAIN with the SOA', () => {
  for (const name of [
    'nothing.example.com',
    'a.b.c.example.com',
    'below.page.example.com',
    'wildx.example.com',
  ]) {
    const answer = ask(zone, name, 'A');
    assert.equal(answer.rcode, 'NXDOMAIN', name);
    assert.ok(answer.flag_aa);
    assert.match(lines(answer.authorities)[0] ?? '', new RegExp(`^${SOA}`));
  }
});

test('an empty non-terminal is NODATA, be it of a page or of static records', () => {
  for (const name of [
    'deep.example.com',
    'under.empty.example.com',
    'empty.example.com',
    '_tcp.example.com',
  ]) {
    const answer = ask(zone, name, 'A');
    assert.equal(answer.rcode, 'NOERROR', name);
    assert.equal(answer.answers?.length, 0);
    assert.match(lines(answer.authorities)[0] ?? '', new RegExp(`^${SOA}`));
  }
});

test('a wildcard answers for names that do not exist, in their own name, and for none that do', () => {
  const wild = ask(zone, 'a.wild.example.com', 'TXT').answers?.[0] as unknown as {
    name: string;
    data: Buffer[];
  };
  assert.deepEqual([wild.name, ...wild.data.map(String)], ['a.wild.example.com', 'wild']);
  assert.match(
    lines(ask(zone, 'a.b.wild.example.com', 'TXT').answers)[0] ?? '',
    /^a\.b\.wild\.example\.com TXT/,
  );
  assert.equal(ask(zone, 'wild.example.com', 'TXT').answers?.length, 0, 'the encloser itself is no match');
  const nodata = ask(zone, 'a.wild.example.com', 'A');
  assert.equal(nodata.rcode, 'NOERROR', 'a type that the wildcard lacks');
  assert.deepEqual(lines(ask(zone, 'x.alias.example.com', 'A').answers), [
    'x.alias.example.com CNAME page.example.com',
    'page.example.com A 192.0.2.80',
  ]);
});

test('a page below a wildcard keeps the wildcard from answering for the page and its ancestors', () => {
  const mixed = zoneOf('* TXT "any"\n', [{ host: 'a.b.example.com' }]);
  assert.equal(ask(mixed, 'x.example.com', 'TXT').answers?.length, 1);
  assert.equal(ask(mixed, 'b.example.com', 'TXT').answers?.length, 0);
  assert.equal(ask(mixed, 'x.b.example.com', 'TXT').rcode, 'NXDOMAIN');
});

test('CNAMEs are followed within the zone', () => {
  assert.deepEqual(lines(ask(zone, 'chain.example.com', 'A').answers), [
    'chain.example.com CNAME www.example.com',
    'www.example.com CNAME page.example.com',
    'page.example.com A 192.0.2.80',
  ]);
  assert.deepEqual(lines(ask(zone, 'away.example.com', 'A').answers), [
    'away.example.com CNAME elsewhere.test',
  ]);
  assert.deepEqual(lines(ask(zone, 'www.example.com', 'CNAME').answers), [
    'www.example.com CNAME page.example.com',
  ]);
});

test('a CNAME to nothing is NXDOMAIN, to a name without the type NODATA', () => {
  const broken = ask(zone, 'broken.example.com', 'A');
  assert.equal(broken.rcode, 'NXDOMAIN');
  assert.deepEqual(lines(broken.answers), ['broken.example.com CNAME nothing.example.com']);
  assert.equal(broken.authorities?.length, 1);
  const nodata = ask(zone, 'www.example.com', 'AAAA');
  assert.equal(nodata.rcode, 'NOERROR');
  assert.equal(nodata.authorities?.length, 1);
});

test('a loop of CNAMEs ends', () => {
  const answer = ask(zone, 'loop.example.com', 'A');
  assert.equal(answer.rcode, 'NOERROR');
  assert.equal(answer.answers?.length, 9);
});

test('a delegation is referred to, without authority and with glue', () => {
  for (const name of ['sub.example.com', 'a.b.sub.example.com', 'ns.sub.example.com']) {
    const answer = ask(zone, name, 'A');
    assert.equal(answer.flag_aa, false, name);
    assert.equal(answer.rcode, 'NOERROR');
    assert.equal(answer.answers?.length, 0);
    assert.deepEqual(lines(answer.authorities), [
      'sub.example.com NS ns.sub.example.com',
      'sub.example.com NS ns.elsewhere.test',
    ]);
    assert.deepEqual(lines(answer.additionals), [
      'ns.sub.example.com A 192.0.2.53',
      'ns.sub.example.com AAAA 2001:db8::53',
    ]);
  }
});

test('DS at a delegation is the parent side, and so NODATA with authority', () => {
  const answer = ask(zone, 'sub.example.com', 'DS');
  assert.ok(answer.flag_aa);
  assert.match(lines(answer.authorities)[0] ?? '', new RegExp(`^${SOA}`));
  assert.equal(ask(zone, 'a.sub.example.com', 'DS').flag_aa, false);
});

test('static types come back as they were written', () => {
  assert.deepEqual(lines(ask(zone, 'mail.example.com', 'MX').answers), [
    'mail.example.com MX {"preference":10,"exchange":"mx.example.com"}',
  ]);
  assert.deepEqual(lines(ask(zone, '_s._tcp.example.com', 'SRV').answers), [
    '_s._tcp.example.com SRV {"priority":0,"weight":5,"port":80,"target":"page.example.com"}',
  ]);
  const txt = ask(zone, 'text.example.com', 'TXT').answers?.[0] as unknown as { data: readonly Buffer[] };
  assert.deepEqual(txt.data.map(String), ['hello', 'world']);
  const soa = ask(zone, 'example.com', 'SOA').answers?.[0] as unknown as {
    data: { serial: number; rname: string };
  };
  assert.equal(soa.data.serial, 2);
  assert.equal(soa.data.rname, 'hostmaster.example.com');
});

test('a query outside the zone is REFUSED, and so are other classes and zone transfers', () => {
  for (const name of ['example.org', 'com', '.', 'xexample.com', 'example.com.org']) {
    const answer = ask(zone, name, 'A');
    assert.equal(answer.rcode, 'REFUSED', name);
    assert.equal(answer.flag_aa, false);
  }
  for (const klass of ['CH', 'HS', 'ANY']) {
    const question = { name: 'page.example.com', type: 'A', class: klass };
    assert.equal(ask(zone, '', 'A', { questions: [question as never] }).rcode, 'REFUSED', klass);
  }
  assert.equal(ask(zone, 'example.com', 'AXFR').rcode, 'REFUSED');
  assert.equal(ask(zone, 'example.com', 'IXFR').rcode, 'REFUSED');
});

test('types that are never asked for get an error, unknown types an empty answer', () => {
  const rcode = (type: number): string | undefined => ask(zone, 'page.example.com', `UNKNOWN_${type}`).rcode;
  assert.deepEqual([0, 41, 128, 249, 250].map(rcode), Array(5).fill('FORMERR'));
  assert.deepEqual([253, 254].map(rcode), Array(2).fill('NOTIMP'));
  assert.deepEqual([99, 1000, 65_280, 65_535].map(rcode), Array(4).fill('NOERROR'));
});

test('ANY is answered with one RRset', () => {
  assert.deepEqual(lines(ask(zone, 'page.example.com', 'ANY').answers), ['page.example.com A 192.0.2.80']);
  assert.deepEqual(lines(ask(zone, 'six.example.com', 'ANY').answers), ['six.example.com AAAA 2001:db8::1']);
  assert.deepEqual(lines(ask(zone, 'www.example.com', 'ANY').answers), [
    'www.example.com CNAME page.example.com',
  ]);
  assert.equal(ask(zone, 'example.com', 'ANY').answers?.length, 1);
  assert.equal(ask(zone, 'deep.example.com', 'ANY').authorities?.length, 1, 'an empty non-terminal');
});

test('the question comes back octet by octet, in its own letter case', () => {
  const mixedCase = fc
    .array(fc.boolean(), { minLength: 16, maxLength: 16 })
    .map((upper) =>
      [...'page.example.com'].map((char, i) => (upper[i] ? char.toUpperCase() : char)).join(''),
    );
  fc.assert(
    fc.property(mixedCase, (name) => {
      const query = encodeQuery({ name, type: 'A' });
      const reply = replyTo(responderOf(zone), query);
      assert.deepEqual(reply.subarray(12, query.length), query.subarray(12));
      assert.deepEqual(lines(decode(reply).answers), [`${name} A 192.0.2.80`]);
    }),
  );
});

test('RD is copied, and no other bit of the query is', () => {
  const query = encodeQuery({ name: 'page.example.com', type: 'A' });
  const flagsFor = (flags: number): number => {
    query.writeUInt16BE(flags, 2);
    return replyTo(responderOf(zone), query).readUInt16BE(2);
  };
  assert.equal(flagsFor(0x0000), 0x8400);
  assert.equal(flagsFor(0x0100), 0x8500);
  assert.equal(flagsFor(0x07ff), 0x8500);
});

test('errors carry id and opcode, and the question where it could be read', () => {
  const notify = encodeQuery({ name: 'example.com', type: 'SOA' }, { flags: 4 << 11 });
  assert.equal(replyTo(responderOf(zone), notify).toString('hex'), '1234a0040000000000000000');
  const trailing = Buffer.concat([encodeQuery({ name: 'example.com', type: 'SOA' }), Buffer.of(1)]);
  const reply = replyTo(responderOf(zone), trailing);
  assert.equal(reply.readUInt16BE(2), 0x8001);
  assert.deepEqual(reply.subarray(12), trailing.subarray(12, -1));
  assert.equal(replyTo(responderOf(zone), Buffer.from('1234800000010000', 'hex')).length, 0);
});

test('what does not fit over UDP is truncated to the question, and whole over TCP', () => {
  const responder = responderOf(zone);
  const question = { name: 'big.example.com', type: 'TXT' };
  for (const query of [encodeQuery(question), encodeQuery(question, withEdns())]) {
    const reply = decode(replyTo(responder, query));
    assert.ok(reply.flag_tc);
    assert.equal(reply.answers?.length, 0);
    assert.ok(responder.truncated);
    const overTcp = decode(replyTo(responder, query, false));
    assert.equal(overTcp.flag_tc, false);
    assert.equal(overTcp.answers?.length, 1);
  }
});

test('a page with more addresses than fit is answered with as many as do, never truncated', () => {
  const addresses = Array.from({ length: 100 }, (_, i) => ({ address: `10.0.0.${i}`, weight: 1 }));
  const crowded = zoneOf('', [{ addresses, maxAddresses: 100 }]);
  for (const [more, least] of [
    [{}, 29],
    [withEdns(), 73],
  ] as const) {
    const answer = ask(crowded, 'page.example.com', 'A', more);
    assert.equal(answer.flag_tc, false);
    assert.ok((answer.answers?.length ?? 0) >= least, `${answer.answers?.length}`);
    assert.ok(answer.length <= ('additionals' in more ? 1232 : 512));
  }
});

test('a full answer leaves the room that its EDNS part takes', () => {
  const addresses = Array.from({ length: 200 }, (_, i) => ({ address: `10.0.0.${i}`, weight: 1 }));
  const hosts = Array.from({ length: 20 }, (_, i) => `${'n'.repeat(i + 1)}.example.com`);
  const crowded = zoneOf(
    '',
    hosts.map((host) => ({ host, addresses, maxAddresses: 200 })),
  );
  const option = { code: 'CLIENT_SUBNET', ip: '2001:db8::', sourcePrefixLength: 64, scopePrefixLength: 0 };
  for (const name of hosts) {
    for (const more of [withEdns(), withEdns({ options: [option] })]) {
      const answer = ask(crowded, name, 'A', more);
      assert.ok(answer.length <= 1232 && answer.length > 1232 - 16, `${answer.length}`);
    }
  }
});

test('addresses for which CNAMEs leave no room make a truncated answer, not one without addresses', () => {
  const seen = new Set<boolean>();
  for (let length = 30; length <= 63; length += 1) {
    const label = (i: number): string => String(i).repeat(length);
    const chain = [1, 2, 3, 4, 5, 6].map((i) => `${label(i)} CNAME ${i === 6 ? 'page' : label(i + 1)}\n`);
    const answer = ask(zoneOf(chain.join(''), [{}]), `${label(1)}.example.com`, 'A');
    assert.equal(answer.answers?.length, answer.flag_tc ? 0 : 7, `labels of ${length}`);
    seen.add(answer.flag_tc);
  }
  assert.equal(seen.size, 2);
});

test('names in data are compressed for the types of RFC 1035, and for no later one (RFC 3597 section 4)', () => {
  const compressed = zoneOf('mail MX 10 mail\n_s SRV 0 5 80 mail\npointer PTR mail\n');
  const apexWritten = (name: string, type: string): number => {
    const reply = replyTo(responderOf(compressed), encodeQuery({ name: `${name}.example.com`, type }));
    return reply.toString('latin1').split('\x07example').length - 1;
  };
  for (const [name, type, times] of [
    ['nothing', 'A', 1],
    ['mail', 'MX', 1],
    ['pointer', 'PTR', 1],
    ['_s', 'SRV', 2],
  ] as const) {
    assert.equal(apexWritten(name, type), times, `${name} ${type}`);
  }
});

test('no reply is longer than the client takes, and dns-packet reads every one', () => {
  const types = ['A', 'AAAA', 'MX', 'TXT', 'NS', 'SOA', 'SRV', 'CNAME', 'ANY', 'DS', 'UNKNOWN_65'];
  const labels = [
    'page',
    'www',
    'chain',
    'big',
    'sub',
    'ns',
    'deep',
    'x',
    'wild',
    '*',
    'alias',
    'loop',
    'text',
  ];
  const names = fc
    .array(fc.constantFrom(...labels), { maxLength: 4 })
    .map((parts) => [...parts, 'example.com'].join('.'));
  const size = fc.option(fc.integer({ min: 0, max: 4096 }), { nil: null });
  fc.assert(
    fc.property(names, fc.constantFrom(...types), size, fc.boolean(), (name, type, payload, isUdp) => {
      const more = payload === null ? {} : withEdns({ udpPayloadSize: payload });
      const query = encodeQuery({ name, type }, more);
      const reply = replyTo(responderOf(zone, Math.random), query, isUdp);
      const limit = payload === null ? 512 : Math.min(Math.max(payload, 512), 1232);
      if (isUdp) assert.ok(reply.length <= limit, `${reply.length} > ${limit}`);
      const decoded = decode(reply);
      assert.deepEqual(decoded.questions, packet.decode(query).questions);
      const isNegative = decoded.answers?.length === 0 && decoded.flag_aa && !decoded.flag_tc;
      if (isNegative) assert.match(lines(decoded.authorities)[0] ?? '', new RegExp(`^${SOA}`));
    }),
    { numRuns: 1_000 },
  );
});

test('pages are metered for A, AAAA and HTTPS with the TTL that was handed out, and nothing else is', () => {
  const responder = responderOf(zone);
  const metered = (name: string, type: string): readonly [string | null, number] => {
    replyTo(responder, encodeQuery({ name, type }));
    return [responder.page?.host ?? null, responder.page === null ? 0 : responder.pageTtlMs];
  };
  assert.deepEqual(metered('PAGE.example.com', 'A'), ['page.example.com', 30_000]);
  assert.deepEqual(metered('page.example.com', 'AAAA'), ['page.example.com', 10_000]);
  assert.deepEqual(metered('page.example.com', 'UNKNOWN_65'), ['page.example.com', 10_000]);
  assert.deepEqual(metered('chain.example.com', 'A'), ['page.example.com', 30_000]);
  for (const [name, type] of [
    ['page.example.com', 'MX'],
    ['page.example.com', 'ANY'],
    ['nothing.example.com', 'A'],
    ['deep.example.com', 'A'],
    ['text.example.com', 'A'],
    ['example.org', 'A'],
  ] as const) {
    assert.deepEqual(metered(name, type), [null, 0], `${name} ${type}`);
  }
});

test('each answer says where it came from', () => {
  const mixed = zoneOf('t TXT x\n', [
    {},
    {
      host: 'hot.example.com',
      addresses: [
        { address: '192.0.2.80', weight: 1 },
        { address: '192.0.2.90', weight: 1 },
      ],
    },
  ]);
  const responder = responderOf(mixed);
  const sourceOf = (name: string, type: string): string => {
    replyTo(responder, encodeQuery({ name, type }));
    return responder.source;
  };
  assert.equal(sourceOf('page.example.com', 'A'), 'origin');
  assert.equal(sourceOf('hot.example.com', 'A'), 'replicas');
  assert.equal(sourceOf('t.example.com', 'TXT'), 'static');
  assert.equal(sourceOf('page.example.com', 'AAAA'), 'none');
  assert.equal(sourceOf('example.org', 'A'), 'none');
});
