import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DnstapReader } from '../../src/trace/dnstap.js';
import { FrameStream, isFrameStream } from '../../src/trace/frame-stream.js';
import { AUTH_RESPONSE, dnstapOf, frameStreamOf } from '../helpers/dnstap.js';

const QUERY = { at: 1_795_522_637_250, source: '192.0.2.7', name: 'a.www.example.test', type: 'A' };

test('a query is read with its time to the nanosecond, its source and its name', () => {
  assert.deepEqual(new DnstapReader().read(dnstapOf()), { kind: 'query', query: QUERY });
});

test('an IPv6 source reads as an address', () => {
  const address = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
  const reading = new DnstapReader().read(dnstapOf({ address }));
  assert.equal(reading.kind === 'query' && reading.query.source, '2001:db8:0:0:0:0:0:7');
});

test('responses count where no queries are written, and are not counted twice where both are', () => {
  const onlyResponses = new DnstapReader();
  assert.deepEqual(onlyResponses.read(dnstapOf({ type: AUTH_RESPONSE })), { kind: 'query', query: QUERY });
  const both = new DnstapReader();
  assert.equal(both.read(dnstapOf()).kind, 'query');
  assert.equal(both.read(dnstapOf({ type: AUTH_RESPONSE })).kind, 'other');
});

test('what a resolver asks others is no query of a client', () => {
  assert.equal(new DnstapReader().read(dnstapOf({ type: 3 })).kind, 'other');
});

test('octets that are no message, and a message that holds no question, are unreadable and never an exception', () => {
  const reader = new DnstapReader();
  assert.equal(reader.read(Buffer.from('ffffffff', 'hex')).kind, 'unreadable');
  assert.equal(reader.read(dnstapOf({ wire: Buffer.alloc(11) })).kind, 'unreadable');
  assert.equal(reader.read(dnstapOf({ address: [1, 2, 3] })).kind, 'unreadable');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      assert.notEqual(reader.read(octets).kind, 'query');
    }),
  );
});

test('a message with some of its octets changed is read or not, and never an exception', () => {
  const whole = dnstapOf();
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, octet, length) => {
      const changed = Buffer.from(whole.subarray(0, length));
      if (at < length) changed[at] = octet;
      new DnstapReader().read(changed);
    }),
  );
});

test('frames are found however the file comes in chunks, also those of a second stream behind the first', () => {
  const frames = [dnstapOf(), dnstapOf({ name: 'b.example' }), Buffer.alloc(1), dnstapOf()];
  const file = Buffer.concat([frameStreamOf(frames), frameStreamOf(frames)]);
  assert.ok(isFrameStream(file));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), (size) => {
      const stream = new FrameStream();
      const found: Uint8Array[] = [];
      for (let at = 0; at < file.length; at += size) found.push(...stream.push(file.subarray(at, at + size)));
      assert.deepEqual(
        found.map((frame) => Buffer.from(frame)),
        [...frames, ...frames],
      );
      assert.equal(stream.left, 0);
      assert.equal(stream.fault, null);
    }),
  );
});

test('a frame too long to be one ends the reading, with a word about it; so does a stream of something else', () => {
  const stream = new FrameStream();
  const file = Buffer.concat([frameStreamOf([dnstapOf()]), Buffer.from('7fffffff', 'hex'), Buffer.alloc(9)]);
  assert.equal(stream.push(file).length, 1);
  assert.match(stream.fault ?? '', /a frame of 2147483647 octets/);
  assert.deepEqual(stream.push(frameStreamOf([dnstapOf()])), []);

  const other = new FrameStream();
  assert.deepEqual(other.push(frameStreamOf([dnstapOf()], 'protobuf:other')), []);
  assert.match(other.fault ?? '', /"protobuf:other"/);
});
