import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Clock } from '../../src/clock.js';
import { openStore, type Store } from '../../src/store/store.js';
import { parsed } from './policy.js';

/** A clock that stands still until it is set. */
export class ManualClock implements Clock {
  at: number;

  constructor(at = 1_000_000) {
    this.at = at;
  }

  now(): number {
    return this.at;
  }

  wall(): number {
    return 1_700_000_000_000 + this.at;
  }
}

/** A folder that is gone after the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotzone-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in memory. */
export function openMemoryStore(clock: Clock): Store {
  return parsed(openStore(':memory:', clock));
}

/** A store in memory, closed after the test. */
export function memoryStore(t: TestContext, clock: Clock = new ManualClock()): Store {
  const store = openMemoryStore(clock);
  t.after(() => store.close());
  return store;
}
