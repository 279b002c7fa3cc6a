import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openSiteFolder } from '../../src/content/site-folder.js';
import { type Bench, median } from './figure.js';

const PAGES = 1_000;
const PICTURES = 100;
const STYLE_SHEETS = 10;
/** The size of a page of text with its navigation, about that of the pages of the 2015 post's site. */
const PAGE_OCTETS = 10_000;
const RUNS = 3;

const WORDS = ['page', 'host', 'name', 'server', 'boots', 'when', 'load', 'rises', 'and', 'stops', 'again'];

/** Numbers that are the same in every run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pathOf(page: number): string {
  return `/blog/${2010 + (page % 15)}/post-${page}/index.html`;
}

function html(page: number): string {
  const random = chance(page);
  const pick = (limit: number): number => Math.floor(random() * limit);
  let text = `<!doctype html><html lang=en><head><title>Post ${page}</title><link rel=stylesheet href="/theme/s${page % STYLE_SHEETS}.css"></head><body><h1>Post ${page}</h1>\n`;
  while (text.length < PAGE_OCTETS) {
    const words = Array.from({ length: 60 }, () => `${WORDS[pick(WORDS.length)]}${pick(300)}`).join(' ');
    text += `<p>${words} <a href="${pathOf(pick(PAGES))}">more</a> <img src="../../../images/${pick(PICTURES)}.png" alt=""></p>\n`;
  }
  return `${text}</body></html>\n`;
}

function noise(seed: number): Uint8Array {
  const random = chance(seed);
  return Uint8Array.from({ length: PAGE_OCTETS }, () => Math.floor(random() * 256));
}

function writeSite(folder: string): number {
  const files: [string, string | Uint8Array][] = [
    ...Array.from({ length: PAGES }, (_, at): [string, string] => [pathOf(at), html(at)]),
    ...Array.from({ length: STYLE_SHEETS }, (_, at): [string, string] => [
      `/theme/s${at}.css`,
      `body { background: url(../images/${at}.png) }\n`.repeat(100),
    ]),
    ...Array.from({ length: PICTURES }, (_, at): [string, Uint8Array] => [`/images/${at}.png`, noise(at)]),
  ];
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, 1_700_000_000, 1_700_000_000);
  }
  return files.length;
}

async function buildMs(dir: string, bundleDir: string): Promise<number> {
  const start = performance.now();
  const site = await openSiteFolder({
    dir,
    domain: 'd.test',
    naming: 'flat',
    scheme: 'http',
    port: 80,
    bundleDir,
  });
  const ms = performance.now() - start;
  if (!site.ok) throw new Error(JSON.stringify(site.problems.slice(0, 3)));
  await site.value.close();
  return ms;
}

export const figures: readonly Bench[] = [
  {
    name: 'site build',
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'hotzone-bench-'));
      try {
        const dir = join(folder, 'site');
        const files = writeSite(dir);
        const times: number[] = [];
        for (let run = 0; run < RUNS; run += 1)
          times.push(await buildMs(dir, join(folder, `bundles-${run}`)));
        const value = Math.round(median(times));
        const note = `${PAGES} HTML pages of ${PAGE_OCTETS} octets and ${files - PAGES} other files, median of ${RUNS}`;
        return [{ name: 'site build of 1,000 pages', value, unit: 'ms', goal: '<= 3000', note }];
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  },
];
