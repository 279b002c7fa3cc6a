import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { representationsOf, sha256 } from '../../src/content/representation.js';

const HTML = 'text/html; charset=utf-8';

for (const octets of [1_000, 10_000, 2_000_000]) {
  test(`text of ${octets} octets is there in three encodings, each with an entity tag of its own`, async () => {
    const body = Buffer.from('all work and no play '.repeat(octets / 20));
    const [identity, gzip, br, ...others] = await representationsOf(body, HTML);
    assert.ok(identity && gzip && br && others.length === 0);
    assert.deepEqual([identity.encoding, gzip.encoding, br.encoding], ['identity', 'gzip', 'br']);
    assert.equal(identity.body, body);
    assert.deepEqual(gunzipSync(gzip.body), body);
    assert.deepEqual(brotliDecompressSync(br.body), body);
    assert.equal(identity.etag, `"${sha256(body).slice(0, 32)}"`);
    assert.match(gzip.etag, /^"[0-9a-f]{32}-gzip"$/);
    assert.match(br.etag, /^"[0-9a-f]{32}-br"$/);
  });
}

test('an encoding that is not smaller is left out', async () => {
  const encodingsOf = async (body: Uint8Array, type: string): Promise<string[]> =>
    (await representationsOf(body, type)).map((each) => each.encoding);
  assert.deepEqual(await encodingsOf(randomBytes(3_000), HTML), ['identity']);
  assert.deepEqual(await encodingsOf(new Uint8Array(), HTML), ['identity']);
  assert.deepEqual(await encodingsOf(Buffer.from('x'.repeat(3_000)), 'image/png'), ['identity']);
});

test('equal bodies give equal bytes', async () => {
  const body = Buffer.from('<p>hello</p>'.repeat(500));
  assert.deepEqual(await representationsOf(body, HTML), await representationsOf(body, HTML));
});
