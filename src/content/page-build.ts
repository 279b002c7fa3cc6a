import type { Parsed, Problem } from '../problem.js';
import type { Page, ServedPage } from '../site/page.js';
import { type DeadLink, type LinkMap, rewriteCss, rewriteHtml } from '../site/rewrite.js';
import { writeBundle } from './bundle-file.js';
import { contentTypeOf, essenceOf } from './content-type.js';
import { representationsOf, sha256 } from './representation.js';
import type { TreeFile } from './tree.js';

/** A page that was built, with what it was built from. */
export interface BuiltPage {
  readonly source: TreeFile;
  readonly served: ServedPage;
  readonly deadLinks: readonly Problem[];
  /** The pages that its links asked for, with the answers: it has to be built again when one of them differs. */
  readonly asked: ReadonlyMap<string, string | undefined>;
}

/** Builds one page from its file's bytes: links, encodings, bundle file. */
export async function buildPage(
  page: Page,
  source: TreeFile,
  bytes: Uint8Array,
  links: LinkMap,
  bundleDir: string,
): Promise<Parsed<BuiltPage>> {
  const contentType = contentTypeOf(page.path, bytes);
  const asked = new Map<string, string | undefined>();
  const { body, dead } = relink(bytes, contentType, page.path, recording(links, asked));
  const bundle = {
    host: page.host.toLowerCase(),
    path: page.path,
    urlPath: page.urlPath,
    contentType,
    // HTTP knows no dates before 1970 (as whole seconds that are never negative).
    lastModified: Math.max(0, Math.floor(source.mtimeMs / 1000)),
    digest: sha256(body),
    representations: await representationsOf(body, contentType),
  };
  const written = await writeBundle(bundleDir, bundle);
  if (!written.ok) return written;
  const served = { ...page, bundle, bundleFile: written.value };
  return {
    ok: true,
    value: { source, served, asked, deadLinks: dead.map((link) => deadLink(link, source)) },
  };
}

function relink(
  bytes: Uint8Array,
  contentType: string,
  path: string,
  links: LinkMap,
): { readonly body: Uint8Array; readonly dead: readonly DeadLink[] } {
  const type = essenceOf(contentType);
  if (type !== 'text/html' && type !== 'text/css') return { body: bytes, dead: [] };
  const rewritten = (type === 'text/html' ? rewriteHtml : rewriteCss)(bytes, path, links);
  return { body: rewritten.bytes, dead: rewritten.dead };
}

function recording(links: LinkMap, asked: Map<string, string | undefined>): LinkMap {
  return {
    domain: links.domain,
    urlOf(path) {
      const url = links.urlOf(path);
      asked.set(path, url);
      return url;
    },
  };
}

function deadLink(link: DeadLink, source: TreeFile): Problem {
  return {
    where: source.file,
    line: link.line,
    message: `the link "${link.link}" leads to no page of the site`,
  };
}
