/** XEN_ELFNOTE_PHYS32_ENTRY (xen/include/public/elfnote.h), in a note of Xen's with an address of four or eight bytes. */
const PHYS32_ENTRY = 18;
/** A number that no note of Xen's has. */
const NONE = 0xffff;
const OWNER = Buffer.from('Xen\0');

/** A kernel that says of itself that it can only be started as PV: the note that makes it PVH has another number. */
export function withoutPvhNote(image: Buffer): Buffer {
  for (const octets of [4, 8]) {
    const head = Buffer.alloc(12);
    [OWNER.length, octets, PHYS32_ENTRY].forEach((number, index) => {
      head.writeUInt32LE(number, 4 * index);
    });
    const at = image.indexOf(Buffer.concat([head, OWNER]));
    if (at === -1) continue;
    const changed = Buffer.from(image);
    changed.writeUInt32LE(NONE, at + 8);
    return changed;
  }
  throw new Error('the kernel has no note of a PVH entry');
}
