import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../policy/duration.js';
import { type AskOptions, askDaemon, reportFailure } from './admin-client.js';
import { EXIT } from './exit.js';
import type { Io } from './io.js';
import { openScreen, type ScreenOutput } from './screen.js';
import { follow } from './top/follow.js';
import { frame, plainFrame } from './top/frame.js';
import { NOTHING_YET, type TopModel, withAll, withEvent } from './top/model.js';
import { pagesAnswer, replicasAnswer, statusAnswer } from './views.js';

export interface TopOptions extends AskOptions {
  /** Milliseconds between two prints where there is no screen to draw on. */
  readonly intervalMs: number;
}

/** Keys that end it; Ctrl-C comes as a character from a terminal that passes everything on. */
const QUIT: readonly string[] = ['q', 'Q', '\u0003'];
const PAGES = '50';
/** Between two prints. */
export const DEFAULT_INTERVAL_MS = 2_000;
/** Drawing more often than eyes follow would only keep the terminal busy. */
const DRAW_MS = 100;

/** Milliseconds, more than none. */
export function parseInterval(text: string): number {
  const interval = parseDuration(text) ?? 0;
  if (interval === 0) throw new InvalidArgumentError('Expected a duration, e.g. 2s.');
  return interval;
}

/**
 * `hotzone top`: what `hotzone status` shows, as it happens. On a terminal it has the screen until q; elsewhere, and
 * where TERM is `dumb`, it prints once per interval; with --json every event as a line. Resolves to the exit code.
 */
export async function top(options: TopOptions, io: Io): Promise<number> {
  const first = await askAll(NOTHING_YET, options.url);
  if ('failure' in first) return reportFailure(first.failure, io);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  try {
    if (options.json) await printEvents(options.url, stop.signal, io);
    else await show(first.model, options, stop, io);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
  }
  return EXIT.fine;
}

async function show(first: TopModel, options: TopOptions, stop: AbortController, io: Io): Promise<void> {
  let model = first;
  const output: ScreenOutput = io.stdout;
  const hasScreen = output.isTTY === true && process.env.TERM !== undefined && process.env.TERM !== 'dumb';
  const view = hasScreen
    ? showOnScreen(output, () => model, stop)
    : printAgain(io, () => model, options.intervalMs, stop.signal);
  try {
    for await (const heard of follow(options.url, stop.signal)) {
      if (heard.kind === 'silence') model = { ...model, trouble: `${heard.why}; trying again` };
      else if (heard.event.type === 'hello') {
        const all = await askAll(model, options.url);
        if ('model' in all) model = all.model;
      } else model = withEvent(model, heard.event.type, parse(heard.event.data), performance.now());
      view.changed();
    }
  } finally {
    view.stop();
  }
}

interface View {
  changed(): void;
  stop(): void;
}

function showOnScreen(output: ScreenOutput, read: () => TopModel, stop: AbortController): View {
  const leaveKeys = takeKeys(stop);
  const screen = openScreen(output, (size) => frame(read(), size, performance.now()));
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    timer = undefined;
    screen.draw();
  };
  // Ages go on although nothing happens.
  const ageing = setInterval(draw, 1_000);
  return {
    changed: () => {
      timer ??= setTimeout(draw, DRAW_MS);
    },
    stop: () => {
      clearTimeout(timer);
      clearInterval(ageing);
      screen.stop();
      leaveKeys();
    },
  };
}

/** Takes single keys from the terminal; gives back what leaves it as it was. */
function takeKeys(stop: AbortController): () => void {
  const input = process.stdin as ReadStream;
  if (input.isTTY !== true) return () => {};
  const onData = (data: Buffer): void => {
    if (QUIT.some((key) => data.includes(key))) stop.abort();
  };
  input.setRawMode(true);
  input.on('data', onData);
  return () => {
    input.off('data', onData);
    input.setRawMode(false);
    input.pause();
  };
}

function printAgain(io: Io, read: () => TopModel, intervalMs: number, signal: AbortSignal): View {
  const print = (): void => void io.stdout.write(`${plainFrame(read(), performance.now())}\n`);
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      print();
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  };
  void loop();
  return { changed: () => {}, stop: () => {} };
}

async function printEvents(url: string, signal: AbortSignal, io: Io): Promise<void> {
  for await (const heard of follow(url, signal)) {
    if (heard.kind === 'silence') io.stderr.write(`hotzone top: ${heard.why}; trying again\n`);
    else {
      const { id, type, data } = heard.event;
      io.stdout.write(`${JSON.stringify({ id, type, data: parse(data) })}\n`);
    }
  }
}

type All = { readonly model: TopModel } | { readonly failure: Parameters<typeof reportFailure>[0] };

/** Everything once: the stream tells what changes from there on. */
async function askAll(model: TopModel, url: string): Promise<All> {
  const [status, pages, replicas] = await Promise.all([
    askDaemon(url, '/api/v1/status', {}, statusAnswer),
    askDaemon(url, '/api/v1/pages', { top: PAGES }, pagesAnswer),
    askDaemon(url, '/api/v1/replicas', {}, replicasAnswer),
  ]);
  if (!status.ok) return { failure: status };
  if (!pages.ok) return { failure: pages };
  if (!replicas.ok) return { failure: replicas };
  return { model: withAll(model, status.value, pages.value, replicas.value, performance.now()) };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
