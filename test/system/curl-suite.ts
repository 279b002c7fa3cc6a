import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import type { Bundle } from '../../src/site/bundle.js';
import { bundleOf } from '../helpers/bundle.js';
import { skipWithout } from '../helpers/program.js';

export const CURL_HOST = 'index.html.example.org';
export const CURL_TEXT = Array.from({ length: 60_000 }, (_, line) => `line ${line}\n`).join('');

/** What the suite asks for, wherever it is. */
export function curlBundle(): Bundle {
  return bundleOf({
    host: CURL_HOST,
    digest: createHash('sha256').update(CURL_TEXT).digest('hex'),
    representations: [
      { encoding: 'identity', etag: '"plain"', body: Buffer.from(CURL_TEXT) },
      { encoding: 'gzip', etag: '"gzip"', body: gzipSync(CURL_TEXT) },
    ],
  });
}

/** A server of `curlBundle`. */
export interface CurlTarget {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Runs curl; resolves to what it prints. */
export async function curl(target: CurlTarget, args: readonly string[]): Promise<string> {
  const address = target.address.includes(':') ? `[${target.address}]` : target.address;
  const resolve = [CURL_HOST, 'example.org'].flatMap((host) => [
    '--resolve',
    `${host}:${target.port}:${address}`,
  ]);
  const common = ['--silent', '--show-error', '--max-time', '20', '--noproxy', '*'];
  const { stdout } = await execa('curl', [...common, ...resolve, ...args], { stripFinalNewline: false });
  return stdout;
}

/** What a server of a page has to do for curl, whatever the server is. */
export function testCurl(name: string, start: () => Promise<CurlTarget>): void {
  describe(`curl, from ${name}`, { skip: skipWithout('curl', 'curl') }, () => {
    let target: CurlTarget;
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
      target = await start();
    });
    after(async () => {
      await target.close();
      await rm(folder, { recursive: true });
    });

    const ask = (...args: readonly string[]): Promise<string> => curl(target, args);
    const url = (path = '/'): string => `http://${CURL_HOST}:${target.port}${path}`;
    const status = ['--output', '/dev/null', '--write-out', '%{http_code}'];

    test('gets a page plain and compressed, whole, by either version of the protocol', async () => {
      assert.equal(await ask(url()), CURL_TEXT);
      assert.equal(await ask('--compressed', url('/index.html')), CURL_TEXT);
      const sizes = await ask(
        '--compressed',
        '--output',
        '/dev/null',
        '--write-out',
        '%{size_download}',
        url(),
      );
      assert.equal(Number(sizes), gzipSync(CURL_TEXT).length);
      assert.equal(await ask('--http1.0', url()), CURL_TEXT);
    });

    test('resumes a download that was cut off', async () => {
      const file = join(folder, 'resumed');
      await writeFile(file, CURL_TEXT.slice(0, 12_345));
      await ask('--continue-at', '-', '--output', file, url());
      assert.equal(await readFile(file, 'utf8'), CURL_TEXT);
    });

    test('asks for a part, and for one that is not there', async () => {
      assert.equal(await ask('--range', '5-9', url()), CURL_TEXT.slice(5, 10));
      assert.equal(await ask('--range', '-7', url()), CURL_TEXT.slice(-7));
      assert.equal(await ask('--range', '99999999-', ...status, url()), '416');
    });

    test('asks only for what has changed, by entity tag and by date', async () => {
      const tag = join(folder, 'tag');
      await ask('--etag-save', tag, '--output', '/dev/null', url());
      assert.equal((await readFile(tag, 'utf8')).trim(), '"plain"');
      assert.equal(await ask('--etag-compare', tag, ...status, url()), '304');
      const saved = join(folder, 'saved');
      await ask('--remote-time', '--output', saved, url());
      assert.equal((await stat(saved)).mtimeMs, 784_111_777_000);
      assert.equal(await ask('--time-cond', saved, ...status, url()), '304');
    });

    test('asks for the header alone, posts, and follows no page elsewhere', async () => {
      assert.match(
        await ask('--head', url()),
        new RegExp(`^HTTP/1.1 200 OK\r\nContent-Length: ${CURL_TEXT.length}\r\n`),
      );
      assert.equal(await ask('--data', 'a=b', ...status, url()), '405');
      assert.equal(await ask('--header', 'Host: other.example', ...status, url()), '421');
      assert.equal(await ask('--header', 'Host:', ...status, url()), '400');
    });

    test('uses one connection for many requests', async () => {
      const report = await ask(
        '--write-out',
        '%{num_connects} ',
        '--remote-name-all',
        '--output-dir',
        folder,
        `${url()}index.html?[1-20]`,
      );
      assert.equal(report.trim(), ['1', ...Array(19).fill('0')].join(' '));
    });

    test('asks on many connections at once', async () => {
      const report = await ask(
        ...['--parallel', '--parallel-immediate', '--parallel-max', '30', '--write-out', '%{size_download} '],
        ...['--remote-name-all', '--output-dir', folder, `${url()}index.html?[1-60]`],
      );
      assert.deepEqual(
        report.trim().split(' ').map(Number),
        Array.from({ length: 60 }, () => CURL_TEXT.length),
      );
    });
  });
}
