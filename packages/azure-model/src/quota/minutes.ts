/**
 * What was used in each of the last minutes: the metric of provisioned deployments has a grain of one minute (simulator reference R-26).
 * An answer counts evenly from its arrival to its end, so that a long one is no peak in the minute in which it ends. Until then it does
 * not count at all: a minute is complete when all that were under way in it have ended.
 */
import { MINUTE_MS } from './window.ts';

/** Minutes kept; an older one makes room. */
export const MINUTES_MAX = 60;
/** Minutes that one answer is shared out over; of a longer one the last takes the rest. A day. */
export const SHARES_MAX = 1_440;

export interface Minute {
  /** When it began. Milliseconds since 1970, a whole minute. */
  readonly fromMs: number;
  /** Normalised tokens of answers, each shared out over the time it took. */
  readonly tokens: number;
}

/** When the minute began in which a moment lies. */
export function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

/** Shares an amount out evenly over time, minute by minute; the shares add up to it. @param take is given a moment of each minute. */
export function shareOut(
  amount: number,
  fromMs: number,
  toMs: number,
  take: (atMs: number, share: number) => void,
): void {
  const whole = Math.min(SHARES_MAX - 1, (minuteOf(toMs) - minuteOf(fromMs)) / MINUTE_MS);
  let left = amount;
  for (let i = 0, atMs = fromMs; i < whole; i++) {
    const nextMs = minuteOf(atMs) + MINUTE_MS;
    const share = (amount * (nextMs - atMs)) / (toMs - fromMs);
    take(atMs, share);
    left -= share;
    atMs = nextMs;
  }
  take(toMs, Math.max(0, left));
}

export class Minutes {
  /** Oldest first. */
  readonly #kept: { fromMs: number; tokens: number }[] = [];

  /** @param sinceMs when it began to be used; not after `nowMs`. */
  add(tokens: number, nowMs: number, sinceMs = nowMs): void {
    shareOut(tokens, sinceMs, nowMs, (atMs, share) => this.#put(share, minuteOf(atMs)));
  }

  /** Those in which anything was used, oldest first; at most {@link MINUTES_MAX}. */
  list(): readonly Minute[] {
    return this.#kept.map((minute) => ({ ...minute }));
  }

  clear(): void {
    this.#kept.length = 0;
  }

  #put(tokens: number, fromMs: number): void {
    let place = this.#kept.length;
    while (place > 0 && (this.#kept[place - 1]?.fromMs ?? 0) > fromMs) place--;
    const found = this.#kept[place - 1];
    if (found?.fromMs === fromMs) found.tokens += tokens;
    else this.#kept.splice(place, 0, { fromMs, tokens });
    if (this.#kept.length > MINUTES_MAX) this.#kept.shift();
  }
}
