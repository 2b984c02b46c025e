/** Signs of life in a stream that has not begun, for platforms that cut idle connections: an event source skips comments. */
import { Deadline } from '@spillway/clock';
import type { Context } from './context.ts';

export const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

export class KeepAlive {
  readonly #context: Pick<Context, 'clock' | 'deadlines'>;
  readonly #everyMs: number;
  readonly #beat: () => void;
  readonly #deadline: Deadline;

  /** @param beat sends one. */
  constructor(context: Pick<Context, 'clock' | 'deadlines'>, everySeconds: number, beat: () => void) {
    this.#context = context;
    this.#everyMs = everySeconds * 1_000;
    this.#beat = beat;
    this.#deadline = new Deadline(this.#onDeadline);
    this.#wait();
  }

  stop(): void {
    this.#context.deadlines.drop(this.#deadline);
  }

  #wait(): void {
    const { clock, deadlines } = this.#context;
    deadlines.set(this.#deadline, clock.nowMs(), this.#everyMs);
  }

  readonly #onDeadline = (): void => {
    this.#wait();
    this.#beat();
  };
}
