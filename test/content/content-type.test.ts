import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentTypeOf, isCompressible } from '../../src/content/content-type.js';

function typeOf(path: string, text = 'x'): string {
  return contentTypeOf(path, Buffer.from(text, 'latin1'));
}

test('the type follows from the name without its query', () => {
  assert.equal(typeOf('/a/index.html'), 'text/html; charset=utf-8');
  assert.equal(typeOf('/main.css?v=1.png'), 'text/css; charset=utf-8');
  assert.equal(typeOf('/a.js'), 'text/javascript; charset=utf-8');
  assert.equal(typeOf('/noise.png?1395516324'), 'image/png');
  assert.equal(typeOf('/a.svg'), 'image/svg+xml');
  assert.equal(typeOf('/film.m4v'), 'video/x-m4v');
});

test('a name that tells nothing gives octets, unless the file begins like HTML', () => {
  assert.equal(typeOf('/css'), 'application/octet-stream');
  assert.equal(typeOf('/a.b/README'), 'application/octet-stream');
  assert.equal(typeOf('/about', '\n<!DOCTYPE html><title>x'), 'text/html; charset=utf-8');
  assert.equal(typeOf('/about', '\xef\xbb\xbf<html lang=en>'), 'text/html; charset=utf-8');
  assert.equal(typeOf('/about', '<htmlx>'), 'application/octet-stream');
});

test('text that is not UTF-8 says its charset itself', () => {
  assert.equal(typeOf('/a.html', '<meta charset=iso-8859-1>caf\xe9'), 'text/html');
});

test('text shrinks, pictures and films do not', () => {
  for (const type of ['text/html; charset=utf-8', 'image/svg+xml', 'application/json', 'font/ttf']) {
    assert.ok(isCompressible(type), type);
  }
  for (const type of [
    'image/png',
    'video/mp4',
    'font/woff2',
    'application/octet-stream',
    'application/zip',
  ]) {
    assert.ok(!isCompressible(type), type);
  }
});
