import { openScreen, type ScreenOutput } from '../screen.js';
import { type DemoEvent, formatEvent } from './event.js';
import { type DemoView, renderView } from './view.js';

/** The view on its way to the user: a screen that redraws itself on a terminal, lines anywhere else. */
export interface ViewDriver {
  /** Something happened: shown at once. */
  event(event: DemoEvent): void;
  /** Leaves the terminal as it was. May be called again. */
  stop(): void;
}

export type ViewOutput = ScreenOutput;

const REDRAW_MS = 250;

export function startView(output: ViewOutput, read: () => DemoView): ViewDriver {
  if (output.isTTY !== true)
    return {
      event: (event) => void output.write(`${formatEvent(event, read().startedAt)}\n`),
      stop: () => undefined,
    };

  const color = process.env.NO_COLOR === undefined || process.env.NO_COLOR === '';
  const screen = openScreen(output, (size) => renderView(read(), size, color).split('\n'));
  const timer = setInterval(() => screen.draw(), REDRAW_MS);
  return {
    event: () => screen.draw(),
    stop: () => {
      clearInterval(timer);
      screen.stop();
    },
  };
}
