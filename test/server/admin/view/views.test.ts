import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { showControls } from '../../../../src/server/admin/format.js';
import { CONTENT_SECURITY_POLICY } from '../../../../src/server/admin/view/document.js';
import { overview } from '../../../../src/server/admin/view/overview.js';
import { pageDetail } from '../../../../src/server/admin/view/page-detail.js';
import { HOSTILE_PATH, staticSource } from '../../../helpers/admin-source.js';

type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.Node;

function elements(markup: string): readonly Element[] {
  const errors: string[] = [];
  const found: Element[] = [];
  const visit = (node: Node): void => {
    if ('tagName' in node) found.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(markup, { onParseError: (error) => errors.push(error.code) }));
  assert.deepEqual(errors, []);
  return found;
}

function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

const source = staticSource();
const hostile = source.page(HOSTILE_PATH);
const hot = source.page('/post/summoning.html');
assert.ok(hostile && hot);
const documents = [overview(source), pageDetail(source, hostile), pageDetail(source, hot)];

test('hostile names are text: no element comes of them, and their links lead to their own view', () => {
  for (const markup of documents) {
    const found = elements(markup);
    assert.ok(!found.some((element) => element.tagName === 'img' || element.tagName === 'panic'));
    assert.equal(found.filter((element) => element.tagName === 'script').length, 1);
    assert.ok(!found.some((element) => element.attrs.some((attr) => attr.name.startsWith('on'))));
  }
  const links = elements(overview(source)).filter((element) => element.tagName === 'a');
  const link = links.find((element) => textOf(element) === showControls(HOSTILE_PATH));
  assert.ok(link);
  const url = new URL(attribute(link, 'href') ?? '', 'http://admin');
  assert.equal(url.pathname, '/page');
  assert.equal(url.searchParams.get('path'), HOSTILE_PATH);
});

test('nothing is loaded from anywhere, and no style hides in an attribute that the policy would drop', () => {
  for (const element of documents.flatMap(elements)) {
    assert.equal(attribute(element, 'src'), undefined);
    assert.equal(attribute(element, 'style'), undefined);
    if (element.tagName === 'link') assert.match(attribute(element, 'href') ?? '', /^data:/);
    if (element.tagName === 'a') assert.match(attribute(element, 'href') ?? '', /^\//);
  }
});

test('the policy names the style and the script by what they are', () => {
  for (const tag of ['style', 'script']) {
    const element = elements(documents[0] ?? '').find(({ tagName }) => tagName === tag);
    assert.ok(element);
    const hash = createHash('sha256').update(textOf(element)).digest('base64');
    assert.ok(CONTENT_SECURITY_POLICY.includes(`${tag}-src 'sha256-${hash}'`));
  }
});

test('the overview has the pages hottest first, with what is measured and what answers', () => {
  const rows = elements(overview(source)).filter(({ tagName }) => tagName === 'tr');
  const texts = rows.map((row) => textOf(row).replace(/\s+/g, ' '));
  const order = ['/post/summoning.html', showControls(HOSTILE_PATH), '/about.html'].map((path) =>
    texts.findIndex((text) => text.startsWith(path)),
  );
  assert.deepEqual(order, [1, 2, 3]);
  assert.match(
    texts[1] ?? '',
    /≥ 312 ?50 ?14 ?287 ?3 of 7 \+4 −1 ?127\.0\.1\.4.*2001:db8::7demand 312\/s needs 7/,
  );
  assert.match(texts[3] ?? '', /origin192\.0\.2\.1/);
});

test('cells name their column for the phone, and tables say that they are', () => {
  const found = documents.flatMap(elements);
  for (const cell of found.filter(({ tagName }) => tagName === 'td')) {
    assert.equal(attribute(cell, 'role'), 'cell');
    assert.notEqual(attribute(cell, 'data-title'), undefined);
  }
  for (const head of found.filter(({ tagName }) => tagName === 'th'))
    assert.equal(attribute(head, 'scope'), 'col');
  for (const { childNodes } of found.filter(({ tagName }) => tagName === 'table'))
    assert.ok(childNodes.some((child) => child.nodeName === 'caption'));
});

test("a page's own view has the whole chain of reasons, step by step", () => {
  const text = elements(pageDetail(source, hot))
    .filter(({ tagName }) => tagName === 'td')
    .map(textOf);
  for (const step of source.decisions({ page: hot.path, limit: 1 })[0]?.chain ?? []) {
    assert.ok(text.includes(step.step));
    assert.ok(text.includes(step.detail));
  }
});

test('of ten thousand pages the overview shows the hottest and says how many more there are', () => {
  const base = hot;
  const pages = Array.from({ length: 10_000 }, (_, n) => ({ ...base, path: `/${n}.html`, demand: n }));
  const markup = overview(staticSource({ pages: () => pages }));
  assert.ok(markup.includes('>/9999.html<'));
  assert.ok(!markup.includes('>/9.html<'));
  assert.match(markup, /9940 colder pages/);
});
