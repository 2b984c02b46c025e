/** Looks at the gateway about four times a second, and has the view drawn. */
import type { Clock, Timer } from '@spillway/clock';
import type { FleetReport } from '@spillway/protocol';
import type { Board } from './board.ts';
import type { Show } from './show.ts';

/** Between the end of one look and the next. Milliseconds. */
export const UPDATE_MS = 250;

export interface UpdateParts {
  readonly board: Board;
  readonly show: Pick<Show, 'update'>;
  readonly clock: Clock;
  /** null where no report came: the last one stays. */
  readonly poll: () => Promise<FleetReport | null>;
}

export class Updates {
  readonly #parts: UpdateParts;
  #timer: Timer | null = null;
  #stopped = false;

  constructor(parts: UpdateParts) {
    this.#parts = parts;
  }

  /** Looks once, now. */
  async look(): Promise<void> {
    const { board, show, clock, poll } = this.#parts;
    const report = await poll();
    if (this.#stopped) return;
    if (report !== null) board.report(report);
    show.update(board.scene(clock.nowMs()));
  }

  /** Looks again and again. */
  start(): void {
    void this.look().then(() => {
      if (!this.#stopped) this.#timer = this.#parts.clock.after(UPDATE_MS, () => this.start());
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }
}
