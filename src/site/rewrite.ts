import { applyEdits, bytesToText, type Edit, shiftEdits, sortEdits, textToBytes } from './edit.js';
import { type Base, baseOf, type DeadLink, type LinkMap } from './links.js';
import { cssEdits } from './rewrite-css.js';
import { htmlEdits } from './rewrite-html.js';

export type { DeadLink, LinkMap } from './links.js';

/** A page whose links lead to the pages' own hosts. */
export interface Rewritten {
  /** The same object when nothing had to change. */
  readonly bytes: Uint8Array;
  readonly dead: readonly DeadLink[];
}

const UTF8_BOM = '\xef\xbb\xbf';
const UTF16_BOM = /^(?:\xff\xfe|\xfe\xff)/;

/**
 * Makes every link of an HTML page lead to the linked page's own host. Only the links change; all other bytes stay.
 * Links that lead to this site but to no page of it are listed, and written to lead to the domain itself.
 * A document in UTF-16 is left as it is. Throws nothing, whatever the bytes.
 *
 * @param path the page's `Page.path`
 */
export function rewriteHtml(bytes: Uint8Array, path: string, links: LinkMap): Rewritten {
  return rewrite(bytes, path, links, htmlEdits);
}

/** The same for a style sheet: url(), @import and image-set(). */
export function rewriteCss(bytes: Uint8Array, path: string, links: LinkMap): Rewritten {
  return rewrite(bytes, path, links, cssEdits);
}

function rewrite(
  bytes: Uint8Array,
  path: string,
  links: LinkMap,
  editsOf: (text: string, base: Base) => Edit[],
): Rewritten {
  const text = bytesToText(bytes);
  if (UTF16_BOM.test(text)) return { bytes, dead: [] };
  const start = text.startsWith(UTF8_BOM) ? UTF8_BOM.length : 0;
  const edits = sortEdits(shiftEdits(editsOf(text.slice(start), baseOf(path, links)), start));
  const changes = edits.some((edit) => edit.text !== undefined);
  return {
    bytes: changes ? textToBytes(applyEdits(text, edits)) : bytes,
    dead: deadLinks(text, edits, path),
  };
}

function deadLinks(text: string, edits: readonly Edit[], page: string): DeadLink[] {
  const dead: DeadLink[] = [];
  let line = 1;
  let position = 0;
  for (const edit of edits) {
    if (edit.dead === undefined) continue;
    line += text.slice(position, edit.start).match(/\r\n|\r|\n/g)?.length ?? 0;
    position = edit.start;
    dead.push({ page, line, link: edit.dead });
  }
  return dead;
}
