import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { test } from 'node:test';
import { readAssets } from '../../../src/server/admin/assets.js';
import { statusPage } from '../../../src/server/admin/document.js';

const assets = readAssets();
const page = statusPage(assets);
const { imports } = JSON.parse(assets.importMap) as { imports: Readonly<Record<string, string>> };

/** Where the browser finds what a module at `from` names; undefined when it finds nothing. */
function found(from: string, specifier: string): string | undefined {
  const path = specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : imports[specifier];
  return path !== undefined && assets.get(path) !== undefined ? path : undefined;
}

test('whatever a module names is there, and so is whatever the page names', () => {
  const waiting = [
    ...[...page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? ''),
    ...Object.values(imports),
  ];
  assert.ok(waiting.some((path) => path.endsWith('/main.js')));
  const seen = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const asset = assets.get(path);
    assert.ok(asset, path);
    if (!asset.type.startsWith('text/javascript')) continue;
    for (const [, specifier = ''] of asset.body.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g)) {
      const target = found(path, specifier);
      assert.ok(target, `${path} names ${specifier}`);
      waiting.push(target);
    }
  }
  for (const path of assets.modules) assert.ok(seen.has(assets.base + path), `nothing needs ${path}`);
});

test('the page loads nothing from elsewhere, and its policy lets it run nothing but its files', () => {
  const policy = page.headers?.['content-security-policy'] ?? '';
  const hash = createHash('sha256').update(assets.importMap).digest('base64');
  assert.ok(policy.includes(`script-src 'self' 'sha256-${hash}'`), policy);
  assert.match(policy, /default-src 'none'.*style-src 'self'.*connect-src 'self'.*trusted-types 'none'/);
  assert.doesNotMatch(page.body, /https?:|style=|\son\w+=|<style/);
  const inline = [...page.body.matchAll(/<script(?![^>]*src=)[^>]*>([^<]*)/g)].map((match) => match[1]);
  assert.deepEqual(inline, [assets.importMap]);
});

test('a file may be kept for ever, since its address is that of its contents', () => {
  const asset = assets.get(`${assets.base}page/main.js`);
  assert.match(asset?.headers?.['cache-control'] ?? '', /immutable/);
  assert.match(assets.base, /^\/ui\/[0-9a-f]{16}\/$/);
  assert.equal(readAssets().base, assets.base);
  assert.equal(assets.get('/ui/0000000000000000/page/main.js'), undefined);
  assert.equal(assets.get(`${assets.base}../admin.js`), undefined);
});

test('modules in the browser import nothing of Node.js', () => {
  for (const path of assets.modules) {
    const { body = '' } = assets.get(assets.base + path) ?? {};
    assert.doesNotMatch(body, /["']node:/, path);
  }
});
