import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, get } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { EVENT_LIMITS } from '../../src/server/admin/event-hub.js';
import { openTab, type Tab } from '../helpers/chromium.js';
import { LOWEST_CONTRAST } from '../helpers/contrast.js';
import { DOMAIN, type Hotzone } from '../helpers/daemon/hotzone.js';
import { visitOrigin } from '../helpers/daemon/load.js';
import { html, Scene } from '../helpers/daemon/scene.js';
import { until } from '../helpers/daemon/until.js';
import { focused, press, tabTo } from '../helpers/keyboard.js';
import { freePort } from '../helpers/process-driver.js';
import { findProgram, skipWithout } from '../helpers/program.js';

const skip = skipWithout('chromium', 'chromium');
const HOT = '/hot.html';
const HOSTILE = '<img src=x onerror=document.title=1>.html';
const PAGES = { 'index.html': html('index'), 'hot.html': html('hot'), [HOSTILE]: html('hostile') };
const EVERYWHERE = `(document.body?.innerText ?? '') + ' ' + [...document.querySelectorAll('details')].map((d) => d.textContent).join(' ')`;

let tab: Tab;

before(async () => {
  if (skip !== false) return;
  tab = await openTab(findProgram('chromium') ?? 'chromium');
  await tab.send('Emulation.setDeviceMetricsOverride', {
    width: 1400,
    height: 900,
    deviceScaleFactor: 1,
    mobile: false,
  });
});

after(() => tab?.close());

/** What goes wrong from here on: the page of a test before this one may have lost its daemon. */
async function complaintsFromHere(): Promise<() => readonly string[]> {
  await tab.open('about:blank');
  const before = tab.complaints.length;
  return () => tab.complaints.slice(before);
}

/** Waits until the page says it. */
function shows(what: RegExp): Promise<unknown> {
  return until(`the page shows ${what}`, async () => what.test(String(await tab.evaluate(EVERYWHERE))), {
    otherwise: () => tab.complaints.join('\n'),
  });
}

/** What is shown can be read in both themes; its pictures go where somebody wants to look at them. */
async function look(name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  for (const value of ['dark', 'light']) {
    await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
    const lowest = (await tab.evaluate(LOWEST_CONTRAST)) as { ratio: number; text: string };
    assert.ok(lowest.ratio >= 4.5, `${name} in ${value}: ${JSON.stringify(lowest)}`);
    if (folder === undefined) continue;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}-${value}.png`), await tab.screenshot());
  }
}

/** The page has not been loaded anew since this was called. */
async function markThisLoad(): Promise<() => Promise<void>> {
  await tab.evaluate('window.sameLoad = true');
  return async () => assert.equal(await tab.evaluate('window.sameLoad'), true);
}

function tokenOf(scene: Scene): string {
  return readFileSync(join(scene.stateDir, 'admin-token'), 'utf8').trim();
}

/** Out of a dialog. */
async function leaveDialog(): Promise<void> {
  await press(tab, 'Escape');
  await until(
    'the dialog is gone',
    async () => (await tab.evaluate('document.querySelector("dialog")')) === null,
  );
}

/** With the focus on "Unlock", and keys only. */
async function enterToken(token: string): Promise<void> {
  await press(tab, 'Enter');
  await until('it asks for the token', async () => (await focused(tab)).name === 'Admin token');
  await tab.send('Input.insertText', { text: token });
  await press(tab, 'Enter');
}

async function pinnedAt(daemon: Hotzone): Promise<number | null> {
  return (await daemon.page(HOT)).pinned;
}

test('a surge is seen as it comes, and hostile file names are text', { skip }, async (t) => {
  const complaints = await complaintsFromHere();
  const scene = await Scene.set(t, PAGES);
  const daemon = await scene.start();
  await tab.open(daemon.admin);
  await shows(/Nobody asks for anything/);
  await shows(/<img src=x onerror=document\.title=1>\.html/);
  await shows(/\blive\b/);
  const sameLoad = await markThisLoad();
  const load = visitOrigin(daemon, `hot-html.${DOMAIN}`, 60);
  await shows(/hot\.html[\s\S]*[1-3]\s+of\s+3/);
  await shows(/MetricAboveTarget|Panic/);
  await look('surge-overview');
  await tab.evaluate(`document.querySelector('td a').focus()`);
  await shows(/3\s+of\s+3/);
  assert.match((await focused(tab)).name, /hot\.html/, 'what is new does not take the focus away');
  await sameLoad();
  await tab.load(() => press(tab, 'Enter'));
  await shows(/quick[\s\S]*Measured/);
  await until(
    'the plots are drawn',
    async () => Number(await tab.evaluate('document.querySelectorAll(".uplot canvas").length')) === 2,
  );
  await look('surge-page');
  await tab.load(() => tab.evaluate(`document.querySelector('.feed li:last-child a').click()`));
  await shows(/Why, at \d\d:\d\d:\d\d now[\s\S]*boot [0-9a-f]{8}/);
  await look('past');
  await load.end();
  const origins = new Set(tab.responses.map(({ url }) => new URL(url).origin));
  assert.deepEqual([...origins], [daemon.admin]);
  assert.deepEqual(complaints(), []);
});

test('a page is pinned and unpinned with the keyboard alone, and the token is in no address', {
  skip,
}, async (t) => {
  const scene = await Scene.set(t, PAGES);
  const daemon = await scene.start();
  const token = tokenOf(scene);
  const complaints = await complaintsFromHere();
  await tab.open(`${daemon.admin}/page?path=${encodeURIComponent(HOT)}`);
  await shows(/All pages/);

  await tabTo(tab, /^Unlock$/);
  await press(tab, 'Enter');
  await shows(/Whoever has the admin token/);
  await leaveDialog();
  assert.equal((await focused(tab)).name, 'Unlock', 'the focus is back where it was');

  await enterToken('wrong');
  await shows(/that is not the admin token/);
  await look('unlock-refused');
  await leaveDialog();
  await enterToken(token);
  await shows(/Lock[\s\S]*Pin/);

  await tabTo(tab, /^Replicas$/);
  await tab.evaluate('document.activeElement.select()');
  await tab.send('Input.insertText', { text: '2' });
  await tabTo(tab, /^Pin$/);
  await press(tab, 'Enter');
  await shows(/Pinned at 2 since/);
  assert.equal(await pinnedAt(daemon), 2);
  await shows(/2\s+of\s+2/);
  await look('pinned-page');

  await tabTo(tab, /^Unpin$/);
  await press(tab, 'Enter');
  await until('it is unpinned', async () => (await pinnedAt(daemon)) === null);
  await until('the focus is on what is left', async () => (await focused(tab)).name === 'Pin');

  assert.ok(!tab.responses.some(({ url }) => url.includes(token)));
  assert.ok(!String(await tab.evaluate('location.href')).includes(token));
  assert.equal(await tab.evaluate('localStorage.length + document.cookie.length'), 0);
  assert.deepEqual(
    complaints().filter((text) => !/status of 401/.test(text)),
    [],
  );
});

test('every page is paused and resumed, and a replica is drained after a second thought', {
  skip,
}, async (t) => {
  const scene = await Scene.set(t, PAGES);
  const daemon = await scene.start();
  await daemon.command('pin', HOT, '1', '--state', scene.stateDir);
  await tab.open(daemon.admin);
  await shows(/1\s+of\s+1/);
  await tabTo(tab, /^Unlock$/);
  await enterToken(tokenOf(scene));
  await shows(/Pause every page/);
  await tab.evaluate(
    `[...document.querySelectorAll('button')].find((b) => b.textContent === 'Pause every page').click()`,
  );
  await shows(/Every page is paused since/);
  await tab.evaluate(`document.activeElement.blur()`);
  await tabTo(tab, /^Drain 127\./);
  await press(tab, 'Enter');
  await shows(/It leaves the answers for \/hot\.html/);
  await look('drain');
  await tabTo(tab, /^Drain it$/);
  await press(tab, 'Enter');
  await until('it drains', async () => (await daemon.replicas()).every(({ state }) => state !== 'serving'));
  await tab.evaluate(
    `[...document.querySelectorAll('button')].find((b) => b.textContent === 'Resume every page').click()`,
  );
  await until('it is resumed', async () =>
    (await daemon.status()).orders.every(({ kind }) => kind !== 'pause'),
  );
});

test('a daemon that goes is said to be gone since when, and one that comes is shown by itself', {
  skip,
}, async (t) => {
  const scene = await Scene.set(t, PAGES);
  const args = ['--admin', `127.0.0.1:${await freePort()}`];
  const first = await scene.start({ args });
  await tab.open(first.admin);
  await shows(/\blive\b/);
  const sameLoad = await markThisLoad();
  await first.stop();
  await shows(/disconnected since \d\d:\d\d:\d\d/);
  await shows(/Nothing answers since[\s\S]*tries again by itself/);
  await look('disconnected');
  const second = await scene.start({ args });
  await shows(/\blive\b/);
  await second.command('pin', HOT, '1', '--state', scene.stateDir);
  await shows(/pinned at 1/);
  await sameLoad();
});

test('a token that the daemon has changed is forgotten, and it is said that nothing was done', {
  skip,
}, async (t) => {
  const scene = await Scene.set(t, PAGES);
  const args = ['--admin', `127.0.0.1:${await freePort()}`];
  const first = await scene.start({ args });
  await tab.open(`${first.admin}/page?path=${encodeURIComponent(HOT)}`);
  await shows(/All pages/);
  await tabTo(tab, /^Unlock$/);
  await enterToken(tokenOf(scene));
  await shows(/Pause this page/);
  await first.stop();
  rmSync(join(scene.stateDir, 'admin-token'));
  const second = await scene.start({ args });
  await shows(/\blive\b/);
  await tabTo(tab, /^Pause this page$/);
  await press(tab, 'Enter');
  await shows(/It was not done: that is not the admin token any more, the token is in .* Unlock again/);
  await look('locked-out');
  assert.deepEqual((await second.status()).orders, []);
  assert.equal(await tab.evaluate('sessionStorage.length'), 0);
});

test('when as many listen as may, the page asks instead and says so, and listens when one has gone', {
  skip,
}, async (t) => {
  const scene = await Scene.set(t, PAGES);
  const daemon = await scene.start();
  await tab.open('about:blank');
  const listeners = await Promise.all(
    Array.from({ length: EVENT_LIMITS.clients }, () => listen(`${daemon.admin}/api/v1/events`)),
  );
  t.after(() => {
    for (const listener of listeners) listener.destroy();
  });
  await tab.open(daemon.admin);
  await shows(/asking every 2 s: no event stream to be had/);
  await daemon.command('pin', HOT, '1', '--state', scene.stateDir);
  await shows(/pinned at 1/);
  await look('polling');
  listeners[0]?.destroy();
  await shows(/\blive\b/);
});

/** Resolves when events come. */
function listen(url: string): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve(sent);
      else reject(new Error(`status ${response.statusCode}`));
    });
    // It is ended by force.
    sent.on('error', () => {});
  });
}
