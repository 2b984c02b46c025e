/** One wait for a 429, as long as told and no longer than the limit; then one more try. */
import type { Clock } from '@spillway/clock';
import { answerFailure } from '../models/failure.ts';
import { ModelFailure } from '../models/models.ts';

/** Where a 429 does not say how long. Milliseconds. */
const UNTOLD_MS = 2_000;

export interface Patience {
  readonly clock: Clock;
  /** The longest wait; 0: none. Milliseconds. */
  readonly waitMsMax: number;
  readonly signal: AbortSignal;
  readonly onWait: (retryAtMs: number) => void;
}

/** Waits of one answer: the first 429 is waited for, whichever call gets it; a second one is its end. */
export class OneWait {
  readonly #patience: Patience;
  #isSpent = false;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Runs `call`, and once more after a 429. @throws ModelFailure */
  async run<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      await this.after(error);
      return await call();
    }
  }

  /** Returns when it is worth another try. @throws ModelFailure: the same one, where it is not. */
  async after(error: unknown): Promise<void> {
    const failure = answerFailure(error);
    const { clock, waitMsMax, signal, onWait } = this.#patience;
    const waitMs = failure.retryAfterMs ?? UNTOLD_MS;
    if (failure.kind !== 'throttled' || this.#isSpent || waitMs > waitMsMax || signal.aborted) {
      throw failure.kind === 'throttled' ? withTime(failure) : failure;
    }
    this.#isSpent = true;
    onWait(clock.nowMs() + waitMs);
    await pause(clock, waitMs, signal);
    if (signal.aborted) throw failure;
  }
}

function withTime(failure: ModelFailure): ModelFailure {
  const { retryAfterMs, gateway, detail } = failure;
  if (retryAfterMs === null) return failure;
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const message = `${failure.message} Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`;
  return new ModelFailure('throttled', message, { retryAfterMs, gateway, detail });
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal.addEventListener('abort', done);
  });
}
