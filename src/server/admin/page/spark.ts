interface Sample {
  readonly at: number;
  /** Null: a gap. */
  readonly value: number | null;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** What the edges stand for, in the unit of `at`. */
  readonly from: number;
  readonly to: number;
}

export interface Spark {
  /** For the d attribute of an SVG path: the line, and the area below it. */
  readonly line: string;
  readonly area: string;
  readonly max: number;
}

/** Leaves the line's own thickness inside of the frame. */
const MARGIN = 1.5;

/** A line of a word's size, from 0 to its highest value; where nothing was measured there is no line. */
export function spark(samples: readonly Sample[], { width, height, from, to }: Frame): Spark {
  const shown = samples.filter(({ at }) => at >= from && at <= to);
  const max = Math.max(0, ...shown.map(({ value }) => value ?? 0));
  const x = (at: number): number => ((at - from) / Math.max(1, to - from)) * width;
  const y = (value: number): number =>
    height - MARGIN - (max === 0 ? 0 : (value / max) * (height - 2 * MARGIN));
  const pieces: (readonly [number, number])[][] = [];
  let isOpen = false;
  for (const { at, value } of shown) {
    if (value !== null) {
      if (!isOpen) pieces.push([]);
      pieces.at(-1)?.push([x(at), y(value)]);
    }
    isOpen = value !== null;
  }
  const line = pieces.map((piece) => `M${piece.map(place).join('L')}`).join('');
  const area = pieces
    .map((piece) => {
      const [first, last] = [piece[0]?.[0] ?? 0, piece.at(-1)?.[0] ?? 0];
      return `M${place([first, height])}L${piece.map(place).join('L')}L${place([last, height])}Z`;
    })
    .join('');
  return { line, area, max };
}

function place([x, y]: readonly [number, number]): string {
  return `${Number(x.toFixed(1))} ${Number(y.toFixed(1))}`;
}
