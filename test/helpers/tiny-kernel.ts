import { writeFile } from 'node:fs/promises';

const BASE = 0x10_0000;
const HEADER_BYTES = 52;
const PROGRAM_HEADER_BYTES = 32;
/** XEN_ELFNOTE_PHYS32_ENTRY: where a PVH loader jumps to (xen/include/public/elfnote.h). */
const PHYS32_ENTRY = 18;

/**
 * A kernel of a few machine instructions: it prints `text` on the first serial port, and halts for ever or, with
 * `ending` "reset", loads an empty interrupt table and faults, which resets the machine.
 */
export function tinyKernel(text: string, ending: 'halt' | 'reset' = 'halt'): Buffer {
  const end = ending === 'halt' ? HALT : RESET;
  const message = BASE + PRINT_BYTES + end.length;
  const code = Buffer.from([
    ...[0xbe, ...le32(message)], // mov esi, message
    0xac, // lodsb
    ...[0x84, 0xc0], // test al, al
    ...[0x74, 0x07], // jz end
    ...[0x66, 0xba, 0xf8, 0x03], // mov dx, 0x3f8
    0xee, // out dx, al
    ...[0xeb, 0xf4], // jmp lodsb
    ...end,
    ...Buffer.from(`${text}\0`),
    ...[0, 0, 0, 0, 0, 0],
  ]);
  const note = Buffer.from([
    ...le32(4),
    ...le32(4),
    ...le32(PHYS32_ENTRY),
    ...Buffer.from('Xen\0'),
    ...le32(BASE),
  ]);
  const codeAt = HEADER_BYTES + 2 * PROGRAM_HEADER_BYTES;
  const noteAt = codeAt + code.length;
  return Buffer.concat([
    Buffer.from([
      ...[0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      ...[2, 0, 3, 0], // executable, 80386
      ...[...le32(1), ...le32(BASE), ...le32(HEADER_BYTES), ...le32(0), ...le32(0)],
      ...[HEADER_BYTES, 0, PROGRAM_HEADER_BYTES, 0, 2, 0, 40, 0, 0, 0, 0, 0],
    ]),
    programHeader(1, codeAt, BASE, code.length, 7),
    programHeader(4, noteAt, 0, note.length, 4),
    code,
    note,
  ]);
}

export async function writeTinyKernel(
  file: string,
  text: string,
  ending?: 'halt' | 'reset',
): Promise<string> {
  await writeFile(file, tinyKernel(text, ending));
  return file;
}

const PRINT_BYTES = 17;
const HALT = [0xf4, 0xeb, 0xfd];
/** mov esp; push 0 twice; lidt [esp]; int3: with an empty table the fault faults again, and again. */
const RESET = [0xbc, ...le32(BASE + 0x8000), 0x31, 0xc0, 0x50, 0x50, 0x0f, 0x01, 0x1c, 0x24, 0xcc];

function programHeader(type: number, offset: number, address: number, size: number, flags: number): Buffer {
  return Buffer.from([type, offset, address, address, size, size, flags, 4].flatMap(le32));
}

function le32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
}
