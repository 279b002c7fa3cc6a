const LENGTH_OCTETS = 4;
/** The farsightsec/fstrm library's limits: what claims more is no frame, and where the next one begins nobody knows. */
const CONTROL_FRAME_MAX = 512;
const DATA_FRAME_MAX = 1_048_576;
const CONTROL = { start: 2, stop: 3 } as const;
const CONTENT_TYPE_FIELD = 1;
export const DNSTAP_CONTENT_TYPE = 'protobuf:dnstap.Dnstap';

/** Whether a file begins like a Frame Streams file: with a control frame. */
export function isFrameStream(start: Uint8Array): boolean {
  return start.length >= 12 && word(start, 0) === 0 && word(start, 8) === CONTROL.start;
}

/**
 * Cuts a Frame Streams file (farsightsec/fstrm, `fstrm/control.h`) into its data frames, however it comes in chunks.
 * A file may hold several streams, one after the other, as after a server's restart.
 */
export class FrameStream {
  #rest: Uint8Array = new Uint8Array();
  /** Why nothing after this is read; null while all is well. */
  fault: string | null = null;

  push(chunk: Uint8Array): readonly Uint8Array[] {
    if (this.fault !== null) return [];
    const octets = concat(this.#rest, chunk);
    const frames: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      if (at + LENGTH_OCTETS > octets.length) break;
      const length = word(octets, at);
      const isControl = length === 0;
      if (isControl && at + 2 * LENGTH_OCTETS > octets.length) break;
      const size = isControl ? word(octets, at + LENGTH_OCTETS) : length;
      const start = at + (isControl ? 2 : 1) * LENGTH_OCTETS;
      if (size > (isControl ? CONTROL_FRAME_MAX : DATA_FRAME_MAX)) {
        this.fault = `a frame of ${size} octets, which is none: what follows it cannot be found`;
        return frames;
      }
      if (start + size > octets.length) break;
      const frame = octets.subarray(start, start + size);
      if (!isControl) frames.push(frame);
      else this.#control(frame);
      if (this.fault !== null) return frames;
      at = start + size;
    }
    this.#rest = octets.slice(at);
    return frames;
  }

  /** Octets of a frame that was begun and not ended: the server still writes, or died. */
  get left(): number {
    return this.#rest.length;
  }

  #control(frame: Uint8Array): void {
    if (frame.length < LENGTH_OCTETS || word(frame, 0) !== CONTROL.start) return;
    for (let at = LENGTH_OCTETS; at + 2 * LENGTH_OCTETS <= frame.length; ) {
      const size = word(frame, at + LENGTH_OCTETS);
      const start = at + 2 * LENGTH_OCTETS;
      const text = new TextDecoder().decode(frame.subarray(start, start + size));
      if (word(frame, at) === CONTENT_TYPE_FIELD && text !== DNSTAP_CONTENT_TYPE)
        this.fault = `a stream of ${JSON.stringify(text)}, not of ${DNSTAP_CONTENT_TYPE}`;
      at = start + size;
    }
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function word(octets: Uint8Array, at: number): number {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(at);
}
