import type { Color, Picture } from './picture.js';

/**
 * A baseline JPEG file (ITU-T T.81), as small as an encoder can be: no subsampling, one quantisation table, and
 * Huffman tables of fixed code lengths, which the standard leaves to the encoder (Annex K is only an example).
 */
export function encodeJpeg(picture: Picture): Buffer {
  const bits = new BitWriter();
  const lastDc = [0, 0, 0];
  for (let top = 0; top < picture.height; top += SIDE) {
    for (let left = 0; left < picture.width; left += SIDE) {
      const colors = Array.from({ length: CELLS }, (_, cell) =>
        toYcc(
          picture.colorAt(
            Math.min(left + (cell % SIDE), picture.width - 1),
            Math.min(top + Math.floor(cell / SIDE), picture.height - 1),
          ),
        ),
      );
      for (const component of [0, 1, 2] as const) {
        const levels = quantise(transform(colors.map((color) => color[component])));
        writeBlock(bits, levels, lastDc[component] ?? 0);
        lastDc[component] = levels[0] ?? 0;
      }
    }
  }
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from('JFIF\0', 'latin1'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...ZIGZAG.map(stepAt)]),
    segment(0xc0, [
      8,
      ...word(picture.height),
      ...word(picture.width),
      3,
      ...[1, 2, 3].flatMap((id) => [id, 0x11, 0]),
    ]),
    segment(0xc4, [0x00, ...codesPerLength({ 4: DC_SYMBOLS }), ...Array(DC_SYMBOLS).keys()]),
    segment(0xc4, [0x10, ...codesPerLength({ 2: 1, 8: AC_SYMBOLS.length - 1 }), ...AC_SYMBOLS]),
    segment(0xda, [3, ...[1, 2, 3].flatMap((id) => [id, 0]), 0, CELLS - 1, 0]),
    bits.end(),
    Buffer.from([0xff, 0xd9]),
  ]);
}

const SIDE = 8;
const CELLS = SIDE * SIDE;
const MAX_RUN = 15;
const END_OF_BLOCK = 0x00;
const SIXTEEN_ZEROS = 0xf0;
const DC_SYMBOLS = 12;
/** The end of a block first: it gets the only short code. */
const AC_SYMBOLS = [
  END_OF_BLOCK,
  SIXTEEN_ZEROS,
  ...Array.from({ length: 16 }, (_, run) =>
    Array.from({ length: 10 }, (_, size) => (run << 4) | (size + 1)),
  ).flat(),
];
/** The first code of 8 bits after one code of 2 bits (T.81 Annex C). */
const FIRST_LONG_CODE = 1 << 6;
const AC_INDEX = new Map(AC_SYMBOLS.map((symbol, index) => [symbol, index]));

/** The order in which T.81 figure 5 walks the diagonals of a block. */
const ZIGZAG = Array.from({ length: CELLS }, (_, cell) => cell).sort((a, b) => zigzagKey(a) - zigzagKey(b));

const COSINES = Array.from({ length: CELLS }, (_, cell) => {
  const frequency = Math.floor(cell / SIDE);
  const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return scale * Math.cos(((2 * (cell % SIDE) + 1) * frequency * Math.PI) / (2 * SIDE));
});

function zigzagKey(cell: number): number {
  const row = Math.floor(cell / SIDE);
  const diagonal = row + (cell % SIDE);
  return diagonal * SIDE + (diagonal % 2 === 1 ? row : SIDE - 1 - row);
}

/** Quantisation step: coarser for higher frequencies. */
function stepAt(cell: number): number {
  return 6 + 4 * (Math.floor(cell / SIDE) + (cell % SIDE));
}

/** JFIF 1.02: YCbCr of ITU-R BT.601 with all 256 levels, here around 0. */
function toYcc([red, green, blue]: Color): readonly [number, number, number] {
  return [
    0.299 * red + 0.587 * green + 0.114 * blue - 128,
    -0.168736 * red - 0.331264 * green + 0.5 * blue,
    0.5 * red - 0.418688 * green - 0.081312 * blue,
  ];
}

/** The forward cosine transform, rows first, then columns. */
function transform(samples: readonly number[]): number[] {
  const pass = (input: readonly number[]): number[] =>
    Array.from({ length: CELLS }, (_, cell) => {
      const [frequency, line] = [Math.floor(cell / SIDE), cell % SIDE];
      let sum = 0;
      for (let i = 0; i < SIDE; i += 1)
        sum += (COSINES[frequency * SIDE + i] ?? 0) * (input[line * SIDE + i] ?? 0);
      return sum;
    });
  return pass(pass(samples));
}

function quantise(coefficients: readonly number[]): number[] {
  return ZIGZAG.map((cell) => Math.round((coefficients[cell] ?? 0) / stepAt(cell)));
}

function writeBlock(bits: BitWriter, levels: readonly number[], lastDc: number): void {
  const difference = (levels[0] ?? 0) - lastDc;
  bits.write(sizeOf(difference), 4);
  bits.writeLevel(difference);
  let run = 0;
  for (const level of levels.slice(1)) {
    if (level === 0) {
      run += 1;
      continue;
    }
    for (; run > MAX_RUN; run -= MAX_RUN + 1) bits.writeSymbol(SIXTEEN_ZEROS);
    bits.writeSymbol((run << 4) | sizeOf(level));
    bits.writeLevel(level);
    run = 0;
  }
  if (run > 0) bits.writeSymbol(END_OF_BLOCK);
}

/** How many bits a level needs (T.81 table F.1). */
function sizeOf(level: number): number {
  return level === 0 ? 0 : Math.floor(Math.log2(Math.abs(level))) + 1;
}

class BitWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      this.#pending = (this.#pending << 1) | ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count < 8) continue;
      this.#bytes.push(this.#pending);
      // T.81 section B.1.1.5: 0xff within the data is followed by 0, so that it is no marker.
      if (this.#pending === 0xff) this.#bytes.push(0);
      this.#pending = 0;
      this.#count = 0;
    }
  }

  writeSymbol(symbol: number): void {
    const index = AC_INDEX.get(symbol) ?? 0;
    if (index === 0) this.write(0, 2);
    else this.write(FIRST_LONG_CODE + index - 1, 8);
  }

  /** Negative levels are written as their one's complement (T.81 section F.1.2.1). */
  writeLevel(level: number): void {
    const size = sizeOf(level);
    this.write(level < 0 ? level + (1 << size) - 1 : level, size);
  }

  end(): Buffer {
    while (this.#count > 0) this.write(1, 1);
    return Buffer.from(this.#bytes);
  }
}

function segment(marker: number, data: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, ...word(data.length + 2), ...data]);
}

function word(value: number): readonly [number, number] {
  return [value >> 8, value & 0xff];
}

function codesPerLength(counts: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 16 }, (_, index) => counts[index + 1] ?? 0);
}
