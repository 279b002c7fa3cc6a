import type { WriteStream } from 'node:tty';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a screen needs of a stream; `process.stdout` has it, whether or not it is a terminal. */
export type ScreenOutput = Pick<NodeJS.WritableStream, 'write'> &
  Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>> &
  Partial<Pick<NodeJS.EventEmitter, 'on' | 'off'>>;

/** A terminal's other screen, as long as it is shown. */
export interface Screen {
  draw(): void;
  /** Leaves the terminal as it was. May be called again. */
  stop(): void;
}

const DEFAULT_SIZE = { columns: 80, rows: 24 };
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// xterm's control sequences: alternate screen (DECSET 1049), cursor (DECTCEM), erase in line and below (ED, EL).
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[2J';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/** Shows `lines` and draws them once, and again when the terminal gets another size; however the process ends, it leaves the terminal as it was. */
export function openScreen(output: ScreenOutput, lines: (size: ScreenSize) => readonly string[]): Screen {
  let isShown = true;
  const draw = (): void => {
    if (!isShown) return;
    const size = { columns: output.columns ?? DEFAULT_SIZE.columns, rows: output.rows ?? DEFAULT_SIZE.rows };
    // Overwriting line by line does not flicker, as erasing all of it first would.
    output.write(
      `${HOME}${lines(size)
        .map((line) => line + ERASE_LINE)
        .join('\r\n')}${ERASE_BELOW}`,
    );
  };
  const leave = (): void => {
    if (isShown) output.write(LEAVE);
    isShown = false;
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    stop();
    // Whoever else listens ends the process in their own way; without them the signal does what it would have done.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const stop = (): void => {
    leave();
    output.off?.('resize', draw);
    process.off('exit', leave);
    process.off('uncaughtExceptionMonitor', leave);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };

  process.on('exit', leave);
  // Before the error is printed, which would be lost with the alternate screen.
  process.on('uncaughtExceptionMonitor', leave);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  output.on?.('resize', draw);
  output.write(ENTER);
  draw();
  return { draw, stop };
}
