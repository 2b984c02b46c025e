/**
 * Puts off what is to be written until the event loop has read all that is there to be read: then everything goes out in a row. The
 * first write of a row wakes those who wait on other processors, the later ones find them awake; waking is the dearest part of a
 * small write, and this alone saves a fifth of the gateway's CPU time under load (docs/performance.md). With one request at a time
 * nothing waits: the turn ends at once.
 */

export interface AtEndOfTurn {
  onEndOfTurn(): void;
}

/** What waits for one end of turn after the other; `schedule` calls back when the turn under way ends. */
export class Turns {
  readonly #schedule: (end: () => void) => void;
  #waiting: AtEndOfTurn[] = [];

  constructor(schedule: (end: () => void) => void) {
    this.#schedule = schedule;
  }

  /** Calls `onEndOfTurn` once when the turn ends, in the order of asking; what is asked for meanwhile is for the next turn. */
  atEnd(one: AtEndOfTurn): void {
    if (this.#waiting.push(one) === 1) this.#schedule(this.#onEnd);
  }

  readonly #onEnd = (): void => {
    const row = this.#waiting;
    this.#waiting = [];
    let done = 0;
    try {
      for (const one of row) {
        done++;
        one.onEndOfTurn();
      }
    } finally {
      // One that threw keeps nobody else from writing.
      for (let i = done; i < row.length; i++) this.atEnd(row[i] as AtEndOfTurn);
    }
  };
}

const turns = new Turns(setImmediate);

export function atEndOfTurn(one: AtEndOfTurn): void {
  turns.atEnd(one);
}
