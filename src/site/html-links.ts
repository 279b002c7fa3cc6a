import type { DefaultTreeAdapterTypes } from 'parse5';

export type Element = DefaultTreeAdapterTypes.Element;

/** What an attribute's value holds. */
export type LinkKind = 'url' | 'urls' | 'srcset' | 'css' | 'html';

const HTML_NAMESPACE = 'http://www.w3.org/1999/xhtml';

/**
 * The attributes of HTML elements that hold URLs: the index of attributes of the HTML standard, and of its obsolete
 * ones those that browsers still follow or show.
 */
const HTML_ATTRIBUTES: ReadonlyMap<string, readonly [LinkKind, ReadonlySet<string>]> = new Map(
  (
    [
      ['action', 'url', 'form'],
      ['background', 'url', 'body table thead tbody tfoot tr td th'],
      ['cite', 'url', 'blockquote del ins q'],
      ['data', 'url', 'object'],
      ['formaction', 'url', 'button input'],
      ['href', 'url', 'a area link'],
      ['imagesrcset', 'srcset', 'link'],
      ['longdesc', 'url', 'frame iframe img'],
      ['manifest', 'url', 'html'],
      ['ping', 'urls', 'a area'],
      ['poster', 'url', 'video'],
      ['src', 'url', 'audio embed frame iframe img input script source track video'],
      ['srcdoc', 'html', 'iframe'],
      ['srcset', 'srcset', 'img source'],
    ] as const
  ).map(([attribute, kind, elements]) => [attribute, [kind, new Set(elements.split(' '))]]),
);

/** Presentation attributes of SVG whose value may be a url() (SVG 2, section 6.6). */
const SVG_PRESENTATION = new Set(
  'clip-path cursor fill filter marker marker-end marker-mid marker-start mask stroke'.split(' '),
);

export function isHtml(element: Element, tagName?: string): boolean {
  return element.namespaceURI === HTML_NAMESPACE && (tagName === undefined || element.tagName === tagName);
}

/** What the attribute holds, or undefined if no links. `name` has its prefix: `xlink:href`. */
export function linkKind(element: Element, name: string): LinkKind | undefined {
  if (name === 'style') return 'css';
  if (!isHtml(element)) {
    if (name === 'href' || name === 'xlink:href') return 'url';
    return SVG_PRESENTATION.has(name) ? 'css' : undefined;
  }
  const [kind, elements] = HTML_ATTRIBUTES.get(name) ?? [];
  return elements?.has(element.tagName) ? kind : undefined;
}

const META_REFRESH =
  /^[\t\n\f\r ]*(?:\d[\d.]*|\.[\d.]*)(?:[\t\n\f\r ]*[;,]|[\t\n\f\r ])[\t\n\f\r ]*(?:url[\t\n\f\r ]*=[\t\n\f\r ]*)?(?:"([^"]*)|'([^']*)|([\s\S]+))/di;

/** Where the URL is in the content of a meta refresh (HTML standard, section 4.2.5.3 "Refresh state"). */
export function refreshUrl(content: string): { readonly start: number; readonly end: number } | undefined {
  const indices = META_REFRESH.exec(content)?.indices;
  const [start, end] = indices?.[1] ?? indices?.[2] ?? indices?.[3] ?? [];
  return start === undefined || end === undefined ? undefined : { start, end };
}
