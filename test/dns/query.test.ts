import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { Query } from '../../src/dns/query.js';
import { encodeQuery, withEdns } from './ask.js';

const QUESTION = { name: 'www.example.com', type: 'A' };

function verdict(message: Uint8Array): string {
  return new Query().read(message, message.length);
}

/** A valid query with octets changed. */
function changed(changes: Readonly<Record<number, number>>, message = encodeQuery(QUESTION)): Buffer {
  const copy = Buffer.from(message);
  for (const [at, octet] of Object.entries(changes)) copy[Number(at)] = octet;
  return copy;
}

test('what dns-packet encodes is read back', () => {
  const labels = fc.array(fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      labels,
      fc.constantFrom('A', 'AAAA', 'MX', 'TXT', 'ANY'),
      fc.boolean(),
      (names, type, edns) => {
        const query = new Query();
        const message = encodeQuery({ name: names.join('.'), type }, edns ? withEdns() : {});
        assert.equal(query.read(message, message.length), 'query');
        assert.equal(
          query.key,
          `${names.map((n) => String.fromCharCode(n.length) + n.toLowerCase()).join('')}\0`,
        );
        assert.equal(query.type, { A: 1, AAAA: 28, MX: 15, TXT: 16, ANY: 255 }[type]);
        assert.equal(query.edns.present, edns);
      },
    ),
  );
});

test('no message throws, whatever its octets are', () => {
  const query = new Query();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (octets) => {
      query.read(octets, octets.length);
    }),
    { numRuns: 2_000 },
  );
});

test('no message throws that begins as a query does', () => {
  const query = new Query();
  const start = encodeQuery(QUESTION, withEdns());
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.nat(start.length),
      fc.nat(start.length),
      (octets, at, kept) => {
        const message = Buffer.concat([start.subarray(0, kept), octets, start.subarray(at)]);
        query.read(message, message.length);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a valid query cut at any octet is a form error, or too short for a header', () => {
  const message = encodeQuery(QUESTION, withEdns());
  assert.equal(verdict(message), 'query');
  for (let length = 0; length < message.length; length += 1) {
    assert.equal(verdict(message.subarray(0, length)), length < 12 ? 'short' : 'formerr', `${length} octets`);
  }
});

test('responses are not answered', () => {
  assert.equal(verdict(changed({ 2: 0x80 })), 'response');
});

test('every opcode but QUERY is not implemented', () => {
  for (let opcode = 1; opcode < 16; opcode += 1) assert.equal(verdict(changed({ 2: opcode << 3 })), 'notimp');
  assert.equal(verdict(Buffer.from('123428000000000000000000', 'hex')), 'notimp', 'a header alone');
});

test('counts that lie are form errors', () => {
  for (const at of [4, 5, 6, 7, 8, 9, 10, 11]) {
    assert.equal(verdict(changed({ [at]: 0xff })), 'formerr', `count octet ${at}`);
  }
  assert.equal(verdict(changed({ 5: 0 })), 'formerr', 'no question');
  assert.equal(verdict(changed({ 5: 2 })), 'formerr', 'two questions');
  assert.equal(verdict(changed({ 11: 1 })), 'formerr', 'an additional record that is not there');
  assert.equal(verdict(Buffer.from('12340000ffffffffffffffff', 'hex')), 'formerr', 'four counts of 65535');
});

test('octets left over are a form error', () => {
  assert.equal(verdict(Buffer.concat([encodeQuery(QUESTION), Buffer.of(0)])), 'formerr');
});

test('a name that points to itself, forward or back is a form error in the question', () => {
  for (const pointer of ['c00c', 'c00e', 'c0ff', 'c000', 'ffff']) {
    assert.equal(
      verdict(Buffer.from(`123400000001000000000000${pointer}00010001`, 'hex')),
      'formerr',
      pointer,
    );
  }
});

test('labels over 63 octets and names over 255 are form errors', () => {
  const question = (name: Buffer): Buffer =>
    Buffer.concat([Buffer.from('123400000001000000000000', 'hex'), name, Buffer.from('00010001', 'hex')]);
  for (const length of [0x40, 0x80, 0xbf]) {
    const name = Buffer.concat([Buffer.of(length), Buffer.alloc(length, 0x61), Buffer.of(0)]);
    assert.equal(verdict(question(name)), 'formerr', `${length}`);
  }
  const label = (length: number): Buffer => Buffer.concat([Buffer.of(length), Buffer.alloc(length, 0x61)]);
  const longest = Buffer.concat([label(63), label(63), label(63), label(61), Buffer.of(0)]);
  assert.equal(longest.length, 255);
  assert.equal(verdict(question(longest)), 'query');
  assert.equal(
    verdict(question(Buffer.concat([label(63), label(63), label(63), label(62), Buffer.of(0)]))),
    'formerr',
  );
  const many = Buffer.concat([...Array(128)].map(() => label(1)).concat(Buffer.of(0)));
  assert.equal(verdict(question(many)), 'formerr', '128 labels');
});

test('records other than OPT are passed over, pointers in their names included, but not loops', () => {
  const tail = (name: string): string => `${name}00fa00ff000000000000`;
  const signed = (name: string): Buffer =>
    Buffer.concat([changed({ 11: 1 }), Buffer.from(tail(name), 'hex')]);
  assert.equal(verdict(signed('c00c')), 'query');
  assert.equal(verdict(signed('0161c00c')), 'query');
  assert.equal(verdict(signed('c021')), 'formerr', 'a pointer to itself');
  assert.equal(verdict(signed('c0ff')), 'formerr', 'a pointer forward');
  assert.equal(verdict(signed('c000')), 'formerr', 'a pointer into the header');
  assert.equal(verdict(signed('4061')), 'formerr', 'a label over 63');
});

test('more additional records than a query can have are a form error, even where they are there', () => {
  const record = Buffer.from('0000fa00ff000000000000', 'hex');
  const records = (count: number): Buffer =>
    Buffer.concat([changed({ 11: count }), ...Array.from({ length: count }, () => record)]);
  assert.equal(verdict(records(2)), 'query');
  assert.equal(verdict(records(3)), 'formerr');
});

test('an authority record is for IXFR alone', () => {
  const record = Buffer.from(`00000600010000000000160000${'00000001'.repeat(5)}`, 'hex');
  const ixfr = changed({ 9: 1 }, encodeQuery({ name: 'example.com', type: 'IXFR' }));
  assert.equal(verdict(Buffer.concat([ixfr, record])), 'query');
  assert.equal(verdict(Buffer.concat([changed({ 9: 1 }), record])), 'formerr');
});

test('the same object reads one query after another', () => {
  const query = new Query();
  const first = encodeQuery(QUESTION, withEdns({ flags: packet.DNSSEC_OK }));
  query.read(first, first.length);
  assert.ok(query.edns.present && query.edns.dnssecOk);
  const second = encodeQuery({ name: 'x', type: 'MX' });
  assert.equal(query.read(second, second.length), 'query');
  assert.ok(!query.edns.present && !query.edns.dnssecOk);
  assert.equal(query.key, '\x01x\0');
});
