import type { Problem } from '../problem.js';

/** A word of a master file, or a string in quotes; escapes are still in it. */
export interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** A directive or a record: one line, or several held together by parentheses. */
export interface Entry {
  readonly line: number;
  /** The line begins with white space: the owner is that of the record before (RFC 1035 section 5.1). */
  readonly hasBlankOwner: boolean;
  readonly tokens: readonly Token[];
}

const TOKEN =
  /(?<newline>\r?\n)|(?<space>[ \t]+)|(?<comment>;[^\r\n]*)|(?<paren>[()])|"(?<quoted>(?:[^"\\\r\n]|\\[^\r\n])*)"|(?<word>(?:[^\s;()"\\]|\\[^\r\n])+)|(?<wrong>[\s\S])/g;

/** Splits a master file into entries (RFC 1035 section 5.1). What is no token is reported and passed over. */
export function readEntries(text: string, file: string, problems: Problem[]): readonly Entry[] {
  const entries: Entry[] = [];
  let tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let entryLine = 1;
  let hasBlankOwner = false;
  let open: { line: number; column: number } | null = null;

  const endEntry = (): void => {
    if (tokens.length > 0) entries.push({ line: entryLine, hasBlankOwner, tokens });
    tokens = [];
    hasBlankOwner = false;
  };
  for (const match of text.matchAll(TOKEN)) {
    const column = match.index - lineStart + 1;
    const { newline, space, paren, quoted, word, wrong } = match.groups ?? {};
    if (newline !== undefined) {
      if (open === null) endEntry();
      line += 1;
      lineStart = match.index + match[0].length;
    } else if (space !== undefined) {
      if (column === 1 && open === null) hasBlankOwner = true;
    } else if (paren !== undefined) {
      if ((paren === '(') === (open === null)) open = paren === '(' ? { line, column } : null;
      else problems.push({ where: file, line, column, message: unbalanced(paren) });
    } else if (quoted !== undefined || word !== undefined) {
      if (tokens.length === 0) entryLine = line;
      tokens.push({ text: quoted ?? word ?? '', isQuoted: quoted !== undefined, line, column });
    } else if (wrong !== undefined) {
      const message =
        wrong === '"' ? 'a quoted string does not end on its line' : `unexpected ${JSON.stringify(wrong)}`;
      problems.push({ where: file, line, column, message });
    }
  }
  endEntry();
  if (open !== null) problems.push({ where: file, ...open, message: 'this "(" is never closed' });
  return entries;
}

function unbalanced(paren: string): string {
  return paren === '(' ? 'a "(" within parentheses' : 'a ")" without its "("';
}
