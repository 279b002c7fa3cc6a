import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { hostOf, urlPathOf } from '../../src/site/naming.js';
import type { NamingScheme } from '../../src/site/page.js';
import { type LinkMap, rewriteCss, rewriteHtml } from '../../src/site/rewrite.js';
import { openTab, type Tab } from '../helpers/chromium.js';
import { findProgram, skipWithout } from '../helpers/program.js';

const DOMAIN = 'www.example.com';
const RESOLVE_TO_LOOPBACK = '--host-resolver-rules=MAP * 127.0.0.1';
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
  png: 'image/png',
};

const REWRITERS: Readonly<Record<string, typeof rewriteHtml>> = { html: rewriteHtml, css: rewriteCss };

/** A site as an author writes it for one host. Each of its files has to be asked for on its own. */
const SITE: Readonly<Record<string, string | Buffer>> = {
  '/index.html': `<!DOCTYPE html>\r\n<html><head><title>start</title>
    <link rel="icon" href="img/icon.png"><link rel=stylesheet href=css/main.css>
    <style>#styled { width: 9px; height: 9px; background: url(img/styled.png) }</style></head>
    <body background="img/body.png"><script src="js/app.js"></script>
    <a href='docs/guide.html?from=start#end'>guide</a> <a href=/blog>blog</a>
    <a href="http://${DOMAIN}/based/">based</a> <a href="//${DOMAIN}/docs/menu.html?caf%C3%A9=%31%202">menu</a>
    <a href="missing.html">missing</a> <a href="#here">here</a> <a href="mailto:a@example.com">mail</a>
    <map name=m><area shape=rect coords=0,0,9,9 href="./docs/area.html"></map>
    <img src="img/one.png" usemap="#m"><img srcset="img/set.png, img/set-2x.png 2x" src="img/one.png">
    <picture><source srcset='img/source.png 1x'><img src="img/one.png"></picture>
    <img src="/img/query.png?1395516324&amp;a=b"><input type=image src=img/input.png>
    <svg width=9 height=9><image width=9 height=9 xlink:href="img/xlink.png"/><image width=9 height=9 href="img/svg.png"/></svg>
    <p id="styled"></p><p style="height: 9px; background: url(&quot;img/attribute.png&quot;)"></p>
    <p class="a">a</p><p class="b">b</p><p class="c">c</p>
    <video poster="img/poster.png"></video><object data="img/object.svg" width=9 height=9></object>
    <iframe src="frame.html"></iframe>
    <iframe srcdoc="<img src='img/srcdoc.png'><p style='background:url(img/srcdoc-style.png)'>a"></iframe>
    </body></html>`,
  '/css/main.css': `@import "more.css"; @import url( '../css/print.css' );
    .a { background: url(../img/a.png) } .b { background: image-set("/img/b.png" 1x) }`,
  '/css/more.css': '.c { background: #fff URL("\\.\\./img/c.png") }',
  '/css/print.css': 'p { border: 1px solid } p { border-image: url(../img/border.png) 1 }',
  '/js/app.js': 'document.title = "ran"',
  '/docs/guide.html':
    '<p>a guide</p><a href="../index.html">home</a><a href="guide.html#end">end</a><p id=end>',
  '/docs/area.html': '<a href="..">home</a>',
  '/docs/menu.html?caf\u00e9=1 2': '<a href="/">home</a><img src="../img/dish.png?caf\u00e9">',
  '/blog/index.html': '<a href="../index.html">home</a><a href="2012/post.html">post</a>',
  '/blog/2012/post.html':
    '<a href="../">blog</a><form action="../../docs/area.html"><button>go</button></form>',
  '/based/index.html': `<base href="/blog/2012/"><img src="based.png"><a href="post.html">post</a>
    <a id=self href="../../based/#below">below</a><p id=below>`,
  '/frame.html': '<img src="img/frame.png"><a href="/" target="_top">home</a>',
  '/old.html': '<meta http-equiv="refresh" content="0; url=\'moved.html\'">',
  '/moved.html': '<p>moved</p>',
  '/img/object.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
  '/blog/2012/based.png': PIXEL,
  '/img/dish.png?caf\u00e9': PIXEL,
  '/img/query.png?1395516324&a=b': PIXEL,
  ...Object.fromEntries(
    'icon styled body one set source input xlink svg attribute poster srcdoc srcdoc-style a b c border frame'
      .split(' ')
      .map((name) => [`/img/${name}.png`, PIXEL]),
  ),
};
/** Reached in a way of its own below. */
const MOVED = ['/old.html', '/moved.html'];

interface Origin {
  readonly server: Server;
  readonly links: LinkMap;
  readonly served: Set<string>;
  readonly notFound: Set<string>;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function extensionOf(path: string): string {
  return path.replace(/\?.*/, '').split('.').pop() ?? '';
}

/** Serves each page under its own host name alone. */
async function startOrigin(naming: NamingScheme): Promise<Origin> {
  const served = new Set<string>();
  const notFound = new Set<string>();
  const responses = new Map<string, { path: string; body: Uint8Array }>();
  const server = createServer((request, response) => {
    const target = `${request.headers.host?.toLowerCase()}${request.url}`;
    const found = responses.get(target) ?? responses.get(target.replace(/\?.*/, ''));
    if (found === undefined) {
      notFound.add(target);
      response.writeHead(404).end();
      return;
    }
    served.add(found.path);
    response
      .writeHead(200, { 'content-type': TYPES[extensionOf(found.path)] ?? 'text/plain' })
      .end(found.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const authority = (path: string): string => `${hostOf(path, DOMAIN, naming, sha256)}:${address.port}`;
  const links: LinkMap = {
    domain: DOMAIN,
    urlOf: (path) => (path in SITE ? `http://${authority(path)}${urlPathOf(path)}` : undefined),
  };
  for (const [path, content] of Object.entries(SITE)) {
    const bytes = Buffer.from(content);
    const rewrite = REWRITERS[extensionOf(path)];
    const body = rewrite === undefined ? bytes : rewrite(bytes, path, links).bytes;
    responses.set(`${authority(path).toLowerCase()}${urlPathOf(path)}`, { path, body });
  }
  return { server, links, served, notFound };
}

for (const naming of ['post', 'flat'] as const) {
  describe(`in Chromium, with names of the scheme "${naming}"`, {
    skip: skipWithout('chromium', 'chromium'),
  }, () => {
    let origin: Origin;
    let browser: Tab;
    before(async () => {
      origin = await startOrigin(naming);
      browser = await openTab(findProgram('chromium') ?? assert.fail('chromium'), [RESOLVE_TO_LOOPBACK]);
    });
    after(async () => {
      origin.server.closeAllConnections();
      origin.server.close();
      await browser.close();
    });
    const urlOf = (path: string): string => origin.links.urlOf(path) ?? assert.fail(path);

    test('a crawl from the start page reaches every page on its own host name', async () => {
      const queue = [urlOf('/index.html')];
      const seen = new Set(queue);
      const broken: unknown[] = [];
      for (let url = queue.shift(); url !== undefined; url = queue.shift()) {
        await browser.open(url);
        broken.push(
          ...list(
            await browser.evaluate('[...document.images].filter((i) => !i.naturalWidth).map((i) => i.src)'),
          ),
        );
        const links = list(
          await browser.evaluate('[...document.querySelectorAll("a, area")].map((a) => a.href)'),
        );
        for (const link of links.map((href) => String(href).replace(/#.*/, ''))) {
          if (!link.startsWith('http:') || seen.has(link)) continue;
          seen.add(link);
          queue.push(link);
        }
      }
      const missed = Object.keys(SITE).filter((path) => !origin.served.has(path) && !MOVED.includes(path));
      assert.deepEqual(
        missed,
        ['/img/set-2x.png'].filter((path) => path in SITE),
      );
      assert.deepEqual(broken, []);
      const { port } = new URL(urlOf('/index.html'));
      const notFound = [...origin.notFound].filter((target) => !target.endsWith('/favicon.ico'));
      assert.deepEqual(notFound, [`${DOMAIN}:${port}/missing.html`]);
    });

    test('scripts run and links show where they lead', async () => {
      await browser.open(urlOf('/index.html'));
      assert.equal(await browser.evaluate('document.title'), 'ran');
      assert.equal(
        await browser.evaluate('document.querySelector("a").href'),
        `${urlOf('/docs/guide.html')}?from=start#end`,
      );
    });

    test('a fragment stays on its page, with a base element too', async () => {
      await browser.open(urlOf('/based/index.html'));
      await browser.evaluate('window.same = true; document.getElementById("self").click()');
      assert.equal(await browser.evaluate('location.href'), `${urlOf('/based/index.html')}#below`);
      assert.equal(await browser.evaluate('window.same'), true);
    });

    test('a form is sent to the host of its page', async () => {
      await browser.open(urlOf('/blog/2012/post.html'));
      await browser.load(() => browser.evaluate('document.querySelector("button").click()'));
      assert.equal(await browser.evaluate('location.href'), `${urlOf('/docs/area.html')}?`);
    });

    test('a meta refresh leads to the host of its page', { timeout: 30_000 }, async () => {
      // The tab may be between two documents at any time here, so the server is asked instead of the browser.
      const moved = new Promise<void>((resolve) => {
        origin.server.on('request', () => {
          if (origin.served.has('/moved.html')) resolve();
        });
      });
      await browser.open(urlOf('/old.html'));
      await moved;
    });
  });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : assert.fail('not a list');
}
