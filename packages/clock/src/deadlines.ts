/**
 * Many deadlines on one timer: exchanges set, move and drop deadlines all the time and almost none is ever met, so setting and
 * dropping must cost nothing. A wheel of slots, each a ring of entries; one tick a slot. A deadline is never met early, and at
 * most a tick late unless the process stalls. Those that are met at one tick come in no particular order.
 */
import type { Clock, Timer } from './clock.ts';

export const TICK_MS = 50;
const SLOTS = 512;

/**
 * Something with one deadline at a time. Made once and used again for each deadline of its owner. The fields that are not
 * `readonly` belong to `Deadlines`. When `onExpire` runs, the deadline is out already and may be set again.
 */
export class Deadline {
  atMs = 0;
  next: Deadline | null = null;
  previous: Deadline | null = null;
  readonly onExpire: () => void;

  constructor(onExpire: () => void) {
    this.onExpire = onExpire;
  }
}

export class Deadlines {
  readonly #clock: Clock;
  readonly #slots: Deadline[] = [];
  #tick: number;
  #count = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tick = Math.floor(clock.nowMs() / TICK_MS);
    for (let i = 0; i < SLOTS; i++) {
      const head = new Deadline(() => {});
      head.next = head;
      head.previous = head;
      this.#slots.push(head);
    }
  }

  get size(): number {
    return this.#count;
  }

  /** Sets the deadline `delayMs` from `nowMs`, in place of one it had. */
  set(deadline: Deadline, nowMs: number, delayMs: number): void {
    const atMs = nowMs + delayMs;
    if (!Number.isFinite(atMs)) throw new RangeError(`Deadlines.set: ${nowMs} + ${delayMs} is not a moment`);
    this.drop(deadline);
    // Only an empty wheel may jump: else the slots in between, and what is in them, would wait for the next turn.
    if (this.#count === 0) this.#tick = Math.floor(nowMs / TICK_MS);
    deadline.atMs = atMs;
    const dueTick = Math.max(this.#tick + 1, Math.ceil(atMs / TICK_MS));
    const head = this.#slots[dueTick % SLOTS];
    if (head === undefined) throw new RangeError(`Deadlines.set: ${atMs} is before 1970`);
    const last = head.previous ?? head;
    deadline.previous = last;
    deadline.next = head;
    last.next = deadline;
    head.previous = deadline;
    this.#count++;
    this.#arm();
  }

  drop(deadline: Deadline): void {
    if (deadline.next === null || deadline.previous === null) return;
    deadline.previous.next = deadline.next;
    deadline.next.previous = deadline.previous;
    deadline.next = null;
    deadline.previous = null;
    this.#count--;
  }

  /** Ticks are at whole multiples of `TICK_MS`, where slots end: at any other phase a deadline would be met up to two ticks late. */
  #arm(): void {
    this.#timer ??= this.#clock.after((this.#tick + 1) * TICK_MS - this.#clock.nowMs(), this.#onTick);
  }

  /** A stalled process catches up: every slot passed since the last tick is looked at, each at most once. */
  readonly #onTick = (): void => {
    this.#timer = null;
    const nowMs = this.#clock.nowMs();
    const nowTick = Math.floor(nowMs / TICK_MS);
    const passed = Math.min(nowTick - this.#tick, SLOTS);
    this.#tick = nowTick;
    try {
      for (let tick = nowTick - passed + 1; tick <= nowTick; tick++) this.#expire(tick % SLOTS, nowMs);
    } finally {
      // Also after a callback that threw: the others' deadlines go on.
      if (this.#count > 0) this.#arm();
    }
  };

  /** A callback may drop or move others of the same slot: each is looked at again when its turn comes. */
  #expire(slot: number, nowMs: number): void {
    const head = this.#slots[slot];
    const due: Deadline[] = [];
    for (let d = head?.next ?? null; d !== null && d !== head; d = d.next) if (d.atMs <= nowMs) due.push(d);
    for (const deadline of due) {
      if (deadline.next === null || deadline.atMs > nowMs) continue;
      this.drop(deadline);
      deadline.onExpire();
    }
  }
}
