import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';

/** Files by their path below the folder, with a leading slash. */
export type SiteFiles = Readonly<Record<string, string | Uint8Array>>;

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder, all with the same time of modification. */
export function writeFiles(folder: string, files: SiteFiles, mtimeSeconds = 1_700_000_000): string {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, mtimeSeconds, mtimeSeconds);
  }
  return folder;
}
