import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatName, isWithin, lowerCase, type Name, parentOf, parseName, ROOT } from '../../src/dns/name.js';

const label = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map((octets) => Buffer.from(octets).toString('latin1'));
const name = fc
  .array(label, { maxLength: 10 })
  .map((labels): Name => labels.map((text) => String.fromCharCode(text.length) + text).join('') + ROOT);

test('every name survives printing and reading', () => {
  fc.assert(
    fc.property(name, (original) => {
      assert.deepEqual(parseName(formatName(original), ROOT), { ok: true, name: original });
    }),
  );
});

test('a name without a closing dot is relative to the origin, and @ is the origin', () => {
  const origin = '\x03com\0';
  assert.deepEqual(parseName('www', origin), { ok: true, name: '\x03www\x03com\0' });
  assert.deepEqual(parseName('www.', origin), { ok: true, name: '\x03www\0' });
  assert.deepEqual(parseName('@', origin), { ok: true, name: origin });
  assert.deepEqual(parseName('.', origin), { ok: true, name: ROOT });
});

test('escapes stand for any octet, a dot within a label included', () => {
  assert.deepEqual(parseName('a\\.b.\\065\\255.', ROOT), { ok: true, name: '\x03a.b\x02A\xff\0' });
  assert.equal(formatName('\x03a.b\x02A\xff\0'), 'a\\.b.A\\255.');
});

test('labels over 63 and names over 255 octets are refused', () => {
  assert.equal(parseName(`${'a'.repeat(63)}.`, ROOT).ok, true);
  assert.equal(parseName(`${'a'.repeat(64)}.`, ROOT).ok, false);
  const labels = Array(4).fill('a'.repeat(62)).join('.');
  assert.equal(parseName(`${labels}.b.`, ROOT).ok, true, '255 octets');
  assert.equal(parseName(`${labels}.bb.`, ROOT).ok, false, '256 octets');
});

test('empty labels, bad escapes and characters beyond ASCII are refused with the reason', () => {
  for (const [text, reason] of [
    ['a..b', /empty label/],
    ['.a', /empty label/],
    ['', /empty/],
    ['a\\256.', /escape/],
    ['a\\2b.', /escape/],
    ['a\\', /escape/],
    ['müller.', /Punycode/],
  ] as const) {
    const parsed = parseName(text, ROOT);
    assert.ok(!parsed.ok, text);
    assert.match(parsed.message, reason);
  }
});

test('only ASCII letters have a lower case', () => {
  assert.equal(lowerCase('\x02A\xc0\0'), '\x02a\xc0\0');
});

test('a name is within its ancestors and not within a name that only ends alike', () => {
  assert.ok(isWithin('\x01a\x03com\0', '\x03com\0'));
  assert.ok(isWithin('\x03com\0', '\x03com\0'));
  assert.ok(isWithin('\x03com\0', ROOT));
  assert.ok(!isWithin('\x04xcom\0', '\x03com\0'));
  assert.ok(!isWithin('\x03com\0', '\x01a\x03com\0'));
  assert.ok(!isWithin('\x05a\x03com\0', '\x03com\0'), 'a label that looks like the ancestor');
  assert.equal(parentOf('\x01a\x03com\0'), '\x03com\0');
});
