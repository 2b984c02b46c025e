/** What happened in the last 60 seconds, in a ring of seconds. Written on the path, summed up only when read. */
import type { MinuteCounts } from '@spillway/protocol';

const SECONDS = 60;
/** Attempts, throttled, prompt tokens, completion tokens. */
const COLUMNS = 4;

export class LastMinute {
  readonly #cells = new Uint32Array(SECONDS * COLUMNS);
  /** The second written last, since 1970. */
  #second = 0;

  add(nowMs: number, throttled: boolean, promptTokens: number, completionTokens: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second > this.#second) this.#moveTo(second);
    const cells = this.#cells;
    const at = (this.#second % SECONDS) * COLUMNS;
    cells[at] = (cells[at] ?? 0) + 1;
    if (throttled) cells[at + 1] = (cells[at + 1] ?? 0) + 1;
    if (promptTokens > 0) cells[at + 2] = (cells[at + 2] ?? 0) + promptTokens;
    if (completionTokens > 0) cells[at + 3] = (cells[at + 3] ?? 0) + completionTokens;
  }

  read(nowMs: number): MinuteCounts {
    const sums = [0, 0, 0, 0];
    const first = Math.max(Math.floor(nowMs / 1000), this.#second) - SECONDS + 1;
    for (let second = first; second <= this.#second; second++) {
      const at = (second % SECONDS) * COLUMNS;
      for (let column = 0; column < COLUMNS; column++) {
        sums[column] = (sums[column] ?? 0) + (this.#cells[at + column] ?? 0);
      }
    }
    const [attempts = 0, throttled = 0, promptTokens = 0, completionTokens = 0] = sums;
    return { attempts, throttled, promptTokens, completionTokens };
  }

  #moveTo(second: number): void {
    const first = Math.max(this.#second + 1, second - SECONDS + 1);
    for (let passed = first; passed <= second; passed++) {
      const at = (passed % SECONDS) * COLUMNS;
      this.#cells.fill(0, at, at + COLUMNS);
    }
    this.#second = second;
  }
}
