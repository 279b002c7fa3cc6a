import type { WriteStream } from 'node:tty';
import { type DemoEvent, formatEvent } from './event.js';
import { type DemoView, renderView } from './view.js';

/** The view on its way to the user: a screen that redraws itself on a terminal, lines anywhere else. */
export interface ViewDriver {
  /** Something happened: shown at once. */
  event(event: DemoEvent): void;
  /** Leaves the terminal as it was. May be called again. */
  stop(): void;
}

/** What the driver needs of a stream; `process.stdout` has it, whether or not it is a terminal. */
export type ViewOutput = Pick<NodeJS.WritableStream, 'write'> &
  Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;

const REDRAW_MS = 250;
const DEFAULT_SIZE = { columns: 80, rows: 24 };
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// xterm's control sequences: alternate screen (DECSET 1049), cursor (DECTCEM), erase in line and below (ED, EL).
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[2J';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

export function startView(output: ViewOutput, read: () => DemoView): ViewDriver {
  if (output.isTTY !== true)
    return {
      event: (event) => void output.write(`${formatEvent(event, read().startedAt)}\n`),
      stop: () => undefined,
    };

  const color = process.env.NO_COLOR === undefined || process.env.NO_COLOR === '';
  const draw = (): void => {
    const size = { columns: output.columns ?? DEFAULT_SIZE.columns, rows: output.rows ?? DEFAULT_SIZE.rows };
    const lines = renderView(read(), size, color).split('\n');
    // Overwriting line by line does not flicker, as erasing all of it first would.
    output.write(`${HOME}${lines.map((line) => line + ERASE_LINE).join('\r\n')}${ERASE_BELOW}`);
  };
  let isShown = true;
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
    clearInterval(timer);
    leave();
    process.off('exit', leave);
    process.off('uncaughtExceptionMonitor', leave);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };

  process.on('exit', leave);
  // Before the error is printed, which would be lost with the alternate screen.
  process.on('uncaughtExceptionMonitor', leave);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  output.write(ENTER);
  draw();
  const timer = setInterval(draw, REDRAW_MS);
  return { event: draw, stop };
}
