/** Ctrl-C and its likes: the first asks to end well, another one to end at once. */
import type { Clock } from '@spillway/clock';

/**
 * One press reaches the program up to three times: from the terminal, from npm, and from the starter that found a newer Node
 * pass it on. Signals this close together are one. Milliseconds.
 */
export const SAME_PRESS_MS = 500;

export type Press = 'first' | 'same' | 'again';

/** Tells presses apart. */
export class Presses {
  #firstMs: number | null = null;

  press(nowMs: number): Press {
    if (this.#firstMs === null) {
      this.#firstMs = nowMs;
      return 'first';
    }
    return nowMs - this.#firstMs < SAME_PRESS_MS ? 'same' : 'again';
  }
}

export interface Stop {
  /** Resolves at the first signal. */
  readonly asked: Promise<void>;
  /** Resolves at a later one. */
  readonly insisted: Promise<void>;
}

/** @param signals beyond SIGINT and SIGTERM. */
export function stopSignals(clock: Clock, signals: readonly NodeJS.Signals[] = []): Stop {
  const asked = Promise.withResolvers<void>();
  const insisted = Promise.withResolvers<void>();
  const presses = new Presses();
  const onSignal = () => {
    const press = presses.press(clock.nowMs());
    if (press === 'first') asked.resolve();
    if (press === 'again') insisted.resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', ...signals] as const) process.on(signal, onSignal);
  return { asked: asked.promise, insisted: insisted.promise };
}
