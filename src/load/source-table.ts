import type { LoadSettings } from './load.js';
import { SourceLoad } from './source-load.js';

/** Old entries looked at before a newcomer is turned away; bounds the work that a flood of sources can cause. */
const TRIES = 8;

/** Room that several tables share. */
export interface Room {
  left: number;
}

/**
 * The sources of one page, bounded. In a full table a newcomer takes the place of the first in the queue that weighs
 * less; those that weigh more go to its back (second chance), so that a flood of sources that ask once replaces itself
 * and not the resolvers that matter.
 */
export class SourceTable {
  readonly #sources = new Map<string, SourceLoad>();
  readonly #limit: number;
  readonly #room: Room;

  constructor(limit: number, room: Room) {
    this.#limit = limit;
    this.#room = room;
  }

  get size(): number {
    return this.#sources.size;
  }

  values(): IterableIterator<SourceLoad> {
    return this.#sources.values();
  }

  /** The source's entry, new if need be; null when there is no room for it. */
  entry(source: string, weight: number, now: number, settings: LoadSettings): SourceLoad | null {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    const full = this.#sources.size >= this.#limit || this.#room.left <= 0;
    if (full && !this.#evict(weight, now, settings)) return null;
    const entry = new SourceLoad(settings.ignores(source));
    this.#sources.set(source, entry);
    this.#room.left -= 1;
    return entry;
  }

  /** Forgets the sources for which the predicate holds. */
  forget(gone: (entry: SourceLoad, source: string) => boolean): void {
    for (const [source, entry] of this.#sources) if (gone(entry, source)) this.#delete(source);
  }

  #evict(weight: number, now: number, settings: LoadSettings): boolean {
    let tries = TRIES;
    for (const [source, entry] of this.#sources) {
      if (tries-- === 0) return false;
      if (entry.weight(now, settings) < weight) {
        this.#delete(source);
        return true;
      }
      this.#sources.delete(source);
      this.#sources.set(source, entry);
    }
    return false;
  }

  #delete(source: string): void {
    this.#sources.delete(source);
    this.#room.left += 1;
  }
}
