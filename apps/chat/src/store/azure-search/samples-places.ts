/** Where passages stand in their files, remembered: a search finds rows without their place, and would read whole files for each question. */
import type { DocumentRow } from '../store.ts';

/** Passages whose place is remembered; beyond, the files asked for longest ago are forgotten. Some 20 MB. */
const PLACES_MAX = 200_000;

export interface Place {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
}

export interface FilePlaces {
  readonly row: DocumentRow;
  /** By the key of the passage's row. */
  readonly at: ReadonlyMap<string, Place>;
}

export class Places {
  readonly #files = new Map<string, FilePlaces>();
  readonly #placesMax: number;
  #count = 0;

  constructor(placesMax = PLACES_MAX) {
    this.#placesMax = placesMax;
  }

  /** @param isThere whether what is remembered still holds. */
  get(name: string, isThere: (places: FilePlaces) => boolean): FilePlaces | null {
    const known = this.#files.get(name);
    if (known === undefined) return null;
    this.#forget(name, known);
    if (!isThere(known)) return null;
    this.set(name, known);
    return known;
  }

  set(name: string, places: FilePlaces): void {
    const before = this.#files.get(name);
    if (before !== undefined) this.#forget(name, before);
    this.#files.set(name, places);
    this.#count += places.at.size;
    for (const [oldest, old] of this.#files) {
      if (this.#count <= this.#placesMax) break;
      this.#forget(oldest, old);
    }
  }

  #forget(name: string, places: FilePlaces): void {
    this.#files.delete(name);
    this.#count -= places.at.size;
  }
}
