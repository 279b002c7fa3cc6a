/**
 * Text here is a byte string: one character (U+0000 to U+00FF) for each byte of the file, so that offsets are byte
 * offsets and bytes that are no valid UTF-8 survive. Only the value of a single link is ever decoded.
 */

/** One link in a text: what replaces it, and whether it is dead. */
export interface Edit {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** What replaces the range, or undefined when it stays as it was. */
  readonly text?: string | undefined;
  /** The link as its author wrote it, when it leads nowhere. */
  readonly dead?: string | undefined;
}

export function bytesToText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function textToBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Bytes that are no UTF-8 are read as windows-1252, the encoding that browsers assume for undeclared legacy pages. */
export function decodeText(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  const bytes = textToBytes(text);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** In order of place, one edit a place: a parser that repairs misnested markup reports one tag as several elements. */
export function sortEdits(edits: readonly Edit[]): Edit[] {
  return [...new Map(edits.map((edit) => [edit.start, edit])).values()].sort((a, b) => a.start - b.start);
}

/** Moves edits of a part to their place in the whole. */
export function shiftEdits(edits: readonly Edit[], offset: number): Edit[] {
  return edits.map((edit) => ({ ...edit, start: edit.start + offset, end: edit.end + offset }));
}

/** Applies sorted edits; every character outside their ranges stays as it was. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let position = 0;
  for (const edit of edits) {
    if (edit.text === undefined) continue;
    parts.push(text.slice(position, edit.start), edit.text);
    position = edit.end;
  }
  parts.push(text.slice(position));
  return parts.join('');
}
