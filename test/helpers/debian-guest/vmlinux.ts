import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

/** Places in the header of a bzImage (the Linux/x86 boot protocol, 2.08 and later). */
const SETUP_SECTORS = 0x1f1;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SECTOR_OCTETS = 512;
/** The build appends the unpacked size, which is no part of the LZ4 stream (scripts/Makefile.lib, size_append). */
const SIZE_OCTETS = 4;

/** Unpacks a kernel that was compressed with LZ4, as Debian's are: an ELF file with a PVH entry. Needs lz4. */
export async function unpackKernel(bzImage: string, vmlinux: string): Promise<void> {
  const image = await readFile(bzImage);
  const start = ((image[SETUP_SECTORS] ?? 0) + 1) * SECTOR_OCTETS + image.readUInt32LE(PAYLOAD_OFFSET);
  const packed = image.subarray(start, start + image.readUInt32LE(PAYLOAD_LENGTH) - SIZE_OCTETS);
  await execa('lz4', ['--decompress', '--stdout'], { input: packed, stdout: { file: vmlinux } });
}
