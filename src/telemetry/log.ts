import {
  type DestinationStream,
  type Logger,
  destination as openDestination,
  pino,
  stdTimeFunctions,
} from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where the lines go; standard error when left out, since standard output belongs to a command's result. */
  readonly destination?: DestinationStream;
}

const STANDARD_ERROR = 2;

/**
 * A logger that writes one JSON line a fact: `{"level":"info","time":"2025-01-31T08:00:00.000Z",…,"msg":"…"}`.
 * Errors given as `err` are written with message and stack. The level can be changed later (`logger.level = 'debug'`).
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level,
      // Whoever runs the daemon knows its pid and host already; repeating them in every line only hides the fact.
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Written at once, so that the last line before a crash is there.
    options.destination ?? openDestination({ fd: STANDARD_ERROR, sync: true }),
  );
}
