import { cssLinks, escapeCss } from './css-links.js';
import type { Edit } from './edit.js';
import { type Base, follow } from './links.js';

/** The edits that put the links of a style sheet or style attribute right. */
export function cssEdits(text: string, base: Base): Edit[] {
  return cssLinks(text).flatMap(({ start, end, quote, link }) => {
    // `url(#a)` means the current document whatever the base (CSS Values and Units Level 4, section 4.5.1).
    if (link === '' || link.startsWith('#')) return [];
    const destination = follow(link, base);
    if (destination === undefined) return [];
    const text = destination.url === undefined ? undefined : escapeCss(destination.url, quote);
    return [{ start, end, text, dead: destination.dead ? link : undefined }];
  });
}
