import { CsvReader } from './csv.js';
import { TEXT_FORMATS, type TextFormatName } from './text-formats.js';
import type { Reading } from './trace-query.js';

/** Reads the lines of one log, one after the other. */
export type LineReader = (line: string, near: number) => Reading;

/** How a log can be written; `dnstap` is what NSD and Knot write, and BIND and unbound can. */
export const TRACE_FORMATS = ['bind', 'dnsmasq', 'unbound', 'csv', 'dnstap'] as const;
export type TraceFormat = (typeof TRACE_FORMATS)[number];
export type LineFormat = Exclude<TraceFormat, 'dnstap'>;

export function lineReader(format: LineFormat): LineReader {
  if (format === 'csv') {
    const csv = new CsvReader();
    return (line, near) => csv.read(line, near);
  }
  const reader = TEXT_FORMATS.find(({ name }) => name === (format satisfies TextFormatName));
  if (reader === undefined) throw new Error(`there is no reader for ${format}`);
  return (line, near) => reader.read(line, near);
}

/** The format that finds the most queries in the first lines of a log; null when none finds one. */
export function detectLineFormat(lines: readonly string[], near: number): LineFormat | null {
  const formats: readonly LineFormat[] = [...TEXT_FORMATS.map(({ name }) => name), 'csv'];
  let best: LineFormat | null = null;
  let most = 0;
  for (const format of formats) {
    const read = lineReader(format);
    const queries = lines.filter((line) => read(line, near).kind === 'query').length;
    if (queries > most) {
      most = queries;
      best = format;
    }
  }
  return best;
}
