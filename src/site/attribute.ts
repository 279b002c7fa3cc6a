import { parseFragment } from 'parse5';
import { type Edit, encodeText } from './edit.js';

/** The value of an attribute: where it is in the source, and what it says. */
export interface AttributeValue {
  /** Without the quotes. */
  readonly start: number;
  readonly end: number;
  readonly quote: '"' | "'" | '';
  /** Character references decoded, to UTF-8; otherwise the bytes of the source. */
  readonly text: string;
  /** The offset in the source of each character of `text`, and of its end. */
  offsetOf(index: number): number;
}

const BEFORE_VALUE = /[\t\n\f\r ]*=[\t\n\f\r ]*(["']?)/y;
const REFERENCE = /&(?:#x?[0-9a-f]+|[a-z0-9]+);?/gi;

/** The value of the attribute in `source[start, end)` whose name has `nameLength` characters; undefined if it has none. */
export function readAttribute(
  source: string,
  start: number,
  end: number,
  nameLength: number,
): AttributeValue | undefined {
  BEFORE_VALUE.lastIndex = start + nameLength;
  const before = BEFORE_VALUE.exec(source);
  if (before === null) return undefined;
  const quote = before[1] === '"' || before[1] === "'" ? before[1] : '';
  const valueStart = before.index + before[0].length;
  const valueEnd = end - quote.length;
  return { start: valueStart, end: valueEnd, quote, ...decodeReferences(source, valueStart, valueEnd) };
}

/** Decodes the character references in `source[start, end)`, and remembers where each character came from. */
export function decodeReferences(
  source: string,
  start: number,
  end: number,
): Pick<AttributeValue, 'text' | 'offsetOf'> {
  const raw = source.slice(start, end);
  if (!raw.includes('&')) return { text: raw, offsetOf: (index) => start + index };
  const parts: string[] = [];
  const offsets: number[] = [];
  let position = 0;
  const copy = (to: number): void => {
    parts.push(raw.slice(position, to));
    for (; position < to; position += 1) offsets.push(start + position);
  };
  for (const match of raw.matchAll(REFERENCE)) {
    const [reference] = match;
    const decoded = decodeReference(reference, raw[match.index + reference.length] === '=');
    if (decoded === reference) continue;
    copy(match.index);
    parts.push(decoded);
    for (let index = 0; index < decoded.length; index += 1) offsets.push(start + match.index);
    position = match.index + reference.length;
  }
  copy(raw.length);
  offsets.push(end);
  return { text: parts.join(''), offsetOf: (index) => offsets[index] ?? end };
}

/** A name without semicolon counts for nothing before an equals sign (HTML standard, section 13.2.5.73). */
function decodeReference(reference: string, beforeEquals: boolean): string {
  if (reference === '&amp;') return '&';
  const next = beforeEquals ? '=' : '';
  const [element] = parseFragment(`<i a="${reference}${next}">`).childNodes;
  if (element === undefined || !('attrs' in element)) return reference;
  const value = element.attrs[0]?.value ?? '';
  return encodeText(value.slice(0, value.length - next.length));
}

/** Moves edits of a decoded value to their place in the source, written for the quotes in force. */
export function encodeEdits(value: AttributeValue, edits: readonly Edit[]): Edit[] {
  return edits.map((edit) => ({
    start: value.offsetOf(edit.start),
    end: value.offsetOf(edit.end),
    text: edit.text === undefined ? undefined : encodeValue(edit.text, value.quote),
    dead: edit.dead,
  }));
}

function encodeValue(text: string, quote: AttributeValue['quote']): string {
  if (quote === '"') return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  if (quote === "'") return text.replaceAll('&', '&amp;').replaceAll("'", '&#39;');
  // Section 13.1.2.3 of the HTML standard lists what an unquoted value must not hold; it must not be empty either.
  if (text === '') return '""';
  return text
    .replaceAll('&', '&amp;')
    .replace(/[\t\n\f\r "'=<>`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
