import { encodeJpeg } from './jpeg.js';
import { type Color, distance, fromLine, grain, inBox, mix, type Picture } from './picture.js';
import { encodePng } from './png.js';

/** What wget -m writes into the name of a file whose address has a query. */
export const THEME_QUERY = '?1395516324';

const PAPER: Color = [250, 248, 243];
const INK: Color = [38, 50, 62];
const COLD: Color = [70, 130, 160];
const WARM: Color = [232, 119, 46];
const HOT: Color = [201, 48, 34];
const PALE: Color = [217, 225, 230];

/** Every picture of the site by its path. */
export function pictureFiles(): ReadonlyMap<string, Buffer> {
  const flight = '/images/blog/ardrone-experiment-1';
  const caches = '/images/blog/uavexperiment';
  return new Map<string, Buffer>([
    ['/images/profile.jpg', encodeJpeg(portrait)],
    [`${flight}/camera_28.jpg`, encodeJpeg(crowd(28, 14))],
    [`${flight}/camera_33.jpg`, encodeJpeg(crowd(33, 160))],
    [`${flight}/ardrone1.jpg`, encodeJpeg(cluster(240, 160, 4))],
    [`${flight}/ardrone-test.png`, encodePng(chart(240, 150, surge))],
    [`${flight}/screenshot1.png`, encodePng(chart(320, 180, sawtooth))],
    ['/images/blog/mirage-dev/ubuntu_in_vm_overview.jpg', encodeJpeg(nested(4))],
    ['/images/blog/mirage-dev/xen_in_vm_overview.jpg', encodeJpeg(nested(2))],
    [`${caches}/MobileNode.png`, encodePng(cluster(240, 160, 7))],
    ...[1, 2, 3, 4, 5, 6].map(
      (count) => [`${caches}/image${count}.jpg`, encodeJpeg(cluster(120, 96, count))] as const,
    ),
    ...Object.entries(themePictures).map(
      ([name, picture]) => [`/theme/images/${name}${THEME_QUERY}`, encodePng(picture)] as const,
    ),
  ]);
}

const themePictures: Readonly<Record<string, Picture>> = {
  'noise.png': {
    width: 64,
    height: 64,
    colorAt: (x, y) => mix([246, 244, 239], [252, 251, 248], grain(x, y)),
  },
  'code_bg.png': { width: 4, height: 40, colorAt: (_x, y) => (y < 20 ? [240, 243, 245] : [234, 239, 242]) },
  'line-tile.png': { width: 8, height: 3, colorAt: (x) => (x < 5 ? COLD : PAPER) },
  'search.png': icon(
    (x, y) => Math.abs(distance(x - 6, y - 6) - 4) < 1 || fromLine(x, y, [9, 9, 14, 14]) < 1.2,
  ),
  'email.png': icon(
    (x, y) =>
      (inBox(x, y, [1, 3, 14, 10]) && !inBox(x, y, [2, 4, 12, 8])) ||
      fromLine(x, y, [2, 4, 8, 9]) < 0.8 ||
      fromLine(x, y, [8, 9, 14, 4]) < 0.8,
  ),
  'rss.png': icon(
    (x, y) =>
      [0, 6, 11].some((radius) => Math.abs(distance(x - 3, y - 13) - radius) < 1.2) && x > 1 && y < 15,
  ),
};

function icon(isInk: (x: number, y: number) => boolean): Picture {
  return { width: 16, height: 16, colorAt: (x, y) => (isInk(x, y) ? COLD : PAPER) };
}

/** A flame: what a hot page looks like. */
const portrait: Picture = {
  width: 160,
  height: 160,
  colorAt: (x, y) => {
    const height = (150 - y) / 140;
    const width = 52 * Math.sin(Math.PI * Math.min(1, Math.max(0, height)) ** 0.6) * (1 - 0.35 * height);
    const away = Math.abs(x - 80 - 7 * Math.sin(y / 13)) / Math.max(1, width);
    if (height < 0 || height > 1 || away > 1) return mix([28, 38, 50], [52, 68, 84], y / 160);
    return away < 0.5 ? mix([255, 221, 120], WARM, away * 2) : mix(WARM, HOT, away * 2 - 1);
  },
};

/** A field seen from above with so many visitors on it, walking towards the one page in the middle. */
function crowd(seed: number, visitors: number): Picture {
  const people = Array.from({ length: visitors }, (_, index) => {
    const away = 18 + 90 * grain(index, seed);
    const angle = 2 * Math.PI * grain(seed, index);
    return { x: 120 + away * Math.cos(angle), y: 80 + 0.7 * away * Math.sin(angle) };
  });
  return {
    width: 240,
    height: 160,
    colorAt: (x, y) => {
      if (inBox(x, y, [110, 68, 20, 26]))
        return inBox(x, y, [113, 74 + 5 * Math.floor(y / 5 - 14.8), 14, 2]) ? INK : PAPER;
      if (people.some((person) => distance(x - person.x, y - person.y) < 2.6)) return WARM;
      return mix([104, 142, 92], [132, 168, 112], 0.7 * (y / 160) + 0.3 * grain(x >> 2, y >> 2));
    },
  };
}

/** One origin in the middle and so many replicas around it. */
function cluster(width: number, height: number, replicas: number): Picture {
  const [x0, y0] = [width / 2, height / 2];
  const radius = Math.min(width, height) / 9;
  const places = Array.from({ length: replicas }, (_, index) => {
    const angle = (2 * Math.PI * index) / replicas - Math.PI / 2;
    return { x: x0 + width * 0.36 * Math.cos(angle), y: y0 + height * 0.36 * Math.sin(angle) };
  });
  return {
    width,
    height,
    colorAt: (x, y) => {
      if (distance(x - x0, y - y0) < radius * 1.3) return COLD;
      if (places.some((place) => distance(x - place.x, y - place.y) < radius)) return HOT;
      if (places.some((place) => fromLine(x, y, [x0, y0, place.x, place.y]) < 1)) return INK;
      return PAPER;
    },
  };
}

/** Boxes within boxes: each is one more layer between a page and the machine. */
function nested(layers: number): Picture {
  const step = Math.floor(60 / layers);
  return {
    width: 240,
    height: 160,
    colorAt: (x, y) => {
      const depth = Math.floor(Math.min(x - 8, y - 8, 231 - x, 151 - y) / step);
      if (depth < 0) return PAPER;
      const edge = Math.min(x - 8, y - 8, 231 - x, 151 - y) % step < 2;
      if (edge && depth <= layers) return INK;
      return depth >= layers ? WARM : mix(PALE, COLD, depth / layers);
    },
  };
}

function chart(width: number, height: number, valueAt: (share: number) => number): Picture {
  return {
    width,
    height,
    colorAt: (x, y) => {
      if (x === 12 || y === height - 12) return INK;
      if (x < 12 || y > height - 12) return PAPER;
      const value = valueAt((x - 12) / (width - 12)) * (height - 24);
      const above = height - 12 - y;
      if (above <= value) return mix(PALE, above > value - 2 ? HOT : WARM, 0.4 + (0.6 * above) / height);
      return y % 24 === 0 ? PALE : PAPER;
    },
  };
}

/** Calm, then a crowd, then calm again. */
function surge(share: number): number {
  return 0.06 + 0.86 / (1 + Math.exp(-(share - 0.3) * 40)) - 0.8 / (1 + Math.exp(-(share - 0.75) * 25));
}

/** What a name server sees of a steady crowd: one question a lifetime of the answer. */
function sawtooth(share: number): number {
  return 0.12 + 0.75 * (1 - ((share * 5) % 1)) ** 6;
}
