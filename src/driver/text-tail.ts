import { type FileHandle, open } from 'node:fs/promises';

/** The last bytes of a text file from the start of a line on; empty if there is no such file. */
export async function readTail(path: string, maxBytes: number): Promise<string> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - maxBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, start);
    const text = buffer.subarray(0, bytesRead).toString('utf8').trimEnd();
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
