import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Catalogue, UNPOLICED_LOAD } from '../../src/control/catalogue.js';
import { formatProblem } from '../../src/problem.js';
import { added, servedPage } from '../helpers/control.js';
import { policyOf } from '../helpers/policies.js';

const [A, B] = [servedPage('a'), servedPage('b')];
const ALL = policyOf();
const ONLY_A = named('only-a', '/a.html');

function named(name: string, pages: string, more = ''): ReturnType<typeof policyOf> {
  const policy = policyOf(more);
  return { ...policy, name, match: { pages: [pages], exclude: [] } };
}

test('pages are found by path and by host in lower case, with their policy', () => {
  const catalogue = new Catalogue();
  const upper = { ...A, host: 'A.Example.test' };
  assert.deepEqual(catalogue.replacePages(added(upper, B)), []);
  assert.deepEqual(catalogue.replacePolicies([ONLY_A]), []);
  assert.equal(catalogue.size, 2);
  assert.equal(catalogue.get('/a.html')?.policy, ONLY_A);
  assert.equal(catalogue.byHost('a.example.test')?.page, upper);
  assert.equal(catalogue.byHost('A.Example.test'), undefined);
  assert.equal(catalogue.get('/b.html')?.policy, null);
  assert.equal(catalogue.get('/b.html')?.load, UNPOLICED_LOAD);
  assert.equal(catalogue.get('/none.html'), undefined);
});

test('a change adds, replaces and removes pages', () => {
  const catalogue = new Catalogue();
  catalogue.replacePages(added(A, B));
  catalogue.replacePolicies([ALL]);
  const [newer, c] = [servedPage('a', 2), servedPage('c')];
  catalogue.replacePages({ added: [c], changed: [newer], removed: [B] });
  assert.deepEqual(
    catalogue.all().map(({ page }) => page),
    [newer, c],
  );
  assert.equal(catalogue.byHost(B.host), undefined);
  assert.equal(catalogue.get(c.path)?.policy, ALL);
});

test('policies that conflict are refused, and the last ones stay', () => {
  const catalogue = new Catalogue();
  catalogue.replacePages(added(A, B));
  catalogue.replacePolicies([ONLY_A]);
  const problems = catalogue.replacePolicies([ONLY_A, ALL]);
  assert.equal(problems.length, 1);
  assert.match(problems.map(formatProblem).join(), /the page \/a\.html is matched by/);
  assert.equal(catalogue.get(A.path)?.policy, ONLY_A);
  assert.equal(catalogue.get(B.path)?.policy, null);
  assert.deepEqual(catalogue.policies, [ONLY_A]);
});

test('pages that bring a conflict are there all the same: old ones keep their policy, the new ones get none', () => {
  const catalogue = new Catalogue();
  catalogue.replacePages(added(A));
  const [forA, alsoC] = [named('first', '/{a,c}.html'), named('second', '/c.html')];
  assert.deepEqual(catalogue.replacePolicies([forA, alsoC]), []);
  const newer = servedPage('a', 2);
  const problems = catalogue.replacePages({ added: [servedPage('c')], changed: [newer], removed: [] });
  assert.match(problems.map(formatProblem).join(), /the page \/c\.html is matched by/);
  assert.equal(catalogue.get('/a.html')?.page, newer);
  assert.equal(catalogue.get('/a.html')?.policy, forA);
  assert.equal(catalogue.get('/c.html')?.policy, null);
  assert.deepEqual(catalogue.replacePolicies([forA]), []);
  assert.equal(catalogue.get('/c.html')?.policy, forA);
});

test('pages whose policy has a floor are told apart', () => {
  const catalogue = new Catalogue();
  catalogue.replacePages(added(A, B));
  const floor = named('floor', '/b.html', 'minReplicas: 1\n');
  catalogue.replacePolicies([ONLY_A, floor]);
  assert.deepEqual(
    catalogue.withFloor.map(({ page }) => page.path),
    ['/b.html'],
  );
});

test('pages of one policy share its load settings, so that they count as unchanged', () => {
  const catalogue = new Catalogue();
  catalogue.replacePages(added(A, B));
  catalogue.replacePolicies([ALL]);
  assert.equal(catalogue.get(A.path)?.load, catalogue.get(B.path)?.load);
  assert.equal(catalogue.get(A.path)?.load.stableWindow, ALL.metric.stableWindow);
});
