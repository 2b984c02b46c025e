/** Wakes a resource when something of its own is due: an answer in the background, the next line of a batch. */
import type { Resource } from '@spillway/azure-model';
import type { Clock, Timer } from '@spillway/clock';

export class Errands {
  readonly #resource: Pick<Resource, 'chores'>;
  readonly #clock: Clock;
  readonly #onDefect: (text: string) => void;
  #timer: Timer | null = null;
  /** When the timer rings. */
  #atMs = Number.POSITIVE_INFINITY;

  constructor(resource: Pick<Resource, 'chores'>, clock: Clock, onDefect: (text: string) => void) {
    this.#resource = resource;
    this.#clock = clock;
    this.#onDefect = onDefect;
  }

  /** To be called whenever something may have been added. */
  look(): void {
    const { dueMs } = this.#resource.chores;
    if (dueMs === null || (this.#timer !== null && this.#atMs <= dueMs)) return;
    this.stop();
    this.#atMs = dueMs;
    this.#timer = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), this.#ring);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  readonly #ring = (): void => {
    this.#timer = null;
    try {
      this.#resource.chores.run(this.#clock.nowMs());
    } catch (error) {
      this.#onDefect(`in the background: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.look();
  };
}
