/** How far a long run is: one line that is drawn again on a terminal, else a line every few seconds. */

/** Between two lines in a log. Milliseconds. */
export const LINE_MS = 5_000;
/** Between two drawings on a terminal. Milliseconds. */
export const DRAW_MS = 100;

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  readonly nowMs: () => number;
}

export class Progress {
  readonly #options: ProgressOptions;
  readonly #startedMs: number;
  #toldMs: number;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#startedMs = options.nowMs();
    this.#toldMs = this.#startedMs;
  }

  /** @param what is being worked on. */
  tell(what: string, done: number, total: number): void {
    const { write, isTerminal, nowMs } = this.#options;
    const now = nowMs();
    if (now - this.#toldMs < (isTerminal ? DRAW_MS : LINE_MS)) return;
    this.#toldMs = now;
    const text = `${done} of ${total} runs, ${what}${this.#left(now, done, total)}`;
    write(isTerminal ? `\r\x1b[K${text}` : `${text}\n`);
  }

  /** Leaves a clean line. */
  end(): void {
    if (this.#options.isTerminal) this.#options.write('\r\x1b[K');
  }

  #left(nowMs: number, done: number, total: number): string {
    if (done === 0) return '';
    const leftMs = ((nowMs - this.#startedMs) / done) * (total - done);
    return `, about ${Math.ceil(leftMs / 1_000)} s left`;
  }
}
