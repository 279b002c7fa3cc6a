import { Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.js';

/** Keeps what a command writes. */
export function captureIo(columns?: number): Io & { readonly out: () => string; readonly err: () => string } {
  const [stdout, stderr] = [new Kept(columns), new Kept()];
  return { stdout, stderr, out: () => stdout.text, err: () => stderr.text };
}

class Kept extends Writable {
  text = '';
  readonly columns: number | undefined;

  constructor(columns?: number) {
    super();
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
