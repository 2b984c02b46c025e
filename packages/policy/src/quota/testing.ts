/**
 * Tiny truths for tests of the forecasts: what Azure would count, in the plainest words, and traffic that is let in or refused by it.
 * They share nothing with the code under test.
 */
import type { Need } from '../need.ts';
import { NO_NEED } from '../need.ts';
import type { Quota } from './quota.ts';
import { NO_READING, type Reading } from './reading.ts';

/** Where the times of these tests begin. Milliseconds since 1970; no multiple of a minute. */
export const BEGIN_MS = 1_800_000_012_345;

/** What was counted of one request. */
export interface Counted {
  readonly atMs: number;
  charge: number;
}

export interface Truth {
  used(nowMs: number): number;
  count(charge: number, nowMs: number): Counted;
  giveBack(counted: Counted, amount: number): void;
  /** When that much is counted at most, if nothing else comes. */
  fallsToMs(room: number, nowMs: number): number;
}

/** Begins anew each period, at a phase that nobody tells. */
export class FixedTruth implements Truth {
  readonly #periodMs: number;
  readonly #phaseMs: number;
  #counted: Counted[] = [];

  constructor(periodMs: number, phaseMs: number) {
    this.#periodMs = periodMs;
    this.#phaseMs = phaseMs;
  }

  used(nowMs: number): number {
    const last = this.#counted.at(-1);
    if (last !== undefined && this.#windowAt(last.atMs) < this.#windowAt(nowMs)) this.#counted = [];
    return sum(this.#counted);
  }

  count(charge: number, nowMs: number): Counted {
    this.used(nowMs);
    const counted = { atMs: nowMs, charge };
    this.#counted.push(counted);
    return counted;
  }

  giveBack(counted: Counted, amount: number): void {
    counted.charge -= amount;
  }

  fallsToMs(room: number, nowMs: number): number {
    return this.used(nowMs) <= room ? nowMs : this.endsMs(nowMs);
  }

  endsMs(nowMs: number): number {
    return (this.#windowAt(nowMs) + 1) * this.#periodMs + this.#phaseMs;
  }

  #windowAt(atMs: number): number {
    return Math.floor((atMs - this.#phaseMs) / this.#periodMs);
  }
}

/** Each request leaves one period after it came. */
export class SlidingTruth implements Truth {
  readonly #periodMs: number;
  readonly #counted: Counted[] = [];

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  used(nowMs: number): number {
    const gone = this.#counted.findIndex(({ atMs }) => atMs + this.#periodMs > nowMs);
    this.#counted.splice(0, gone < 0 ? this.#counted.length : gone);
    return sum(this.#counted);
  }

  count(charge: number, nowMs: number): Counted {
    const counted = { atMs: nowMs, charge };
    this.#counted.push(counted);
    return counted;
  }

  giveBack(counted: Counted, amount: number): void {
    counted.charge -= amount;
  }

  fallsToMs(room: number, nowMs: number): number {
    let used = this.used(nowMs);
    for (const { atMs, charge } of this.#counted) {
      if (used <= room) return nowMs;
      used -= charge;
      if (used <= room) return atMs + this.#periodMs;
    }
    return nowMs;
  }
}

function sum(all: readonly Counted[]): number {
  let total = 0;
  for (const { charge } of all) total += charge;
  return total;
}

/** Drains steadily, and lets in whatever comes while it is not above its brim. */
export class LeakyBucket {
  readonly depth: number;
  readonly #perMs: number;
  #level = 0;
  #atMs = 0;

  constructor(depth: number, perMs: number) {
    this.depth = depth;
    this.#perMs = perMs;
  }

  /** 1 is the brim. */
  utilisation(nowMs: number): number {
    this.#level = Math.max(0, this.#level - Math.max(0, nowMs - this.#atMs) * this.#perMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
    return this.#level / this.depth;
  }

  add(amount: number, nowMs: number): void {
    this.utilisation(nowMs);
    this.#level = Math.max(0, this.#level + amount);
  }

  /** Until it is at its brim again. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.utilisation(nowMs) - 1) * (this.depth / this.#perMs);
  }
}

/** What happens later, in the order of time. */
export class Later {
  #events: { readonly atMs: number; readonly happens: () => void }[] = [];

  at(atMs: number, happens: () => void): void {
    const behind = this.#events.findIndex((event) => event.atMs > atMs);
    this.#events.splice(behind < 0 ? this.#events.length : behind, 0, { atMs, happens });
  }

  until(nowMs: number): void {
    for (let next = this.#events[0]; next !== undefined && next.atMs <= nowMs; next = this.#events[0]) {
      this.#events.shift();
      next.happens();
    }
  }
}

export function needOf(part: Partial<Need>): Need {
  return { ...NO_NEED, ...part };
}

export function told(part: Partial<Reading>): Reading {
  return { ...NO_READING, ...part };
}

/** Told to a quota at once, which then keeps the charge: sent, answered, and of unknown usage. */
export function sendAndRead(quota: Quota, need: Need, reading: Partial<Reading>, nowMs: number): void {
  const reservation = quota.reserve(need, nowMs);
  quota.read(reservation, told(reading), nowMs);
  quota.settle(reservation, { kind: reading.status === 429 ? 'refused' : 'lost' }, nowMs);
}
