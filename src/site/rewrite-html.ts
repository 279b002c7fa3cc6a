import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { type AttributeValue, decodeReferences, encodeEdits, readAttribute } from './attribute.js';
import { decodeText, type Edit, shiftEdits } from './edit.js';
import { type Element, isHtml, type LinkKind, linkKind, refreshUrl } from './html-links.js';
import { type Base, baseWith, follow } from './links.js';
import { cssEdits } from './rewrite-css.js';
import { type Range, srcsetUrls } from './srcset.js';

type ParentNode = DefaultTreeAdapterTypes.ParentNode;

/** A srcdoc within a srcdoc and so on: deeper ones are left as they are. */
const MAX_SRCDOC_DEPTH = 8;

/** The edits that put the links of an HTML document right. */
export function htmlEdits(source: string, base: Base, depth = 0): Edit[] {
  // Without scripting, the content of noscript is parsed as the elements it is for those who need it.
  const document = parse(source, { sourceCodeLocationInfo: true, scriptingEnabled: false });
  const edits: Edit[] = [];
  const found = findBase(source, elementsOf(document, { templates: false }), base);
  if (found.edit !== undefined) edits.push(found.edit);
  for (const element of elementsOf(document, { templates: true })) {
    for (const edit of elementEdits(source, element, found.base, depth)) edits.push(edit);
  }
  return edits;
}

/** All elements in tree order, with those in templates or without; no recursion, since nesting has no limit. */
function elementsOf(root: ParentNode, { templates }: { readonly templates: boolean }): Element[] {
  const elements: Element[] = [];
  const open: ParentNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ('tagName' in node) elements.push(node);
    if (templates && 'content' in node) open.push(node.content);
    for (let index = node.childNodes.length - 1; index >= 0; index -= 1) {
      const child = node.childNodes[index];
      if (child !== undefined && 'tagName' in child) open.push(child);
    }
  }
  return elements;
}

/**
 * The first base element with an href decides. When it leads to this site it is emptied: then the page's own URL is
 * the base, rewritten links are absolute, and `#fragment` goes on meaning the page itself.
 */
function findBase(
  source: string,
  elements: readonly Element[],
  base: Base,
): { readonly base: Base; readonly edit?: Edit } {
  const element = elements.find(
    (candidate) =>
      isHtml(candidate, 'base') && candidate.attrs.some((attribute) => attribute.name === 'href'),
  );
  if (element === undefined) return { base };
  const value = attributeOf(source, element, 'href');
  if (value === undefined) return { base };
  const href = decodeText(value.text);
  const found = baseWith(href, base);
  if (!found.blank || href === '') return { base: found.base };
  const [edit] = encodeEdits(value, [{ start: 0, end: value.text.length, text: '' }]);
  return edit === undefined ? { base: found.base } : { base: found.base, edit };
}

function attributeOf(source: string, element: Element, name: string): AttributeValue | undefined {
  const location = element.sourceCodeLocation?.attrs?.[name];
  if (location === undefined) return undefined;
  return readAttribute(source, location.startOffset, location.endOffset, name.length);
}

function elementEdits(source: string, element: Element, base: Base, depth: number): Edit[] {
  const edits = element.attrs.flatMap(({ name, prefix }) => {
    const fullName = prefix === undefined || prefix === '' ? name : `${prefix}:${name}`;
    const kind = linkKind(element, fullName);
    const value = kind === undefined ? undefined : attributeOf(source, element, fullName);
    if (kind === undefined || value === undefined) return [];
    return encodeEdits(value, valueEdits(value.text, kind, base, depth));
  });
  if (isHtml(element, 'meta')) return edits.concat(metaEdits(source, element, base));
  if (element.tagName === 'style') return edits.concat(styleEdits(source, element, base));
  return edits;
}

function valueEdits(text: string, kind: LinkKind, base: Base, depth: number): Edit[] {
  switch (kind) {
    case 'url':
      return urlEdits(text, [{ start: 0, end: text.length }], base);
    case 'urls':
      return urlEdits(text, [...text.matchAll(/[^\t\n\f\r ]+/g)].map(rangeOf), base);
    case 'srcset':
      return urlEdits(text, srcsetUrls(text), base).map((edit) =>
        // A comma at the end of a URL would end the candidate.
        ({ ...edit, text: edit.text?.replace(/,$/, '%2C') }),
      );
    case 'css':
      return cssEdits(text, base);
    case 'html':
      return depth < MAX_SRCDOC_DEPTH ? htmlEdits(text, base, depth + 1) : [];
    default:
      return kind satisfies never;
  }
}

function rangeOf(match: RegExpExecArray): Range {
  return { start: match.index, end: match.index + match[0].length };
}

function urlEdits(text: string, ranges: readonly Range[], base: Base): Edit[] {
  return ranges.flatMap(({ start, end }) => {
    const link = decodeText(text.slice(start, end)).trim();
    // An empty action is the document itself, an empty src is nothing at all: no base is asked for either.
    if (link === '') return [];
    const destination = follow(link, base);
    if (destination === undefined) return [];
    return [{ start, end, text: destination.url, dead: destination.dead ? link : undefined }];
  });
}

/**
 * Besides a refresh, only content that is an absolute URL of this site is a link (og:image, og:url, twitter:image
 * and whatever comes next): those who read such metadata want absolute URLs, and anything else may well be text.
 */
function metaEdits(source: string, element: Element, base: Base): Edit[] {
  const content = attributeOf(source, element, 'content');
  if (content === undefined) return [];
  const pragma = element.attrs.find((attribute) => attribute.name === 'http-equiv')?.value.toLowerCase();
  if (pragma === 'refresh') {
    const range = refreshUrl(content.text);
    if (range === undefined) return [];
    // Whatever quote the content uses, an encoded one does not end it.
    const edits = urlEdits(content.text, [range], base);
    return encodeEdits(
      content,
      edits.map((edit) => ({ ...edit, text: edit.text?.replaceAll("'", '%27') })),
    );
  }
  if (pragma !== undefined || !/^https?:\/\/[^\t\n\f\r ]+$/i.test(content.text)) return [];
  return encodeEdits(content, urlEdits(content.text, [{ start: 0, end: content.text.length }], base));
}

/** The text of a style element: raw in HTML, with character references in SVG unless it is a CDATA section. */
function styleEdits(source: string, element: Element, base: Base): Edit[] {
  const location = element.sourceCodeLocation;
  const start = location?.startTag?.endOffset;
  if (location === null || location === undefined || start === undefined) return [];
  // The location of an element that is never closed ends with its start tag.
  const end =
    location.endTag?.startOffset ?? element.childNodes.at(-1)?.sourceCodeLocation?.endOffset ?? start;
  const raw = source.slice(start, end);
  if (isHtml(element) || raw.includes('<![CDATA[')) return shiftEdits(cssEdits(raw, base), start);
  const value: AttributeValue = { start, end, quote: '"', ...decodeReferences(source, start, end) };
  return encodeEdits(value, cssEdits(value.text, base));
}
