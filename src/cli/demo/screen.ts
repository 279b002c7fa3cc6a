/** SGR parameters (ECMA-48 section 8.3.117). */
const STYLES = {
  plain: '',
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  cyan: '36',
  title: '1;36',
} as const;

export type Style = keyof typeof STYLES;

/** A piece of a line in one style. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

export const ELLIPSIS = '…';
/** Every other character might be wider than one column, or control the terminal. */
const UNPRINTABLE = /[^ -~…█▌▏─▶·]/g;

/** A line that is never wider than the terminal: what does not fit is cut off with an ellipsis. */
export function renderLine(spans: readonly Span[], columns: number, color: boolean): string {
  let room = columns;
  const whole = spans.reduce((sum, span) => sum + span.text.length, 0);
  const pieces: string[] = [];
  for (const { text, style = 'plain' } of spans) {
    const printable = text.replace(UNPRINTABLE, '?');
    const isCut = printable.length > room || (printable.length === room && whole > columns);
    const fitting = isCut
      ? printable.slice(0, Math.max(0, room - 1)) + (room > 0 ? ELLIPSIS : '')
      : printable;
    room -= fitting.length;
    if (fitting.length > 0)
      pieces.push(color && STYLES[style] !== '' ? `\x1b[${STYLES[style]}m${fitting}\x1b[0m` : fitting);
    if (isCut) break;
  }
  return pieces.join('');
}

/** Text at most so wide, cut in its middle, where paths have the least to say. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const kept = Math.max(0, width - 1);
  const tail = Math.ceil(kept * 0.6);
  return `${text.slice(0, kept - tail)}${ELLIPSIS}${text.slice(text.length - tail)}`.slice(
    0,
    Math.max(0, width),
  );
}

/** A shell command on as many lines as it needs; each but the last ends in a backslash, so that it can be pasted. */
export function wrapCommand(command: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of command.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > columns - 2) {
      lines.push(`${line} \\`);
      line = `  ${word}`;
    } else line = longer;
  }
  return [...lines, line];
}
