import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Parsed } from '../problem.js';
import { DnstapReader } from '../trace/dnstap.js';
import { FrameStream, isFrameStream } from '../trace/frame-stream.js';
import {
  detectLineFormat,
  type LineFormat,
  lineReader,
  TRACE_FORMATS,
  type TraceFormat,
} from '../trace/text-log.js';
import { type Trace, TraceBuilder } from '../trace/trace.js';
import type { Reading } from '../trace/trace-query.js';
import { fileProblem } from './file-problem.js';

/** A trace, and what it was found to be written as. */
export interface ReadTrace {
  readonly format: TraceFormat;
  readonly trace: Trace;
}

const SAMPLE_LINES = 200;
const SAMPLE_OCTETS = 65_536;
const LINE_MAX = 65_536;
/** 20 octets each in memory, and policies are compared over all of them. */
const QUERIES_MAX = 20_000_000;
/** RFC 1952 section 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Reads a query log, also one that is gzipped, in the format that is given or found by a look at its beginning. */
export async function readTraceFile(file: string, given: TraceFormat | null): Promise<Parsed<ReadTrace>> {
  try {
    const { isGzip, modifiedAt } = await lookAt(file);
    const chunks = openChunks(file, isGzip);
    const reader = new LogReader(given, modifiedAt);
    for await (const chunk of chunks) {
      reader.push(chunk as Buffer);
      if (reader.size > QUERIES_MAX)
        return refuse(file, `has more than ${QUERIES_MAX} queries`, 'cut it, e.g. into days');
    }
    const found = reader.end();
    if (found === null)
      return refuse(
        file,
        `holds no query in its first ${SAMPLE_LINES} lines in any format that is known`,
        `give --format ${TRACE_FORMATS.join('|')}; a CSV file has time, source, name, type`,
      );
    if (found.trace.times.length === 0)
      return refuse(file, `holds no query that reads as ${found.format}${why(found.trace)}`, undefined);
    return { ok: true, value: found };
  } catch (error) {
    if (isZlibError(error))
      return refuse(file, `ends or breaks within its gzip data: ${error.message}`, undefined);
    return { ok: false, problems: [fileProblem(file, error)] };
  }
}

function why({ notes }: Trace): string {
  const [first] = notes.examples;
  return first === undefined ? '' : `; line ${first.line}: ${first.reason}`;
}

async function lookAt(file: string): Promise<{ readonly isGzip: boolean; readonly modifiedAt: number }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { mtimeMs } = await handle.stat();
    const start = Buffer.alloc(GZIP_MAGIC.length);
    await handle.read(start, 0, start.length, 0);
    return { isGzip: GZIP_MAGIC.every((octet, at) => start[at] === octet), modifiedAt: mtimeMs };
  } finally {
    await handle?.close();
  }
}

function openChunks(file: string, isGzip: boolean): Readable {
  const raw = createReadStream(file);
  if (!isGzip) return raw;
  const gunzip = createGunzip();
  raw.on('error', (error) => gunzip.destroy(error));
  return raw.pipe(gunzip);
}

/** Takes the chunks of a log, and begins to read when it has seen enough of them to know how. */
class LogReader {
  readonly #builder = new TraceBuilder();
  #format: TraceFormat | null;
  #near: number;
  #sample = Buffer.alloc(0);
  #take: ((chunk: Buffer) => void) | null = null;
  #finish = (): void => {};

  constructor(given: TraceFormat | null, modifiedAt: number) {
    this.#format = given;
    this.#near = modifiedAt;
  }

  get size(): number {
    return this.#builder.size;
  }

  push(chunk: Buffer): void {
    if (this.#take !== null) {
      this.#take(chunk);
      return;
    }
    this.#sample = Buffer.concat([this.#sample, chunk]);
    if (this.#sample.length >= SAMPLE_OCTETS) this.#begin();
  }

  /** Null when it is in no format that is known. */
  end(): ReadTrace | null {
    if (this.#take === null) this.#begin();
    this.#finish();
    return this.#format === null ? null : { format: this.#format, trace: this.#builder.build() };
  }

  #begin(): void {
    this.#format ??= this.#detect();
    if (this.#format === 'dnstap') this.#readFrames();
    else if (this.#format === null) this.#take = () => undefined;
    else this.#readLines(this.#format);
    const sample = this.#sample;
    this.#sample = Buffer.alloc(0);
    this.#take?.(sample);
  }

  #detect(): TraceFormat | null {
    if (isFrameStream(this.#sample)) return 'dnstap';
    return detectLineFormat(this.#sample.toString().split('\n').slice(0, SAMPLE_LINES), this.#near);
  }

  #readFrames(): void {
    const stream = new FrameStream();
    const dnstap = new DnstapReader();
    let frames = 0;
    let isFaulty = false;
    this.#take = (chunk) => {
      for (const frame of stream.push(chunk)) {
        frames += 1;
        this.#note(frames, dnstap.read(frame));
      }
      if (stream.fault === null || isFaulty) return;
      isFaulty = true;
      this.#builder.addUnreadable(frames + 1, stream.fault);
    };
    this.#finish = () => {
      if (stream.fault === null && stream.left > 0)
        this.#builder.addUnreadable(frames + 1, 'the file ends within a frame');
    };
  }

  #readLines(format: LineFormat): void {
    const read = lineReader(format);
    const decoder = new TextDecoder();
    let rest = '';
    let lines = 0;
    const line = (text: string): void => {
      lines += 1;
      const trimmed = text.endsWith('\r') ? text.slice(0, -1) : text;
      this.#note(lines, trimmed.length > LINE_MAX ? TOO_LONG : read(trimmed, this.#near));
    };
    this.#take = (chunk) => {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      // What has no line breaks, such as a picture, must not be gathered whole.
      if (rest.length > LINE_MAX) rest = rest.slice(0, LINE_MAX + 1);
      for (const part of parts) line(part);
    };
    this.#finish = () => {
      if (rest !== '') line(rest);
    };
  }

  #note(line: number, reading: Reading): void {
    this.#builder.countLine();
    switch (reading.kind) {
      case 'query':
        this.#near = reading.query.at;
        this.#builder.addQuery(line, reading.query);
        return;
      case 'unreadable':
        this.#builder.addUnreadable(line, reading.reason);
        return;
      case 'other':
        return;
      default:
        reading satisfies never;
    }
  }
}

const TOO_LONG: Reading = { kind: 'unreadable', reason: `longer than ${LINE_MAX} characters` };

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}

function refuse(where: string, message: string, hint: string | undefined): Parsed<never> {
  return { ok: false, problems: [{ where, message, ...(hint === undefined ? {} : { hint }) }] };
}
