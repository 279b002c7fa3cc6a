import { join } from 'node:path';

export function controlSocketOf(stateDir: string, id: string): string {
  return join(stateDir, `${id}.sock`);
}

export function logOf(stateDir: string, id: string): string {
  return join(stateDir, `${id}.log`);
}
