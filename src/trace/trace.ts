import type { TraceQuery } from './trace-query.js';

/** A line, or a frame, that could not be read; numbered from 1. */
export interface Unreadable {
  readonly line: number;
  readonly reason: string;
}

/** The log's clock was set back here: what follows is taken to go on without a break. */
export interface ClockStep {
  readonly line: number;
  readonly milliseconds: number;
}

/** What was in a log beside its queries. */
export interface TraceNotes {
  readonly lines: number;
  readonly unreadable: number;
  /** The first of them. */
  readonly examples: readonly Unreadable[];
  readonly clockSteps: readonly ClockStep[];
}

/** A log's queries in order of time, in columns, since there are millions of them. */
export interface Trace {
  /** Unix milliseconds. */
  readonly times: Float64Array;
  readonly names: readonly string[];
  readonly sources: readonly string[];
  readonly types: readonly string[];
  /** Indexes into the lists above. */
  readonly nameOf: Uint32Array;
  readonly sourceOf: Uint32Array;
  readonly typeOf: Uint32Array;
  readonly notes: TraceNotes;
}

const EXAMPLES_MAX = 5;
const STEPS_MAX = 100;
/** Servers with several threads write their lines in nearly the right order. */
const REORDER_MS = 5_000;

/** Collects what a log says, line by line. */
export class TraceBuilder {
  readonly #times: number[] = [];
  readonly #names = new Numbering();
  readonly #sources = new Numbering();
  readonly #types = new Numbering();
  readonly #nameOf: number[] = [];
  readonly #sourceOf: number[] = [];
  readonly #typeOf: number[] = [];
  readonly #examples: Unreadable[] = [];
  readonly #steps: ClockStep[] = [];
  #lines = 0;
  #unreadable = 0;
  #latest = Number.NEGATIVE_INFINITY;
  #offset = 0;
  #isSorted = true;

  get size(): number {
    return this.#times.length;
  }

  addQuery(line: number, { at, source, name, type }: TraceQuery): void {
    let time = at + this.#offset;
    if (time < this.#latest - REORDER_MS) {
      const milliseconds = this.#latest - time;
      if (this.#steps.length < STEPS_MAX) this.#steps.push({ line, milliseconds });
      this.#offset += milliseconds;
      time = this.#latest;
    } else if (time < this.#latest) this.#isSorted = false;
    this.#latest = Math.max(this.#latest, time);
    this.#times.push(time);
    this.#nameOf.push(this.#names.of(name));
    this.#sourceOf.push(this.#sources.of(source));
    this.#typeOf.push(this.#types.of(type));
  }

  addUnreadable(line: number, reason: string): void {
    this.#unreadable += 1;
    if (this.#examples.length < EXAMPLES_MAX) this.#examples.push({ line, reason });
  }

  countLine(): void {
    this.#lines += 1;
  }

  build(): Trace {
    const order = Uint32Array.from(this.#times.keys());
    if (!this.#isSorted) order.sort((a, b) => (this.#times[a] ?? 0) - (this.#times[b] ?? 0) || a - b);
    const inOrder = (column: readonly number[]): Uint32Array => order.map((row) => column[row] ?? 0);
    return {
      times: Float64Array.from(order, (row) => this.#times[row] ?? 0),
      names: this.#names.values,
      sources: this.#sources.values,
      types: this.#types.values,
      nameOf: inOrder(this.#nameOf),
      sourceOf: inOrder(this.#sourceOf),
      typeOf: inOrder(this.#typeOf),
      notes: {
        lines: this.#lines,
        unreadable: this.#unreadable,
        examples: this.#examples,
        clockSteps: this.#steps,
      },
    };
  }
}

/** Gives every text a number, in the order in which they first come. */
class Numbering {
  readonly values: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.values.length;
    this.#numbers.set(text, number);
    this.values.push(text);
    return number;
  }
}
