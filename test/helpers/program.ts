import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Absolute path of a program, looked for where Debian puts programs too that are for administrators. */
export function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** For node:test's `skip`: false when the program is there, else why the test cannot run. */
export function skipWithout(name: string, aptPackage: string): string | false {
  return findProgram(name) === undefined ? `needs ${name}: apt install ${aptPackage}` : false;
}
