/** One event as it goes over the wire, with its place in the order of all. */
interface Kept {
  readonly number: number;
  readonly frame: string;
}

/** What a client that was away has missed; null: more than is kept, or it speaks of another daemon's events. */
export type Missed = readonly string[] | null;

/** The last events, for clients that come back: bounded in number and in bytes. */
export class EventRing {
  readonly #epoch: string;
  readonly #countMax: number;
  readonly #bytesMax: number;
  readonly #kept: Kept[] = [];
  #bytes = 0;
  #number = 0;

  /** `epoch` tells one daemon's events from another's, which begins to count anew; it has no hyphen. */
  constructor(epoch: string, countMax: number, bytesMax: number) {
    this.#epoch = epoch;
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
  }

  /** The id of the last event. */
  get lastId(): string {
    return `${this.#epoch}-${this.#number}`;
  }

  /** Gives the event the next id; gives back the frame to be sent. */
  add(type: string, data: unknown): string {
    this.#number += 1;
    const frame = frameOf(type, data, this.lastId);
    this.#kept.push({ number: this.#number, frame });
    this.#bytes += frame.length;
    while (this.#kept.length > this.#countMax || (this.#bytes > this.#bytesMax && this.#kept.length > 1))
      this.#bytes -= this.#kept.shift()?.frame.length ?? 0;
    return frame;
  }

  after(id: string): Missed {
    const [epoch, digits = ''] = id.split('-', 2);
    const number = Number(digits);
    const oldest = this.#kept[0]?.number ?? this.#number + 1;
    if (epoch !== this.#epoch || !/^\d{1,15}$/.test(digits) || number > this.#number || number < oldest - 1)
      return null;
    return this.#kept.filter((kept) => kept.number > number).map(({ frame }) => frame);
  }
}

/** HTML standard, section 9.2.6: an event's fields and an empty line. JSON has no line breaks of its own. */
export function frameOf(type: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
