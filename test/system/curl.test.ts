import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { type Origin, startOrigin } from '../../src/server/origin.js';
import { bundleOf } from '../helpers/bundle.js';
import { skipWithout } from '../helpers/program.js';

const DOMAIN = 'example.org';
const HOST = `index.html.${DOMAIN}`;
const text = Array.from({ length: 60_000 }, (_, line) => `line ${line}\n`).join('');

describe('curl', { skip: skipWithout('curl', 'curl') }, () => {
  let origin: Origin;
  let folder: string;
  let port: number;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hotzone-'));
    origin = await startOrigin({
      listen: [{ address: '127.0.0.1', port: 0 }],
      domain: DOMAIN,
    });
    port = origin.addresses[0]?.port ?? 0;
    const bundle = bundleOf({
      digest: createHash('sha256').update(text).digest('hex'),
      representations: [
        { encoding: 'identity', etag: '"plain"', body: Buffer.from(text) },
        { encoding: 'gzip', etag: '"gzip"', body: gzipSync(text) },
      ],
    });
    const page = { path: '/index.html', host: HOST, urlPath: '/index.html', bundle, bundleFile: '' };
    origin.replace({ added: [page], changed: [], removed: [] });
  });
  after(async () => {
    await origin.close();
    await rm(folder, { recursive: true });
  });

  const curl = async (...args: readonly string[]): Promise<string> => {
    const resolve = [HOST, DOMAIN].flatMap((host) => ['--resolve', `${host}:${port}:127.0.0.1`]);
    const { stdout } = await execa(
      'curl',
      ['--silent', '--show-error', '--max-time', '20', ...resolve, ...args],
      {
        stripFinalNewline: false,
      },
    );
    return stdout;
  };
  const url = (host = HOST, path = '/'): string => `http://${host}:${port}${path}`;
  const status = ['--output', '/dev/null', '--write-out', '%{http_code}'];

  test('gets a page plain and compressed, by its own name and by its path', async () => {
    assert.equal(await curl(url()), text);
    assert.equal(await curl('--compressed', url()), text);
    assert.equal(await curl(url(DOMAIN, '/index.html')), text);
    assert.equal(await curl('--http1.0', url()), text);
  });

  test('resumes a download that was cut off', async () => {
    const file = join(folder, 'resumed');
    await writeFile(file, text.slice(0, 12_345));
    await curl('--continue-at', '-', '--output', file, url());
    assert.equal(await readFile(file, 'utf8'), text);
  });

  test('asks for a part, and for one that is not there', async () => {
    assert.equal(await curl('--range', '5-9', url()), text.slice(5, 10));
    assert.equal(await curl('--range', '-7', url()), text.slice(-7));
    assert.equal(await curl('--range', '99999999-', ...status, url()), '416');
  });

  test('asks only for what has changed, by entity tag and by date', async () => {
    const tag = join(folder, 'tag');
    await curl('--etag-save', tag, '--output', '/dev/null', url());
    assert.equal((await readFile(tag, 'utf8')).trim(), '"plain"');
    assert.equal(await curl('--etag-compare', tag, ...status, url()), '304');
    const saved = join(folder, 'saved');
    await curl('--remote-time', '--output', saved, url());
    assert.equal((await stat(saved)).mtimeMs, 784_111_777_000);
    assert.equal(await curl('--time-cond', saved, ...status, url()), '304');
  });

  test('asks for the header alone, posts, and follows no page elsewhere', async () => {
    assert.match(
      await curl('--head', url()),
      new RegExp(`^HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n`),
    );
    assert.equal(await curl('--data', 'a=b', ...status, url()), '405');
    assert.equal(await curl('--header', 'Host: other.example', ...status, url()), '421');
    assert.equal(await curl('--header', 'Host:', ...status, url()), '400');
  });

  test('uses one connection for many requests', async () => {
    const report = await curl(
      '--write-out',
      '%{num_connects} ',
      '--remote-name-all',
      '--output-dir',
      folder,
      `${url()}index.html?[1-20]`,
    );
    assert.equal(report.trim(), ['1', ...Array(19).fill('0')].join(' '));
  });
});
