/**
 * What a resource does by itself when its time has come: an answer in the background is ready, a batch sends its next line. Whoever
 * holds the clock asks `dueMs`, and calls `run` then; every request runs them too, so that nobody sees a state that is past.
 */

/** Under way at once on one resource. */
export const CHORES_MAX = 10_000;
/** Done in one go; the rest follow at the next. A chore that orders another one for the same moment would never end. */
export const CHORES_RUN_MAX = 10_000;

export interface Chore {
  /** It is not done any more; later calls say nothing. */
  cancel(): void;
}

interface Due {
  readonly dueMs: number;
  readonly run: (nowMs: number) => void;
}

export class Chores {
  /** By time, and by order of asking where that is the same. */
  readonly #due: Due[] = [];

  /** Whether there is room for one more: whoever is to ask for one on a client's behalf refuses the client where there is none. */
  get full(): boolean {
    return this.#due.length >= CHORES_MAX;
  }

  /** When the next one is due; null where none is. Milliseconds since 1970. */
  get dueMs(): number | null {
    return this.#due[0]?.dueMs ?? null;
  }

  /** @throws RangeError where they are full. */
  at(dueMs: number, run: (nowMs: number) => void): Chore {
    if (this.full) throw new RangeError(`chores: ${CHORES_MAX} are under way, the most of one resource`);
    const chore = { dueMs, run };
    let place = this.#due.length;
    while (place > 0 && (this.#due[place - 1]?.dueMs ?? 0) > dueMs) place--;
    this.#due.splice(place, 0, chore);
    return { cancel: () => this.#drop(chore) };
  }

  /** Does all that are due by now, each as of its own time. */
  run(nowMs: number): void {
    for (let done = 0; done < CHORES_RUN_MAX; done++) {
      const next = this.#due[0];
      if (next === undefined || next.dueMs > nowMs) return;
      this.#due.shift();
      next.run(next.dueMs);
    }
  }

  #drop(chore: Due): void {
    const place = this.#due.indexOf(chore);
    if (place >= 0) this.#due.splice(place, 1);
  }
}
