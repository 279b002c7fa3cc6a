/** Where a command writes to: its result, and what went wrong. */
export interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Columns of the terminal; undefined for a file or a pipe, whose lines are not cut. */
export function terminalWidth(stream: NodeJS.WritableStream): number | undefined {
  return 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : undefined;
}
