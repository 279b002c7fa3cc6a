import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edns } from '../../src/dns/edns.js';
import { Query } from '../../src/dns/query.js';
import { decode, encodeQuery, replyTo, responderOf, withEdns, zoneOf } from './ask.js';

const QUESTION = { name: 'page.example.com', type: 'A' };
const zone = zoneOf('', [{}]);

/** An OPT record in hexadecimal. */
function opt({ owner = '00', size = '04d0', version = '00', flags = '0000', options = '' } = {}): Buffer {
  const length = (options.length / 2).toString(16).padStart(4, '0');
  return Buffer.from(`${owner}0029${size}00${version}${flags}${length}${options}`, 'hex');
}

function queryWith(...records: readonly Buffer[]): Buffer {
  const query = encodeQuery(QUESTION);
  query[11] = records.length;
  return Buffer.concat([query, ...records]);
}

function rcodeOf(query: Buffer): number {
  const reply = replyTo(responderOf(zone), query);
  const optRecord = decode(reply).additionals?.[0] as { extendedRcode?: number } | undefined;
  return ((reply[3] ?? 0) & 0xf) | ((optRecord?.extendedRcode ?? 0) << 4);
}

function subnet(hex: string): Buffer {
  return opt({ options: `0008${(hex.length / 2).toString(16).padStart(4, '0')}${hex}` });
}

test('a query with EDNS is answered with EDNS, and one without without', () => {
  const reply = decode(replyTo(responderOf(zone), queryWith(opt())));
  assert.equal(reply.additionals?.length, 1);
  const [record] = reply.additionals as unknown as [
    { type: string; udpPayloadSize: number; ednsVersion: number },
  ];
  assert.deepEqual([record.type, record.udpPayloadSize, record.ednsVersion], ['OPT', 1232, 0]);
  assert.equal(decode(replyTo(responderOf(zone), encodeQuery(QUESTION))).additionals?.length, 0);
});

test('a later version is BADVERS, whatever its options look like, and the answer stays empty', () => {
  const query = queryWith(opt({ version: '01', options: 'ffff00' }));
  assert.equal(rcodeOf(query), 16);
  const reply = decode(replyTo(responderOf(zone), query));
  assert.equal(reply.answers?.length, 0);
  const [record] = reply.additionals as unknown as [{ ednsVersion: number }];
  assert.equal(record.ednsVersion, 0);
});

test('unknown options and flags are ignored and not sent back; DO is', () => {
  const reply = replyTo(responderOf(zone), queryWith(opt({ flags: 'ffff', options: 'fde900021234' })));
  assert.equal(reply.subarray(-11).toString('hex'), '00002904d0000080000000');
});

test('two OPT records, one that another name owns, and one beside the question are form errors', () => {
  assert.equal(rcodeOf(queryWith(opt(), opt())), 1);
  assert.equal(rcodeOf(queryWith(opt({ owner: '016100' }))), 1);
  assert.equal(rcodeOf(queryWith(opt({ owner: 'c00c' }))), 1);
});

test('lengths that overrun are form errors', () => {
  const cut = queryWith(opt({ options: '000a0008' }));
  assert.equal(rcodeOf(cut), 1, 'an option beyond its record');
  assert.equal(rcodeOf(queryWith(opt({ options: '000a00' }))), 1, 'half an option header');
  const overrun = queryWith(opt());
  overrun[overrun.length - 1] = 1;
  assert.equal(rcodeOf(overrun), 1, 'a record beyond the message');
});

test('the payload size is between 512 and what we send', () => {
  const sizeOf = (size: string): number => {
    const query = new Query();
    const message = queryWith(opt({ size }));
    query.read(message, message.length);
    return query.edns.payloadSize;
  };
  assert.deepEqual(
    ['0000', '0200', '0300', '04d0', '1000', 'ffff'].map(sizeOf),
    [512, 512, 768, 1232, 1232, 1232],
  );
});

test('a client subnet is echoed with scope 0', () => {
  for (const hex of [
    '00011800c00002',
    '00012000c0000207',
    '0002300020010db80001',
    '00010000',
    '00020000',
    '00000000',
  ]) {
    const message = queryWith(subnet(hex));
    const query = new Query();
    assert.equal(query.read(message, message.length), 'query', hex);
    const reply = replyTo(responderOf(zone), message);
    assert.equal(reply.subarray(-hex.length / 2).toString('hex'), hex);
    decode(reply);
  }
});

test('a malformed client subnet is a form error', () => {
  for (const [hex, why] of [
    ['000118', 'too short'],
    ['00091800c00002', 'family 9'],
    ['00000800c0', 'family 0 with an address'],
    ['00012100c000020700', 'prefix 33 of IPv4'],
    [`00028100${'00'.repeat(17)}`, 'prefix 129 of IPv6'],
    ['00011818c00002', 'a scope in a query'],
    ['00011800c0000200', 'too many octets'],
    ['00011800c000', 'too few octets'],
    ['00011400c00011', 'bits beyond the prefix'],
  ] as const) {
    assert.equal(rcodeOf(queryWith(subnet(hex))), 1, why);
  }
  const twice = '00080007' + '00011800c00002';
  assert.equal(rcodeOf(queryWith(opt({ options: twice + twice }))), 1, 'two of them');
});

test('an OPT record takes as many octets as it says', () => {
  const edns = new Edns();
  assert.equal(edns.replyLength, 0);
  const message = queryWith(subnet('00011800c00002'));
  const query = new Query();
  query.read(message, message.length);
  assert.equal(query.edns.write(Buffer.alloc(100), 0, message, 0), query.edns.replyLength);
  assert.equal(query.edns.replyLength, 22);
});

test('dns-packet and we agree on a client subnet', () => {
  const option = { code: 'CLIENT_SUBNET', ip: '198.51.100.0', sourcePrefixLength: 24, scopePrefixLength: 0 };
  const reply = decode(replyTo(responderOf(zone), encodeQuery(QUESTION, withEdns({ options: [option] }))));
  const [record] = reply.additionals as unknown as [{ options: readonly Record<string, unknown>[] }];
  assert.equal(record.options[0]?.ip, '198.51.100.0');
  assert.equal(record.options[0]?.scopePrefixLength, 0);
});
