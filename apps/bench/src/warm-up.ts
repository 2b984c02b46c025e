/** What the warm-up to the first 429 has met: whether it is over, and whether there is any use in the run behind it. */
import { type CallResult, spentTokens } from './drive/call.ts';
import { RunError } from './drive/pool.ts';
import { isAnswer } from './measure/window.ts';

/** It is given up where not one of so many was answered: neither will those of the run be. Calls. */
export const WARM_UP_FAILURES_MAX = 50;

export class WarmUp {
  #calls = 0;
  #answers = 0;
  #isThrottled = false;
  #last = '';
  tokens = 0;

  add(result: CallResult): void {
    const { status, errorCode } = result;
    this.#calls++;
    this.tokens += spentTokens(result);
    if (isAnswer(result)) this.#answers++;
    if (status === 429) this.#isThrottled = true;
    this.#last = `${status === 0 ? 'no answer' : `status ${status}`}${errorCode === null ? '' : ` (${errorCode})`}`;
  }

  get isOver(): boolean {
    return this.#isThrottled || this.#isHopeless;
  }

  get #isHopeless(): boolean {
    return this.#answers === 0 && !this.#isThrottled && this.#calls >= WARM_UP_FAILURES_MAX;
  }

  /** @throws RunError where nothing was answered at all. */
  check(): void {
    if (!this.#isHopeless) return;
    throw new RunError(
      `warm-up: none of ${this.#calls} calls was answered, the last with ${this.#last}; try one by --requests 1`,
    );
  }

  text(tookMs: number): string {
    const end = this.#isThrottled ? 'until the first 429' : 'and no 429 came';
    return `warmed up: ${this.#calls} calls in ${Math.round(tookMs / 1_000)} s, ${end}`;
  }
}
