import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignPolicies, matcher, policyFor } from '../../src/policy/match.js';
import type { Policy } from '../../src/policy/policy.js';
import { namedPolicy, parsed, policyFrom, problemsOf, SHORTEST } from '../helpers/policy.js';

function matches(pattern: string, path: string): boolean {
  return matcher(policyFrom(SHORTEST.replace('"/**"', JSON.stringify(pattern))))(path);
}

function policy(name: string, pages: string, lines = ''): Policy {
  return policyFrom(`${SHORTEST.replace('shortest', name).replace('"/**"', pages)}${lines}\n`);
}

test('globs match the whole path of a page', () => {
  assert.ok(matches('/**', '/index.html'));
  assert.ok(matches('/**', '/a/b/.hidden'));
  assert.ok(matches('/blog/**', '/blog/2015/post.html'));
  assert.ok(!matches('/blog/**', '/blogs/post.html'));
  assert.ok(matches('/blog/*', '/blog/post.html'));
  assert.ok(!matches('/blog/*', '/blog/2015/post.html'));
  assert.ok(matches('**/*.jpg', '/images/a.jpg'));
  assert.ok(matches('**/*.jpg', '/a.jpg'));
  assert.ok(!matches('/index.html', '/a/index.html'));
  assert.ok(matches('/{a,b}.html', '/b.html'));
  assert.ok(matches('/[ab].html', '/a.html'));
  assert.ok(!matches('/A.html', '/a.html'));
});

test('a query in the file name of a page is a part of its path like any other', () => {
  assert.ok(matches('/index.html?p=1', '/index.html?p=1'));
  assert.ok(matches('/index.html?*', '/index.html?p=1&q=2'));
  assert.ok(matches('/**', '/index.html?p=a/b'));
  assert.ok(!matches('/*.html', '/index.html?p=1'));
  assert.ok(!matches('/index.html\\?p=1', '/index.htmlXp=1'));
});

test('brackets, bars and exclamation marks in names stand for themselves', () => {
  assert.ok(matches('/photo (1)*', '/photo (1).jpg'));
  assert.ok(!matches('/photo (1)*', '/photo 1.jpg'));
  assert.ok(!matches('/a|b', '/a'));
  assert.ok(matches('/a|b', '/a|b'));
  assert.ok(!matches('/+(a)', '/aaa'));
  assert.ok(!matches('/!(a)', '/b'));
});

test('excluded pages and those of a disabled policy are not matched', () => {
  const some = policyFrom(SHORTEST.replace('["/**"]', '["/**"], exclude: ["/drafts/**"]'));
  assert.equal(matcher(some)('/a.html'), true);
  assert.equal(matcher(some)('/drafts/a.html'), false);
  assert.equal(matcher(namedPolicy('off', 'enabled: false'))('/a.html'), false);
});

test('each page gets the matching policy of the highest priority, and the others stay on the origin', () => {
  const low = policy('low', '"/a/**", "/b/**"');
  const high = policy('high', '"/b/**"', 'priority: 1');
  const assigned = parsed(assignPolicies(['/a/1', '/b/1', '/c/1'], [low, high]));
  assert.deepEqual(
    [...assigned].map(([path, { name }]) => [path, name]),
    [
      ['/a/1', 'low'],
      ['/b/1', 'high'],
    ],
  );
  assert.equal(policyFor('/b/1', [low, high]), high);
  assert.equal(policyFor('/a/1', [low, high]), low);
  assert.equal(policyFor('/c/1', [low, high]), undefined);
});

test('two policies of the highest priority on one page are a problem that names both, once', () => {
  const [a, b] = [policy('a', '"/x/**"'), policy('b', '"/**"')];
  assert.deepEqual(problemsOf(assignPolicies(['/x/1', '/x/2', '/y'], [b, a])), [
    'p.yaml: the page /x/1 (and 1 more) is matched by "a" (p.yaml) and "b" (p.yaml), both of priority 0; ' +
      'give one of them a higher priority, or exclude the page from one',
  ]);
});

test('equal policies below a higher one, or of which one is disabled, do not conflict', () => {
  const [a, b] = [policy('a', '"/**"'), policy('b', '"/**"')];
  const top = policy('top', '"/**"', 'priority: 5');
  const off = policy('off', '"/**"', 'enabled: false');
  assert.equal(parsed(assignPolicies(['/x'], [a, b, top])).get('/x'), top);
  assert.equal(parsed(assignPolicies(['/x'], [a, off])).get('/x'), a);
});

test('of two equal policies the first by name has the page, in whatever order they come', () => {
  const [a, b] = [policy('a', '"/**"'), policy('b', '"/**"')];
  assert.equal(policyFor('/x', [a, b]), a);
  assert.equal(policyFor('/x', [b, a]), a);
});
