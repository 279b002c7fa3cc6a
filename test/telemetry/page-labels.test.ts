import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OTHER_PAGES, type PageActivity, PageLabels } from '../../src/telemetry/page-labels.js';

const HOUR_MS = 3_600_000;

test('a page has a label of its own while there are slots', () => {
  const labels = new PageLabels({ slots: 2, idleAfter: HOUR_MS });
  assert.deepEqual(labels.claim('/a', 'asked', 0), { label: '/a' });
  assert.deepEqual(labels.claim('/b', 'asked', 0), { label: '/b' });
  assert.deepEqual(labels.claim('/c', 'asked', 0), { label: OTHER_PAGES });
  assert.equal(labels.labelOf('/c'), OTHER_PAGES);
});

test('a slot is kept until its page was idle for an hour, and then goes to the next that asks', () => {
  const labels = new PageLabels({ slots: 1, idleAfter: HOUR_MS });
  labels.claim('/a', 'asked', 0);
  labels.claim('/a', 'asked', 10);
  assert.deepEqual(labels.claim('/b', 'asked', HOUR_MS + 9), { label: OTHER_PAGES });
  assert.deepEqual(labels.claim('/b', 'asked', HOUR_MS + 10), { label: '/b', evicted: '/a' });
  assert.equal(labels.labelOf('/a'), OTHER_PAGES);
});

test('a page with replicas takes the slot that was idle longest among pages without, never that of its equal', () => {
  const labels = new PageLabels({ slots: 2, idleAfter: HOUR_MS });
  labels.claim('/old', 'asked', 0);
  labels.claim('/older', 'asked', -1);
  assert.deepEqual(labels.claim('/hot', 'scaled', 1), { label: '/hot', evicted: '/older' });
  assert.deepEqual(labels.claim('/hotter', 'scaled', 1), { label: '/hotter', evicted: '/old' });
  assert.deepEqual(labels.claim('/hottest', 'scaled', 1), { label: OTHER_PAGES });
});

test('a page that leaves the site gives its slot back', () => {
  const labels = new PageLabels({ slots: 1, idleAfter: HOUR_MS });
  labels.claim('/a', 'scaled', 0);
  assert.equal(labels.release('/a'), true);
  assert.equal(labels.release('/a'), false);
  assert.deepEqual(labels.claim('/b', 'asked', 0), { label: '/b' });
});

test('whatever is asked, there are never more labels than slots, and a label is only lost where that is told', () => {
  const claims = fc.array(
    fc.record({
      page: fc.integer({ min: 0, max: 30 }).map((n) => `/${n}`),
      activity: fc.constantFrom<PageActivity>('asked', 'scaled'),
      step: fc.integer({ min: 0, max: 40 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(claims, (sequence) => {
      const labels = new PageLabels({ slots: 5, idleAfter: 100 });
      const known = new Set<string>();
      let now = 0;
      for (const { page, activity, step } of sequence) {
        now += step;
        const { label, evicted } = labels.claim(page, activity, now);
        if (evicted !== undefined) assert.ok(known.delete(evicted), 'evicted what had no slot');
        if (label !== OTHER_PAGES) known.add(label);
        assert.ok(known.size <= 5);
        assert.equal(labels.size, known.size);
        for (const held of known) assert.equal(labels.labelOf(held), held);
      }
    }),
  );
});
