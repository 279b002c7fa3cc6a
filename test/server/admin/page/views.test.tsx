import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { renderToString } from 'preact-render-to-string';
import { showControls } from '../../../../src/server/admin/format.js';
import { byHeat } from '../../../../src/server/admin/heat.js';
import { App } from '../../../../src/server/admin/page/app.js';
import type { Hand, Model } from '../../../../src/server/admin/page/model.js';
import { byWarmth, type Overview, type PageSnapshot } from '../../../../src/server/admin/page/snapshot.js';
import { HOSTILE_PATH, staticSource } from '../../../helpers/admin-source.js';

type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.Node;

const source = staticSource();
const HOT = '/post/summoning.html';
const NOW = Date.parse('2026-01-31T08:00:10Z');
const status = { healthy: true, ...source.status() };

const overview: Overview = {
  kind: 'overview',
  status,
  ...byWarmth(
    byHeat(source.pages()),
    source.pages().map(({ path }) => path),
  ),
  replicas: source.replicas(),
  decisions: source.decisions({ limit: 50 }),
};

function pageSnapshot(path: string): PageSnapshot {
  return {
    kind: 'page',
    status,
    path,
    page: source.page(path) ?? null,
    deciding: source.deciding(path),
    replicas: source.replicas().filter(({ page }) => page === path),
    decisions: source.decisions({ page: path, limit: 50 }),
    explanation: source.explain(path) ?? [],
    past: null,
  };
}

function hand(isUnlocked: boolean): Hand {
  return { isUnlocked, lockedOut: null, unlock: async () => null, lock: () => {}, order: async () => null };
}

function show(change: Partial<Model>, isUnlocked = false): string {
  const model: Model = {
    link: { kind: 'live' },
    snapshot: overview,
    refusal: null,
    trouble: null,
    history: new Map(),
    now: NOW,
    ...change,
  };
  return renderToString(<App model={model} hand={hand(isUnlocked)} />);
}

function elements(markup: string | Node): readonly Element[] {
  const found: Element[] = [];
  const visit = (node: Node): void => {
    if ('tagName' in node) found.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(typeof markup === 'string' ? parseFragment(markup) : markup);
  return found;
}

function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

function text(markup: string): string {
  return textOf(parseFragment(markup)).replace(/\s+/g, ' ');
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

function buttons(markup: string): readonly string[] {
  return elements(markup)
    .filter(({ tagName }) => tagName === 'button')
    .map(textOf);
}

test('hostile names are text: no element comes of them, and their links lead to their own view', () => {
  for (const markup of [show({}), show({ snapshot: pageSnapshot(HOSTILE_PATH) }, true)]) {
    const found = elements(markup);
    assert.ok(!found.some(({ tagName }) => ['img', 'script', 'panic', 'b-default'].includes(tagName)));
    assert.ok(
      !found.some(({ attrs }) => attrs.some(({ name }) => name.startsWith('on') || name === 'style')),
    );
    assert.ok(text(markup).includes(showControls(HOSTILE_PATH)));
    assert.ok(text(markup).includes('</script><script>alert(2)'));
    assert.ok(!text(markup).includes('\u001b'));
  }
  const link = elements(show({})).find(
    (element) => element.tagName === 'a' && textOf(element) === showControls(HOSTILE_PATH),
  );
  assert.ok(link);
  const url = new URL(attribute(link, 'href') ?? '', 'http://admin');
  assert.deepEqual([url.pathname, url.searchParams.get('path')], ['/page', HOSTILE_PATH]);
});

test('the overview has pages by heat, replicas, decisions and the budget', () => {
  const shown = text(show({}));
  for (const part of [
    '≥ 312 / 50',
    '3 of 7',
    '4 booting',
    '127.0.1.4',
    'Budget9 of 20 replicas',
    'Cost0.09 of 0.5 an hour',
    'maxReplicas is 6',
  ])
    assert.ok(shown.includes(part.replace('≥ ', '≥\u00a0').replace('\u00a0', ' ')), `${part}: ${shown}`);
  assert.match(shown, /2 cold pages/);
});

test('a page has its figures, the chain of reasons without what changed nothing, and its replicas', () => {
  const shown = text(show({ snapshot: pageSnapshot(HOT) }));
  for (const part of [
    'demand 312/s over target 50/s',
    'outside of 10 %',
    'TooManyReplicas',
    '2001:db8::7',
    'TTL 30 s',
  ])
    assert.ok(shown.includes(part), part);
});

test('a moment of the past has its own explanation, and a decision in the feed leads to it', () => {
  const past = { at: '2026-01-31T08:00:05.123Z', lines: ['it was so', '  for a reason'] };
  const markup = show({ snapshot: { ...pageSnapshot(HOT), past } });
  assert.match(text(markup), /Why, at \d\d:\d\d:\d\d nowit was so for a reason/);
  const link = elements(markup).find(({ attrs }) => attrs.some(({ value }) => /&at=/.test(value)));
  const url = new URL(attribute(link ?? assert.fail(), 'href') ?? '', 'http://admin');
  assert.deepEqual([url.searchParams.get('path'), url.searchParams.get('at')], [HOT, past.at]);
});

test('a page that the site has not says so, and shows what is left of it', () => {
  const shown = text(
    show({ snapshot: { ...pageSnapshot('/no'), decisions: overview.decisions.slice(0, 1) } }),
  );
  assert.match(shown, /no such page/);
  assert.match(shown, /3 → to 6/);
});

test('without the token there is nothing to press but what asks for it', () => {
  for (const snapshot of [overview, pageSnapshot(HOT)])
    assert.deepEqual(
      buttons(show({ snapshot })).filter((name) => name !== 'Open'),
      ['Unlock'],
    );
});

test('with the token a page can be pinned and paused, and a replica drained unless it already goes', () => {
  assert.deepEqual(buttons(show({ snapshot: pageSnapshot(HOT) }, true)), [
    'Pause every page',
    'Lock',
    'Pin',
    'Pause this page',
    'Drain',
    'Drain',
  ]);
});

test('what was ordered is said, with who did it and until when, and can be taken back', () => {
  const order = {
    since: '2026-01-31T07:00:00Z',
    until: null,
    by: '127.0.0.1:1 (admin token)',
    replicas: null,
  };
  const page = source.page(HOT);
  assert.ok(page);
  const snapshot: PageSnapshot = {
    ...pageSnapshot(HOT),
    page: { ...page, pinned: 5, paused: true },
    status: {
      ...status,
      orders: [
        { ...order, kind: 'pin', page: HOT, replicas: 5 },
        { ...order, kind: 'pause', page: HOT },
        { ...order, kind: 'pause', page: null },
      ],
    },
  };
  const markup = show({ snapshot }, true);
  assert.match(text(markup), /Every page is paused since .*, until it is taken back, by 127\.0\.0\.1:1/);
  assert.match(text(markup), /Pinned at 5 since/);
  for (const name of ['Unpin', 'Resume this page', 'Resume every page'])
    assert.ok(buttons(markup).includes(name), name);
});

test('a page in quarantine can be released', () => {
  const deciding = {
    measured: null,
    current: 0,
    desired: 0,
    chain: [{ step: 'back-off', value: 0, reason: 'Quarantined', detail: '5 failures' }],
  } as const;
  const markup = show({ snapshot: { ...pageSnapshot(HOT), deciding } }, true);
  assert.ok(buttons(markup).includes('Release from quarantine'));
});

test('empty, loading, refused, lost, polling and standing still are each said', () => {
  const counts = { ...status.counts, pages: 0 };
  const empty = {
    ...overview,
    status: { ...status, counts },
    warm: [],
    cold: [],
    replicas: [],
    decisions: [],
  };
  assert.match(text(show({ snapshot: empty })), /no pages yet.*origin serves every page.*None yet/);
  const quiet = { ...empty, status: { ...status, counts: { ...counts, pages: 1 } }, cold: ['/about.html'] };
  assert.match(text(show({ snapshot: quiet })), /the origin serves all 1 page alone/);
  assert.match(text(show({ snapshot: null, link: { kind: 'connecting' } })), /Loading/);
  const refusal = { ok: false, kind: 'refused', status: 500, message: 'a bug', hint: 'see the log' } as const;
  assert.match(text(show({ snapshot: null, refusal })), /tells nothing: a bug \(see the log\)/);
  assert.match(
    text(show({ link: { kind: 'lost', since: NOW - 3_661_000 } })),
    /disconnected since \d\d:\d\d:\d\d/,
  );
  assert.match(text(show({ link: { kind: 'polling' } })), /asking every 2 s: no event stream/);
  assert.match(
    text(show({ snapshot: { ...overview, status: { ...status, healthy: false } } })),
    /stands still/,
  );
});

test('trouble is told while it is new', () => {
  const trouble = (ago: number) => ({
    at: new Date(NOW - ago).toISOString(),
    what: 'the policies are not taken over',
    problems: ['a.yaml:3:1: <unknown>'],
  });
  assert.match(
    text(show({ trouble: trouble(5_000) })),
    /the policies are not taken over: a\.yaml:3:1: <unknown>/,
  );
  assert.doesNotMatch(text(show({ trouble: trouble(61_000) })), /not taken over/);
});

test('of ten thousand pages the hottest are rows, some more are named, and the others counted', () => {
  const [, hot] = source.pages();
  assert.ok(hot);
  const pages = Array.from({ length: 200 }, (_, n) => ({ ...hot, path: `/${n}.html`, demand: 1_000 - n }));
  const many = {
    ...overview,
    ...byWarmth(
      pages,
      pages.map(({ path }) => path),
    ),
    status: { ...status, counts: { ...status.counts, pages: 10_000 } },
  };
  const markup = show({ snapshot: many });
  assert.equal(
    elements(markup).filter(({ attrs }) => attrs.some(({ value }) => value === 'spark')).length,
    40,
  );
  assert.match(text(markup), /9960 cold pages.*9800 more are at/);
});

test('every table has heads and a name, every field a label, and the feed is read out when there is time', () => {
  const markup = show({ snapshot: pageSnapshot(HOT) }, true) + show({});
  const found = elements(markup);
  for (const table of found.filter(({ tagName }) => tagName === 'table')) {
    const inside = elements(table);
    assert.equal(inside.filter(({ tagName }) => tagName === 'caption').length, 1);
    assert.ok(
      inside.some(({ tagName, attrs }) => tagName === 'th' && attrs.some(({ value }) => value === 'col')),
    );
  }
  const fields = found.filter(({ tagName }) => tagName === 'input' || tagName === 'select');
  assert.ok(fields.length > 2);
  for (const field of fields) assert.equal((field.parentNode as Element).tagName, 'label');
  const log = found.find((element) => attribute(element, 'role') === 'log');
  assert.equal(log && attribute(log, 'aria-live'), 'polite');
});
