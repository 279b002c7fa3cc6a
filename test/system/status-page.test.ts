import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Admin, startAdmin } from '../../src/server/admin/admin.js';
import { HOSTILE_PATH, staticSource } from '../helpers/admin-source.js';
import { openTab, type Tab } from '../helpers/chromium.js';
import { findProgram, skipWithout } from '../helpers/program.js';

const skip = skipWithout('chromium', 'chromium');
const folder = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'hotzone-screenshots-'));
const DESKTOP = { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false };
const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, mobile: true };
const HOSTILE_URL = `/page?path=${encodeURIComponent(HOSTILE_PATH)}`;

let serial = 1;
let admin: Admin;
let tab: Tab;

before(async () => {
  if (skip !== false) return;
  const source = staticSource();
  admin = await startAdmin({
    listen: { address: '127.0.0.1', port: 0 },
    source: { ...source, status: () => ({ ...source.status(), serial }) },
  });
  tab = await openTab(findProgram('chromium') ?? 'chromium');
});

after(async () => {
  await tab?.close();
  await admin?.close();
  if (process.env.SCREENSHOTS === undefined) rmSync(folder, { recursive: true, force: true });
});

/** Contrast of text with what is behind it, by WCAG 2.1 section 1.4.3; the lowest of the page with the element that has it. */
const LOWEST_CONTRAST = `(() => {
  const channel = (value) => value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = numbers(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  let lowest = { ratio: 21, text: '' };
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join('');
    if (text === '' || element.closest('script')) continue;
    const [a, b] = [luminance(numbers(getComputedStyle(element).color)), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < lowest.ratio) lowest = { ratio, text };
  }
  return lowest;
})()`;

for (const scheme of ['light', 'dark'] as const) {
  for (const [name, metrics] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    test(`the status page is readable on a ${name} in ${scheme}`, { skip }, async () => {
      await tab.send('Emulation.setDeviceMetricsOverride', metrics);
      await tab.send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      });
      for (const [view, path] of Object.entries({
        overview: '/',
        page: '/page?path=/post/summoning.html',
        hostile: HOSTILE_URL,
        missing: '/page?path=/no.html',
      })) {
        await tab.open(admin.url + path);
        writeFileSync(join(folder, `${view}-${name}-${scheme}.png`), await tab.screenshot());
        const sideways = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        assert.equal(await tab.evaluate(sideways), 0, `${view} does not scroll sideways`);
        const lowest = (await tab.evaluate(LOWEST_CONTRAST)) as { ratio: number; text: string };
        assert.ok(lowest.ratio >= 4.5, `${view}: ${JSON.stringify(lowest)}`);
      }
    });
  }
}

test('hostile names run nothing and load nothing', { skip }, async () => {
  await tab.open(admin.url);
  await tab.open(admin.url + HOSTILE_URL);
  assert.equal(await tab.evaluate('document.images.length'), 0);
  assert.equal(await tab.evaluate('performance.getEntriesByType("resource").length'), 0);
  // The browser logs the 404 of the page that is missing, which was asked for above.
  assert.deepEqual(
    tab.complaints.filter((text) => !text.includes('no.html')),
    [],
  );
});

test('the page shows what is new by itself, and keeps the focus', { skip }, async () => {
  await tab.open(admin.url);
  await tab.evaluate('document.querySelector("td a").focus()');
  const changed = tab.evaluate(`new Promise((resolve) => {
    new MutationObserver(() => document.body.innerText.includes('serial 777') && resolve(document.activeElement.tagName))
      .observe(document.body, { childList: true, subtree: true });
  })`);
  serial = 777;
  assert.equal(await changed, 'A');
  assert.equal(await tab.evaluate('document.getElementById("live").textContent'), 'live');
});

test('the page says when nothing answers any more', { skip }, async () => {
  await tab.open(admin.url);
  const stale = tab.evaluate(`new Promise((resolve) => {
    const live = document.getElementById('live');
    new MutationObserver(() => document.body.classList.contains('stale') && resolve(live.textContent))
      .observe(live, { childList: true });
  })`);
  await admin.close();
  assert.match(String(await stale), /^no answer since /);
});
