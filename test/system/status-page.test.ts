import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Admin, startAdmin } from '../../src/server/admin/admin.js';
import { HOSTILE_PATH, staticSource } from '../helpers/admin-source.js';
import { openTab, type Tab } from '../helpers/chromium.js';
import { LOWEST_CONTRAST } from '../helpers/contrast.js';
import { until } from '../helpers/daemon/until.js';
import { press } from '../helpers/keyboard.js';
import { findProgram, skipWithout } from '../helpers/program.js';

const skip = skipWithout('chromium', 'chromium');
const folder = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'hotzone-screenshots-'));
const DESKTOP = { width: 1400, height: 900, deviceScaleFactor: 1, mobile: false };
const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, mobile: true };
const HOT_URL = '/page?path=/post/summoning.html';
const HOSTILE_URL = `/page?path=${encodeURIComponent(HOSTILE_PATH)}`;

let admin: Admin;
let tab: Tab;

before(async () => {
  if (skip !== false) return;
  mkdirSync(folder, { recursive: true });
  admin = await startAdmin({ listen: { address: '127.0.0.1', port: 0 }, source: staticSource() });
  tab = await openTab(findProgram('chromium') ?? 'chromium');
});

after(async () => {
  await tab?.close();
  await admin?.close();
  if (process.env.SCREENSHOTS === undefined) rmSync(folder, { recursive: true, force: true });
});

/** Opens a view and waits until it has something to show. */
async function open(path: string): Promise<void> {
  await tab.open(admin.url + path);
  await tab.evaluate(`new Promise((resolve) => {
    const look = () => document.querySelector('.feed') ? resolve() : setTimeout(look, 20);
    look();
  })`);
}

for (const scheme of ['light', 'dark'] as const) {
  for (const [name, metrics] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    test(`the status page is readable on a ${name} in ${scheme}`, { skip }, async () => {
      await tab.send('Emulation.setDeviceMetricsOverride', metrics);
      await tab.send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      });
      for (const [view, path] of Object.entries({
        overview: '/',
        page: HOT_URL,
        hostile: HOSTILE_URL,
        missing: '/page?path=/no.html',
      })) {
        await open(path);
        writeFileSync(join(folder, `${view}-${name}-${scheme}.png`), await tab.screenshot());
        const sideways = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        assert.equal(await tab.evaluate(sideways), 0, `${view} does not scroll sideways`);
        const lowest = (await tab.evaluate(LOWEST_CONTRAST)) as { ratio: number; text: string };
        assert.ok(lowest.ratio >= 4.5, `${view}: ${JSON.stringify(lowest)}`);
      }
    });
  }
}

test('hostile names run nothing and load nothing, and nothing comes from another host', {
  skip,
}, async () => {
  await open('/');
  await open(HOSTILE_URL);
  assert.equal(await tab.evaluate('document.images.length'), 0);
  const title = String(await tab.evaluate('document.title'));
  assert.match(title, /^\/<img src=x onerror=alert\(1\)>/);
  assert.deepEqual(
    tab.responses.map(({ url }) => new URL(url).origin).filter((origin) => origin !== admin.url),
    [],
  );
  // The browser logs the page that is missing, which was asked for above, and the stream that this server has not.
  assert.deepEqual(
    tab.complaints.filter((text) => !/no\.html|api\/v1\/events/.test(text)),
    [],
  );
});

test('every style and script obeys the policy, which refuses what is put in by others', {
  skip,
}, async () => {
  await open('/');
  const before = tab.complaints.length;
  const outcome = await tab.evaluate(`(() => {
    try { document.querySelector('main').innerHTML = '<img src=x onerror="window.broken = 1">'; } catch (error) { return error.name; }
    return 'put in';
  })()`);
  assert.equal(outcome, 'TypeError');
  assert.equal(await tab.evaluate('window.broken'), undefined);
  assert.ok(tab.complaints.length >= before);
});

test('a page keeps the focus when it passes others', { skip }, async () => {
  const [cold, hot] = staticSource().pages();
  assert.ok(cold && hot);
  let demand = 100;
  const passing = await startAdmin({
    listen: { address: '127.0.0.1', port: 0 },
    source: staticSource({
      pages: () => [
        hot,
        { ...hot, path: '/second.html', demand: 200, requestRate: null },
        { ...hot, path: '/third.html', demand: 150, requestRate: null },
        { ...hot, path: '/passing.html', demand, requestRate: null },
      ],
    }),
  });
  try {
    await tab.open(passing.url);
    const first = 'document.querySelector("td a")?.textContent';
    await until('hotter ones are above', async () => (await tab.evaluate(first)) === hot.path);
    await tab.evaluate(`document.querySelectorAll('td.main a')[3].focus()`);
    demand = 1_000;
    await until('it has passed', async () => (await tab.evaluate(first)) === '/passing.html');
    assert.equal(await tab.evaluate('document.activeElement.textContent'), '/passing.html');
    demand = 10;
    await until('it is below', async () => (await tab.evaluate(first)) === hot.path);
    assert.equal(await tab.evaluate('document.activeElement.textContent'), '/passing.html');
  } finally {
    await passing.close();
  }
});

test('a server that only shows says so to whoever wants more', { skip }, async () => {
  await open('/');
  await tab.evaluate(
    `[...document.querySelectorAll('button')].find((b) => b.textContent === 'Unlock').click()`,
  );
  await tab.evaluate(`new Promise((resolve) => {
    const look = () => document.querySelector('dialog[open] input') ? resolve() : setTimeout(look, 20);
    look();
  })`);
  await tab.send('Input.insertText', { text: 'whatever' });
  const said = tab.evaluate(`new Promise((resolve) => {
    const look = () => {
      const text = document.querySelector('dialog [role="alert"]').textContent;
      if (text === '') setTimeout(look, 20); else resolve(text);
    };
    look();
  })`);
  await press(tab, 'Enter');
  assert.match(String(await said), /this server only shows/);
  assert.equal(await tab.evaluate('sessionStorage.length'), 0, 'a token that was not taken is not kept');
});

test('under a name that somebody pointed here, there is no page', { skip }, async () => {
  const evil = await openTab(findProgram('chromium') ?? 'chromium', [
    '--host-resolver-rules=MAP evil.test 127.0.0.1',
  ]);
  try {
    await evil.open(`http://evil.test:${admin.port}/`);
    assert.match(String(await evil.evaluate('document.body.innerText')), /does not answer for the host/);
    assert.equal(evil.responses[0]?.status, 421);
  } finally {
    await evil.close();
  }
});
