/** Less work than this is done before a line about it could be read. */
const LONG_WORK = 1_000;
const TERMINAL_MS = 100;
const LOG_MS = 2_000;

/** Tells how far long work is: on a terminal as a line that is written over, else as a line now and then. */
export function progressLine(
  stream: NodeJS.WritableStream,
  what: string,
): (done: number, total: number) => void {
  const isTerminal = 'isTTY' in stream && stream.isTTY === true;
  const intervalMs = isTerminal ? TERMINAL_MS : LOG_MS;
  let nextMs = performance.now() + intervalMs;
  return (done, total) => {
    const now = performance.now();
    if (total < LONG_WORK || (now < nextMs && done < total)) return;
    nextMs = now + intervalMs;
    const line = `${what}: ${done} of ${total}`;
    // ECMA-48: carriage return, erase to the end of the line.
    stream.write(isTerminal ? `\r\x1b[K${done < total ? line : ''}` : `${line}\n`);
  };
}
