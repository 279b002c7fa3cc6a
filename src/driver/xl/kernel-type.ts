/** How Xen starts a kernel: in the virtual machine of the processor, or by a kernel that knows Xen's own calls alone. */
export type DomainType = 'pvh' | 'pv';

const ELF_MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const PROGRAM_HEADERS = 0x20;
const PROGRAM_HEADER_BYTES = 0x36;
const PROGRAM_HEADER_COUNT = 0x38;
const PT_NOTE = 4;
/** Xen's public/elfnote.h: where a PVH kernel begins; every other note of Xen's is of a PV kernel if this one is missing. */
const PHYS32_ENTRY = 18;
const OWNER = 'Xen\0';
/** What said the same before there were notes (public/elfnote.h): a section with a text. */
const OLD_SECTION = '__xen_guest';

/**
 * What an image is made for, by its ELF notes; null when it does not say, as Linux' bzImage, which is packed. MirageOS
 * made PV kernels up to its version 3, and PVH ones since.
 */
export function kernelType(image: Buffer): DomainType | null {
  if (image.length < 64 || image.readUInt32BE(0) !== ELF_MAGIC || image.readUInt8(4) !== CLASS_64)
    return null;
  const notes = noteTypes(image);
  if (notes.includes(PHYS32_ENTRY)) return 'pvh';
  return notes.length > 0 || image.includes(OLD_SECTION) ? 'pv' : null;
}

/** Types of the notes that are Xen's. */
function noteTypes(image: Buffer): readonly number[] {
  const start = Number(image.readBigUInt64LE(PROGRAM_HEADERS));
  const bytes = image.readUInt16LE(PROGRAM_HEADER_BYTES);
  const count = image.readUInt16LE(PROGRAM_HEADER_COUNT);
  return Array.from({ length: count }, (_, index) => start + index * bytes)
    .filter((at) => at + 56 <= image.length && image.readUInt32LE(at) === PT_NOTE)
    .flatMap((at) => {
      const offset = Number(image.readBigUInt64LE(at + 8));
      return notesIn(image.subarray(offset, offset + Number(image.readBigUInt64LE(at + 32))));
    });
}

/** Three numbers, a name and what is told, each filled up to four bytes (elf(5), "Notes"). */
function notesIn(segment: Buffer): readonly number[] {
  const types: number[] = [];
  for (let at = 0; at + 12 <= segment.length; ) {
    const nameBytes = segment.readUInt32LE(at);
    const told = segment.readUInt32LE(at + 4);
    if (segment.toString('latin1', at + 12, at + 12 + nameBytes) === OWNER)
      types.push(segment.readUInt32LE(at + 8));
    at += 12 + filled(nameBytes) + filled(told);
  }
  return types;
}

function filled(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
