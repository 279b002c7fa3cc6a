/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number];

/** A picture as a function: the colour of each pixel, counted from the upper left corner. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly colorAt: (x: number, y: number) => Color;
}

/** Between two colours: 0 gives the first one, 1 the second. */
export function mix(from: Color, to: Color, share: number): Color {
  const part = Math.min(1, Math.max(0, share));
  const channel = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * part);
  return [channel(0), channel(1), channel(2)];
}

/** A number from 0 to 1 that looks random and is the same for a point every time. */
export function grain(x: number, y: number): number {
  let hash = Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 13), 0x297a2d39);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** Whether a point lies in a rectangle given by its corner and size. */
export function inBox(x: number, y: number, box: readonly [number, number, number, number]): boolean {
  return x >= box[0] && x < box[0] + box[2] && y >= box[1] && y < box[1] + box[3];
}

/** Distance of a point from the line between two others. */
export function fromLine(x: number, y: number, ends: readonly [number, number, number, number]): number {
  const [x1, y1, x2, y2] = ends;
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const along =
    length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length));
  return distance(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1));
}

/** Length of a vector; Math.hypot is many times slower, and pictures ask a million times. */
export function distance(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
