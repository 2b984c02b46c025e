/** Ends a call in which nothing is heard for too long, and with the caller's own signal. */
import type { Clock, Timer } from '@spillway/clock';

/** What is asked of the caller's signal: those of Azure's clients are not all the platform's. */
interface Outer {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export class IdleWatch {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #controller = new AbortController();
  readonly #outer: Outer;
  #timer: Timer;
  #isIdle = false;

  constructor(clock: Clock, idleMs: number, outer: Outer) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#outer = outer;
    this.#timer = this.#set();
    if (outer.aborted) this.#controller.abort();
    else outer.addEventListener('abort', this.#onOuter, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was silence that ended the call. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  heard(): void {
    this.#timer.cancel();
    this.#timer = this.#set();
  }

  end(): void {
    this.#timer.cancel();
    this.#outer.removeEventListener('abort', this.#onOuter);
  }

  readonly #onOuter = (): void => this.#controller.abort();

  #set(): Timer {
    return this.#clock.after(this.#idleMs, () => {
      this.#isIdle = true;
      this.#controller.abort();
    });
  }
}
