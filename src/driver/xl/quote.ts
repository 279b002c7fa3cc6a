/** What no shell of POSIX makes anything of ("Shell Command Language", 2.2), at least not in the middle of a word. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/;

/**
 * One command for the shell at the other end of ssh(1), which gets its arguments joined by blanks: each is a word again
 * there. Throws on a NUL, which no argument can have (execve(2)).
 */
export function quoteCommand(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new Error('an argument cannot have a NUL byte');
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
