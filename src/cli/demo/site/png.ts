import { crc32, deflateSync } from 'node:zlib';
import type { Picture } from './picture.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BITS_PER_CHANNEL = 8;
const TRUECOLOR = 2;
const NO_FILTER = 0;

/** A PNG file (W3C PNG, 3rd edition): 8 bits a channel, no alpha, no filters. */
export function encodePng(picture: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.width, 0);
  header.writeUInt32BE(picture.height, 4);
  header[8] = BITS_PER_CHANNEL;
  header[9] = TRUECOLOR;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(scanlines(picture), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function scanlines(picture: Picture): Buffer {
  const bytes: number[] = [];
  for (let y = 0; y < picture.height; y += 1) {
    bytes.push(NO_FILTER);
    for (let x = 0; x < picture.width; x += 1) bytes.push(...picture.colorAt(x, y));
  }
  return Buffer.from(bytes);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
