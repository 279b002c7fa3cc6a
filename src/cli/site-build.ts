import { writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { basename, join } from 'node:path';
import { fileProblem } from '../content/file-problem.js';
import { writeFolder } from '../content/output-folder.js';
import { isWithin } from '../content/placement.js';
import { openSiteFolder, type SiteFolder } from '../content/site-folder.js';
import type { Ignored } from '../content/tree.js';
import { formatProblem, type Parsed, type Problem } from '../problem.js';
import type { NamingScheme, ServedPage } from '../site/page.js';
import { zoneFile } from '../site/zone-file.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { progressLine } from './progress-line.js';

export interface SiteBuildOptions {
  /** The folder of the static files. */
  readonly dir: string;
  readonly domain: string;
  readonly naming: NamingScheme;
  /** The folder that is made: `zone`, `pages.json`, and what the product puts there. */
  readonly out: string;
  /** Of the links between pages. */
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** IPv4 and IPv6 addresses for the zone file. */
  readonly originAddresses: readonly string[];
  readonly json: boolean;
}

/** What the options are when they are not given. */
export const siteBuildDefaults = {
  naming: 'flat',
  out: 'hotzone-site',
  scheme: 'http',
  port: 80,
  originAddresses: ['127.0.0.1'],
  json: false,
} as const;

/** What is made of a site, beside the zone file and the list of its pages. */
export interface SiteProduct {
  /** Names in the folder that is made. */
  readonly contents: readonly string[];
  /** Where the pages' bundles are put while it is made. */
  bundleDir(folder: string): string;
  write(folder: string, pages: readonly ServedPage[]): Promise<void>;
  /** The page's own file, within the folder. */
  fileOf(page: ServedPage): string;
  /** What it says of itself, in a line. */
  summary(out: string, report: SiteReport): string;
}

/** What the daemon makes for itself too: a bundle for every page. */
const bundles: SiteProduct = {
  contents: ['bundles'],
  bundleDir: (folder) => join(folder, 'bundles'),
  write: async () => {},
  fileOf: ({ bundleFile }) => `bundles/${basename(bundleFile)}`,
  summary: (out, { bytes, bundleBytes }) =>
    `${out}/bundles: ${bytes} bytes of pages, ${bundleBytes} with gzip and br`,
};

/** Seconds; what a page's answer has by default. */
const TTL = 30;
const CONTENTS = ['pages.json', 'zone'] as const;

export interface SiteReport {
  readonly pages: number;
  readonly bytes: number;
  readonly bundleBytes: number;
  readonly ignored: readonly Ignored[];
  readonly deadLinks: readonly Problem[];
}

/** `hotzone site build`: names, rewrites and bundles a folder of static files; gives the exit code. */
export async function siteBuild(
  options: SiteBuildOptions,
  io: Io,
  product: SiteProduct = bundles,
): Promise<number> {
  const start = performance.now();
  const problems = optionProblems(options);
  const result: Parsed<SiteReport> =
    problems.length > 0
      ? { ok: false, problems }
      : await writeFolder(options.out, [...CONTENTS, ...product.contents], (folder) =>
          build(options, product, folder, io.stderr),
        );
  const ms = Math.round(performance.now() - start);
  if (options.json) {
    const report = result.ok ? { ok: true, ...result.value, ms } : result;
    io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else if (result.ok) {
    for (const link of result.value.deadLinks) io.stderr.write(`warning: ${formatProblem(link)}\n`);
    io.stdout.write(summary(options, product, result.value, ms));
  } else {
    for (const problem of result.problems) io.stderr.write(`${formatProblem(problem)}\n`);
    io.stderr.write(`nothing was written: ${count(result.problems.length, 'problem')}\n`);
  }
  return result.ok ? EXIT.fine : EXIT.problems;
}

function optionProblems({ dir, out, port, originAddresses }: SiteBuildOptions): readonly Problem[] {
  const problems: Problem[] = originAddresses
    .filter((address) => isIP(address) === 0)
    .map((address) => ({ where: '--origin-address', message: `"${address}" is no IPv4 or IPv6 address` }));
  if (originAddresses.length === 0) {
    problems.push({ where: '--origin-address', message: 'is empty; expected at least one address' });
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    problems.push({ where: '--port', message: `${port} is no port; expected 1 to 65535` });
  }
  if (isWithin(out, dir)) {
    const message = `"${out}" is inside the site's folder, so what is built would become pages`;
    problems.push({ where: '--out', message, hint: 'name a folder elsewhere' });
  }
  return problems;
}

async function build(
  options: SiteBuildOptions,
  product: SiteProduct,
  folder: string,
  stderr: NodeJS.WritableStream,
): Promise<Parsed<SiteReport>> {
  const { dir, domain, naming, scheme, port } = options;
  const bundleDir = product.bundleDir(folder);
  const onProgress = progressLine(stderr, 'pages built');
  const opened = await openSiteFolder({ dir, domain, naming, scheme, port, bundleDir, onProgress });
  if (!opened.ok) return opened;
  const site = opened.value;
  try {
    const pages = [...site.pages().values()];
    await writeFile(join(folder, 'zone'), zoneText(options, pages));
    await writeFile(
      join(folder, 'pages.json'),
      `${JSON.stringify(
        pages.map((page) => entryOf(page, product)),
        null,
        2,
      )}\n`,
    );
    await product.write(folder, pages);
    return { ok: true, value: reportOf(site, pages) };
  } catch (error) {
    return { ok: false, problems: [fileProblem(folder, error)] };
  } finally {
    await site.close();
  }
}

function zoneText({ domain, originAddresses }: SiteBuildOptions, pages: readonly ServedPage[]): string {
  // The newest file's time: the same for the same files, and higher after a change.
  const newest = pages.reduce((time, page) => Math.max(time, page.bundle.lastModified), 1);
  const serial = newest % 2 ** 32;
  return zoneFile({ domain, pages, originAddresses, serial, ttl: TTL });
}

function entryOf(page: ServedPage, product: SiteProduct): object {
  const { path, host, urlPath, bundle } = page;
  return { path, host, urlPath, digest: bundle.digest, file: product.fileOf(page) };
}

function reportOf(site: SiteFolder, pages: readonly ServedPage[]): SiteReport {
  const sizes = pages.map(({ bundle }) => bundle.representations.map(({ body }) => body.length));
  return {
    pages: pages.length,
    bytes: sum(sizes.map(([identity = 0]) => identity)),
    bundleBytes: sum(sizes.flat()),
    ignored: site.ignored(),
    deadLinks: site.deadLinks(),
  };
}

function summary(
  { out, naming, domain, originAddresses }: SiteBuildOptions,
  product: SiteProduct,
  report: SiteReport,
  ms: number,
): string {
  const lines = [
    `${count(report.pages, 'page')} of ${domain} in ${ms} ms (naming scheme "${naming}")`,
    product.summary(out, report),
    `${out}/zone: every page at ${originAddresses.join(', ')}`,
    ...report.ignored.map(({ path, reason }) => `ignored: ${path} (${reason})`),
  ];
  if (report.deadLinks.length > 0) lines.push(count(report.deadLinks.length, 'dead link'));
  return lines.map((line) => `${line}\n`).join('');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
