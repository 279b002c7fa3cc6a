import { showControls } from '../server/admin/format.js';

export interface Column {
  readonly title: string;
  /** Left when left out. */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';
const ELLIPSIS = '…';
/** Unicode Standard Annex 11: these take two cells of a terminal, combining marks none. */
const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/u;
const ZERO_WIDTH = /\p{Mark}|\p{Default_Ignorable_Code_Point}/u;

/**
 * Rows in aligned columns under their titles, one line a row. With `width`, longer lines are cut. Control characters
 * are made visible, since names come from files and must not speak to the terminal.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width?: number,
): string {
  const lines = [columns.map((column) => column.title), ...rows].map((row) =>
    columns.map((_, index) => oneLine(row[index] ?? '')),
  );
  const widths = columns.map((_, index) => Math.max(...lines.map((row) => displayWidth(row[index] ?? ''))));
  return lines
    .map((row) => {
      const cells = row.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'));
      const line = cells.join(GAP).trimEnd();
      return `${width === undefined ? line : cut(line, width)}\n`;
    })
    .join('');
}

/** Text that stays on its line and cannot speak to the terminal. */
export function oneLine(text: string): string {
  return showControls(text).replaceAll('\n', '␊').replaceAll('\t', '␉');
}

/** Cells that a text takes in a terminal. */
export function displayWidth(text: string): number {
  return [...text].reduce((sum, char) => sum + charWidth(char), 0);
}

function charWidth(char: string): number {
  if (ZERO_WIDTH.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** No wider than `width` cells. */
export function cut(line: string, width: number): string {
  if (displayWidth(line) <= width) return line;
  let kept = '';
  let used = displayWidth(ELLIPSIS);
  for (const char of line) {
    used += charWidth(char);
    if (used > width) break;
    kept += char;
  }
  return kept + ELLIPSIS;
}
