import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrigin } from '../../src/server/origin.js';
import { skipWithout } from '../helpers/program.js';
import { CURL_HOST, CURL_TEXT, type CurlTarget, curl, curlBundle, testCurl } from './curl-suite.js';

const DOMAIN = 'example.org';

async function start(): Promise<CurlTarget> {
  const origin = await startOrigin({ listen: [{ address: '127.0.0.1', port: 0 }], domain: DOMAIN });
  const bundle = curlBundle();
  const page = { path: '/index.html', host: CURL_HOST, urlPath: '/index.html', bundle, bundleFile: '' };
  origin.replace({ added: [page], changed: [], removed: [] });
  return { address: '127.0.0.1', port: origin.addresses[0]?.port ?? 0, close: () => origin.close() };
}

testCurl('the origin', start);

test('curl gets a page by its path on the host of the whole site', {
  skip: skipWithout('curl', 'curl'),
}, async () => {
  const target = await start();
  try {
    assert.equal(await curl(target, [`http://${DOMAIN}:${target.port}/index.html`]), CURL_TEXT);
  } finally {
    await target.close();
  }
});
