import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Reply } from './reply.js';

/** The files of the status page, each at an address that changes with what is in them. */
export interface Assets {
  /** e.g. `/ui/3f2a91c04b7de815/`; everything is below it. */
  readonly base: string;
  /** Paths below `base` of the modules that the page starts with. */
  readonly modules: readonly string[];
  readonly styles: readonly string[];
  /** For `<script type="importmap">`: where the browser finds the packages that modules name. */
  readonly importMap: string;
  get(path: string): Reply | undefined;
}

/** Compiled modules of the page; `..` has what it shares with the server. */
const MODULES = new URL('page/', import.meta.url);
const SHARED = ['format.js', 'heat.js'] as const;
/** Style sheets are served as they are written. */
const STYLES = new URL('../../../../src/server/admin/page/', import.meta.url);
const SCRIPT_TYPE = 'text/javascript; charset=utf-8';
const STYLE_TYPE = 'text/css; charset=utf-8';
/** The address has a hash of everything in it, so what is there never changes (RFC 8246). */
const HEADERS = { 'cache-control': 'public, max-age=31536000, immutable' } as const;

/** Reads them all; they are small, and a daemon that was upgraded below its feet goes on with those that fit it. */
export function readAssets(): Assets {
  const packages = packageFiles();
  const bodies = new Map<string, string>();
  for (const path of readdirSync(MODULES, { recursive: true, encoding: 'utf8' }).sort())
    if (path.endsWith('.js')) bodies.set(`page/${path}`, script(new URL(path, MODULES)));
  const own = [...bodies.keys()];
  for (const path of SHARED) bodies.set(path, script(new URL(path, import.meta.url)));
  for (const [name, url] of Object.entries(packages)) bodies.set(`lib/${name}.js`, script(url));
  bodies.set('lib/uplot.css', readFileSync(new URL('uPlot.min.css', packages.uplot), 'utf8'));
  bodies.set('page/style.css', readFileSync(new URL('style.css', STYLES), 'utf8'));

  const hash = createHash('sha256');
  for (const [path, body] of bodies) hash.update(`${path}\0${body}\0`);
  const base = `/ui/${hash.digest('hex').slice(0, 16)}/`;
  const replies = new Map(
    [...bodies].map(([path, body]): [string, Reply] => [
      base + path,
      { status: 200, type: path.endsWith('.css') ? STYLE_TYPE : SCRIPT_TYPE, body, headers: HEADERS },
    ]),
  );
  return {
    base,
    // Plots are on a page's own view only, which asks for them itself.
    modules: [
      ...own,
      ...SHARED,
      ...Object.keys(packages).flatMap((name) => (name === 'uplot' ? [] : `lib/${name}.js`)),
    ],
    styles: ['lib/uplot.css', 'page/style.css'],
    importMap: JSON.stringify({
      imports: Object.fromEntries(Object.keys(packages).map((name) => [name, `${base}lib/${name}.js`])),
    }),
    get: (path) => replies.get(path),
  };
}

function resolved(specifier: string): URL {
  return new URL(import.meta.resolve(specifier));
}

/** Source maps are not served; a reference to one would only be asked for in vain. */
function script(url: URL): string {
  return readFileSync(url, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/gm, '');
}

/** By the name that modules have for them. */
function packageFiles(): Readonly<Record<string, URL>> & { readonly uplot: URL } {
  return {
    preact: resolved('preact'),
    'preact/hooks': resolved('preact/hooks'),
    'preact/jsx-runtime': resolved('preact/jsx-runtime'),
    // It has no "exports": what Node.js resolves to is CommonJS.
    uplot: new URL('dist/uPlot.esm.js', resolved('uplot/package.json')),
  };
}
