import postcss, { type AtRule, type ChildNode, CssSyntaxError, type Declaration } from 'postcss';
import valueParser, { type Node } from 'postcss-value-parser';
import { decodeText } from './edit.js';

/** A link in a style sheet. */
export interface CssLink {
  /** Without the quotes. */
  readonly start: number;
  readonly end: number;
  readonly quote: '"' | "'" | '';
  /** Escapes decoded. */
  readonly link: string;
}

interface Part {
  readonly text: string;
  readonly offset: number;
}

/** Their URLs name a vocabulary or a document, and nothing is fetched from there. */
const NAMING_RULES = /^(?:namespace|(?:-moz-)?document|charset)$/i;
/** What is not one is a bad-url-token, which browsers drop (CSS Syntax Module Level 3, section 4.3.6). */
const UNQUOTED_URL = /(?:[^\\"'()\0-\x20\x7f]|\\[^\n\r\f])*(?=[\t\n\f\r ]*(?:\)|$))/y;
const ESCAPE = /\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\n\r\f])|([\s\S]))/gi;

/** The links of a style sheet or of a style attribute: url(), @import and image-set(). */
export function cssLinks(text: string): CssLink[] {
  return partsOf(text).flatMap(({ text: part, offset }) =>
    partLinks(part).map((link) => ({ ...link, start: link.start + offset, end: link.end + offset })),
  );
}

/** Declarations and preludes of at-rules: where links are. */
function partsOf(text: string): Part[] {
  try {
    const parts: Part[] = [];
    const open: ChildNode[] = [...postcss.parse(text).nodes];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.type === 'decl' || (node.type === 'atrule' && !NAMING_RULES.test(node.name))) {
        parts.push(partOf(node, text));
      }
      if ('nodes' in node && node.nodes !== undefined) for (const child of node.nodes) open.push(child);
    }
    return parts;
  } catch (error) {
    if (!(error instanceof CssSyntaxError)) throw error;
    // Browsers skip what they cannot parse and go on, so the links around it count still.
    return [{ text, offset: 0 }];
  }
}

function partOf(node: Declaration | AtRule, text: string): Part {
  const offset = node.source?.start?.offset ?? 0;
  const end = node.source?.end?.offset ?? text.length;
  if (node.type === 'decl' || node.nodes === undefined) return { text: text.slice(offset, end), offset };
  const prelude = `@${node.name}${node.raws.afterName ?? ''}${node.raws.params?.raw ?? node.params}`;
  return { text: text.slice(offset, offset + prelude.length), offset };
}

function partLinks(text: string): CssLink[] {
  const links: CssLink[] = [];
  const open: (readonly Node[])[] = [valueParser(text).nodes];
  for (let nodes = open.pop(); nodes !== undefined; nodes = open.pop()) {
    let importing = false;
    for (const node of nodes) {
      if (node.type === 'string' && importing) links.push(stringLink(node));
      if (node.type !== 'space' && node.type !== 'comment') {
        importing = node.type === 'word' && /@import$/i.test(node.value);
      }
      if (node.type !== 'function') continue;
      const [first] = node.nodes;
      if (/^url$/i.test(node.value)) {
        links.push(...(first?.type === 'string' ? [stringLink(first)] : unquotedLinks(text, node)));
      } else {
        if (/^(?:-webkit-)?image-set$/i.test(node.value)) {
          for (const child of node.nodes) if (child.type === 'string') links.push(stringLink(child));
        }
        open.push(node.nodes);
      }
    }
  }
  return links;
}

function stringLink(node: valueParser.StringNode): CssLink {
  const start = node.sourceIndex + 1;
  return { start, end: start + node.value.length, quote: node.quote, link: unescapeCss(node.value) };
}

function unquotedLinks(text: string, node: valueParser.FunctionNode): CssLink[] {
  const start = node.sourceIndex + node.value.length + 1 + node.before.length;
  UNQUOTED_URL.lastIndex = start;
  const [raw] = UNQUOTED_URL.exec(text) ?? [];
  return raw === undefined ? [] : [{ start, end: start + raw.length, quote: '', link: unescapeCss(raw) }];
}

/** CSS Syntax Module Level 3, section 4.3.7. */
function unescapeCss(text: string): string {
  return decodeText(text).replace(ESCAPE, (_, hex?: string, newline?: string, character?: string) => {
    if (hex === undefined) return newline === undefined ? (character ?? '') : '';
    const code = Number.parseInt(hex, 16);
    const isScalar = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return String.fromCodePoint(isScalar ? code : 0xfffd);
  });
}

/** Writes a URL, which holds no white space, for the quotes in force. */
export function escapeCss(url: string, quote: CssLink['quote']): string {
  if (quote === '') return url.replace(/["'()\\]/g, '\\$&');
  return url.replace(/\\/g, '\\\\').replaceAll(quote, `\\${quote}`);
}
