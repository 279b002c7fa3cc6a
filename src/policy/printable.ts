const MAX_SHOWN = 120;

/** `text` as it may stand in a message: short, on one line, and without what would move a terminal's cursor. */
export function printable(text: string): string {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  return short.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?');
}

/** The same in quotes. */
export function quote(text: string): string {
  return `"${printable(text)}"`;
}
