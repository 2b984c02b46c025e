/**
 * Spans that have ended, until the collector has them: as many as the queue takes, one batch under way at a time. Whoever ends a span
 * never waits; what does not fit is dropped and counted.
 */
import type { Clock, Timer } from '@spillway/clock';
import { positive, type Variables } from './destination.ts';
import type { Delivery, Sender } from './sender.ts';
import type { SpanCounts } from './tracer.ts';

export interface QueueLimits {
  /** Spans that wait; `OTEL_BSP_MAX_QUEUE_SIZE`. */
  readonly spansMax: number;
  /** Spans that are sent at once; `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`. */
  readonly batchMax: number;
  /** How long a batch that is not full is waited for; `OTEL_BSP_SCHEDULE_DELAY`. Milliseconds. */
  readonly delayMs: number;
}

/** How often one batch is sent, in all, where the collector may take it later. */
export const TRIES_MAX = 4;
/** Before the second try, doubled before each further one. Milliseconds. */
export const RETRY_MS = 1_000;
/** However long the collector asks for. Milliseconds. */
export const RETRY_MS_MAX = 15_000;

/** Defaults of the specification, "Batch Span Processor". */
export function queueLimits(env: Variables): QueueLimits {
  const spansMax = positive(env.OTEL_BSP_MAX_QUEUE_SIZE) ?? 2_048;
  const batchMax = Math.min(spansMax, positive(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE) ?? 512);
  return { spansMax, batchMax, delayMs: positive(env.OTEL_BSP_SCHEDULE_DELAY) ?? 5_000 };
}

export interface QueueParts<Span> {
  readonly limits: QueueLimits;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly write: (spans: Span[]) => Uint8Array;
  /** Spans that the collector left out, as its answer says. */
  readonly leftOut: (answer: Uint8Array) => number;
  /** Once until it is mended again. @param reason of few words. */
  readonly warn: (what: 'unsent' | 'full', reason: string) => void;
}

export class SpanQueue<Span> {
  readonly #parts: QueueParts<Span>;
  readonly #counts = { sent: 0, dropped: 0, failed: 0 };
  #waiting: Span[] = [];
  #timer: Timer | null = null;
  #sending: Promise<void> | null = null;
  #pause: { readonly end: () => void } | null = null;
  #isClosing = false;
  #isClosed = false;
  #isDown = false;
  #isFull = false;

  constructor(parts: QueueParts<Span>) {
    this.#parts = parts;
  }

  get counts(): SpanCounts {
    return { ...this.#counts };
  }

  add(span: Span): void {
    const { spansMax, batchMax, delayMs } = this.#parts.limits;
    if (this.#isClosed || this.#waiting.length >= spansMax) return this.#drop();
    this.#waiting.push(span);
    if (this.#waiting.length >= batchMax) this.#send();
    else if (this.#sending === null) this.#timer ??= this.#parts.clock.after(delayMs, () => this.#send());
  }

  /** Sends what waits, for as long as that. Milliseconds. */
  async close(msMax: number): Promise<void> {
    this.#isClosing = true;
    this.#pause?.end();
    if (this.#waiting.length > 0) this.#send();
    const late = Promise.withResolvers<void>();
    const timer = this.#parts.clock.after(msMax, late.resolve);
    await Promise.race([this.#sending ?? Promise.resolve(), late.promise]);
    timer.cancel();
    this.#isClosed = true;
    this.#counts.dropped += this.#waiting.length;
    this.#waiting = [];
    this.#timer?.cancel();
    this.#parts.sender.close();
  }

  #drop(): void {
    this.#counts.dropped++;
    // What comes after the end is no sign of a slow collector.
    if (this.#isClosed || this.#isFull) return;
    this.#isFull = true;
    this.#parts.warn('full', `${this.#parts.limits.spansMax} spans wait`);
  }

  #send(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
      // What came while the last batch was under way.
      const { clock, limits } = this.#parts;
      if (this.#waiting.length > 0) this.#timer = clock.after(limits.delayMs, () => this.#send());
    });
  }

  async #sendAll(): Promise<void> {
    const { batchMax } = this.#parts.limits;
    do {
      const batch = this.#waiting.splice(0, batchMax);
      await this.#deliver(batch);
    } while (this.#waiting.length >= (this.#isClosing ? 1 : batchMax));
    this.#isFull = false;
  }

  async #deliver(batch: Span[]): Promise<void> {
    const { sender, write, leftOut } = this.#parts;
    const bytes = write(batch);
    for (let tries = 1; ; tries++) {
      const delivery = await sender.send(bytes);
      if (delivery.kind === 'taken') {
        const out = Math.min(batch.length, leftOut(delivery.body));
        this.#counts.sent += batch.length - out;
        this.#counts.failed += out;
        this.#isDown = false;
        return;
      }
      this.#tell(delivery);
      if (delivery.kind === 'refused' || tries >= TRIES_MAX || this.#isClosing) break;
      await this.#wait(Math.min(RETRY_MS_MAX, delivery.afterMs ?? RETRY_MS * 2 ** (tries - 1)));
    }
    this.#counts.failed += batch.length;
  }

  #tell({ reason }: Exclude<Delivery, { readonly kind: 'taken' }>): void {
    if (!this.#isDown) this.#parts.warn('unsent', reason);
    this.#isDown = true;
  }

  /** Until then, or until the end is asked for. */
  async #wait(ms: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = this.#parts.clock.after(ms, over.resolve);
    this.#pause = { end: over.resolve };
    await over.promise;
    this.#pause = null;
    timer.cancel();
  }
}
