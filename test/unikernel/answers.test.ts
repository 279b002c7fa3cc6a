/**
 * The page kernel and the page server answer alike: the table in test/fixtures/answers/ is what the page server
 * really sends, and `cargo test` holds the kernel's library to the same table. After a change to what is answered,
 * `UPDATE_FIXTURES=1 npm test -- answers` writes it anew.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/driver/process/http-limits.js';
import { createPageListener } from '../../src/driver/process/page-listener.js';
import { decodeBundle } from '../../src/site/bundle-codec.js';
import { findOnOwnHost, respond } from '../../src/site/respond.js';
import { RawClient } from '../helpers/http.js';
import { rawRequests, tableLine } from './answer-cases.js';

const FOLDER = new URL('../../../test/fixtures/answers/', import.meta.url);
const TABLE = new URL('answers.txt', FOLDER);
/** Of the connection, not of the answer. */
const HOP_BY_HOP = /^(?:Date|Connection|Keep-Alive): .*\r\n/gim;

test('the page server sends what the table says', async () => {
  const decoded = decodeBundle(readFileSync(new URL('page.bundle', FOLDER)));
  assert.ok(decoded.ok);
  const bundle = decoded.value;
  const listener = createPageListener((request) => respond(request, findOnOwnHost(request, bundle)), {
    ...DEFAULT_LIMITS,
    maxRequestsPerConnection: Number.POSITIVE_INFINITY,
  });
  const { port } = await listener.listen('127.0.0.1', 0);
  const lines: string[] = [];
  for (const request of rawRequests()) {
    const client = new RawClient(port);
    client.send(request.replace(/\r\n\r\n$/, '\r\nConnection: close\r\n\r\n'));
    await client.closed;
    const [head = '', body = ''] = splitOnce(client.received, '\r\n\r\n');
    // Without a type of content it was not the page server that spoke but the parser before it, or a 304.
    if (!/^Content-Type|^HTTP\S+ 304/m.test(head)) continue;
    lines.push(tableLine(request, `${`${head}\r\n`.replaceAll(HOP_BY_HOP, '')}\r\n${body}`));
  }
  await listener.close(0);
  const table = `${lines.join('\n')}\n`;
  if (process.env.UPDATE_FIXTURES === '1') writeFileSync(TABLE, table);
  assert.equal(table, readFileSync(TABLE, 'utf8'));
  const statuses = new Set(lines.map((line) => /\tHTTP\/1\.1 (\d+)/.exec(line)?.[1]));
  assert.deepEqual([...statuses].sort(), [
    '200',
    '206',
    '304',
    '400',
    '404',
    '405',
    '406',
    '412',
    '416',
    '421',
  ]);
});

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
