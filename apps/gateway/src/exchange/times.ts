/** The times that an exchange must keep: all of it, an answer that is passed on as it comes, a last event, and a slow first try. */
import { Deadline } from '@spillway/clock';
import type { Context } from './context.ts';

/** A stream's last event, which tells that it failed, is given this time to reach the client. Milliseconds. */
const LAST_EVENT_MS_MAX = 2_000;

export class Times {
  readonly #context: Context;
  readonly startedMs: number;
  readonly #out: Deadline;
  /** null where nobody asked for it, as nearly always. */
  #slow: Deadline | null = null;

  /** @param onOut the time that was given last has run out. */
  constructor(context: Context, onOut: () => void) {
    this.#context = context;
    this.startedMs = context.clock.nowMs();
    this.#out = new Deadline(onOut);
  }

  /** From the request's head on. */
  begin(): void {
    this.#context.deadlines.set(this.#out, this.startedMs, this.#context.config.gateway.timeouts.totalMs);
  }

  /** What is passed on as it comes has a limit of its own, within the whole one. */
  answering(): void {
    const { clock, config, deadlines } = this.#context;
    const { streamMs, totalMs } = config.gateway.timeouts;
    if (streamMs === null) return;
    const nowMs = clock.nowMs();
    deadlines.set(this.#out, nowMs, Math.max(0, Math.min(streamMs, this.startedMs + totalMs - nowMs)));
  }

  lastEvent(): void {
    this.#context.deadlines.set(this.#out, this.#context.clock.nowMs(), LAST_EVENT_MS_MAX);
  }

  /** A first try that has not answered by then counts as slow. */
  slowAfter(delayMs: number, onSlow: () => void): void {
    this.#slow = new Deadline(onSlow);
    this.#context.deadlines.set(this.#slow, this.#context.clock.nowMs(), delayMs);
  }

  end(): void {
    this.#context.deadlines.drop(this.#out);
    if (this.#slow !== null) this.#context.deadlines.drop(this.#slow);
  }
}
