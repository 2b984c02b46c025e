/**
 * The last exchanges with their trails, newest last: as many as the settings say, and no more bytes than {@link RING_BYTES_MAX}.
 * At thousands of requests in a second a thousand of them would be the last tenth of a second, and what lives that long is copied by the
 * collector, for a tenth of the gateway's CPU: then plain ones are thinned out, and what failed, was refused or waited stays.
 */
import type { ExchangeRecord, GatewayEvent } from '../observe/events.ts';
import type { Trail } from './trail.ts';

/** Held in memory by all trails together, as far as can be told without looking at the heap. Bytes. */
export const RING_BYTES_MAX = 64 * 1024 * 1024;

/** About what each takes, with what belongs to it. Bytes. */
const EXCHANGE_BYTES = 1_500;
const ATTEMPT_BYTES = 1_000;
const LOOK_BYTES = 160;

/** Plain exchanges that are kept in a second, on average, once {@link PLAIN_AT_ONCE} came together. */
const PLAIN_PER_SECOND = 100;
/** Plain ones that are kept however fast they come. */
export const PLAIN_AT_ONCE = 1_000;

export interface Kept {
  readonly exchange: ExchangeRecord;
  readonly trail: Trail;
}

export class DecisionRing {
  /** By request id, the oldest first. */
  readonly #kept = new Map<string, Kept>();
  #recordsMax: number;
  #bytes = 0;
  /** Plain ones that may be kept now. */
  #plain = PLAIN_AT_ONCE;
  #plainMs = 0;

  constructor(recordsMax: number) {
    this.#recordsMax = recordsMax;
  }

  get recordsMax(): number {
    return this.#recordsMax;
  }

  get size(): number {
    return this.#kept.size;
  }

  fold(event: GatewayEvent): void {
    if (event.kind !== 'exchangeEnded' || event.trail === null || this.#recordsMax === 0) return;
    const { exchange, trail } = event;
    if (isPlain(exchange) && !this.#takesPlain(exchange.endedMs)) return;
    this.#bytes += bytesOf(trail);
    this.#kept.set(exchange.requestId, { exchange, trail });
    this.#makeRoom();
  }

  #takesPlain(nowMs: number): boolean {
    const refill = (Math.max(0, nowMs - this.#plainMs) * PLAIN_PER_SECOND) / 1_000;
    this.#plain = Math.min(PLAIN_AT_ONCE, this.#plain + refill);
    this.#plainMs = Math.max(nowMs, this.#plainMs);
    if (this.#plain < 1) return false;
    this.#plain--;
    return true;
  }

  limit(recordsMax: number): void {
    this.#recordsMax = recordsMax;
    this.#makeRoom();
  }

  find(requestId: string): Kept | null {
    return this.#kept.get(requestId) ?? null;
  }

  /** Newest first. */
  newest(): readonly Kept[] {
    return [...this.#kept.values()].reverse();
  }

  #makeRoom(): void {
    for (const [requestId, { trail }] of this.#kept) {
      if (this.#kept.size <= this.#recordsMax && this.#bytes <= RING_BYTES_MAX) return;
      this.#bytes -= bytesOf(trail);
      this.#kept.delete(requestId);
    }
  }
}

/** Answered at the first try, at once. */
function isPlain({ attempts, waitedMs, status, ending }: ExchangeRecord): boolean {
  return attempts === 1 && waitedMs === 0 && status < 400 && ending === 'whole';
}

/** The same at any time after the exchange has ended. */
function bytesOf({ picks, attempts }: Trail): number {
  let looks = 0;
  for (const pick of picks) looks += pick.looks.length;
  return EXCHANGE_BYTES + attempts.length * ATTEMPT_BYTES + looks * LOOK_BYTES;
}
