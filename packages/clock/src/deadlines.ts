/**
 * Many deadlines on one timer: exchanges set, move and drop deadlines all the time and almost none is ever met, so setting
 * and dropping must cost nothing. A wheel of slots, each a ring of entries; one tick a slot. A deadline is met up to a tick late.
 */
import type { Clock, Timer } from './clock.ts';

export const TICK_MS = 50;
const SLOTS = 512;

/** Something with one deadline at a time. Made once and used again for each deadline of its owner. */
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
    this.drop(deadline);
    if (this.#timer === null) this.#tick = Math.floor(nowMs / TICK_MS);
    deadline.atMs = nowMs + delayMs;
    const dueTick = Math.max(this.#tick + 1, Math.ceil(deadline.atMs / TICK_MS));
    const head = this.#slots[dueTick % SLOTS];
    if (head === undefined) throw new Error(`Deadlines: no slot for tick ${dueTick}`);
    const last = head.previous ?? head;
    deadline.previous = last;
    deadline.next = head;
    last.next = deadline;
    head.previous = deadline;
    this.#count++;
    this.#timer ??= this.#clock.after(TICK_MS, this.#onTick);
  }

  drop(deadline: Deadline): void {
    if (deadline.next === null || deadline.previous === null) return;
    deadline.previous.next = deadline.next;
    deadline.next.previous = deadline.previous;
    deadline.next = null;
    deadline.previous = null;
    this.#count--;
  }

  /** A stalled process catches up: every slot passed since the last tick is looked at, each at most once. */
  readonly #onTick = (): void => {
    this.#timer = null;
    const nowMs = this.#clock.nowMs();
    const nowTick = Math.floor(nowMs / TICK_MS);
    const passed = Math.min(nowTick - this.#tick, SLOTS);
    const first = nowTick - passed + 1;
    this.#tick = nowTick;
    for (let tick = first; tick <= nowTick; tick++) this.#expire(tick % SLOTS, nowMs);
    if (this.#count > 0) this.#timer ??= this.#clock.after(TICK_MS, this.#onTick);
  };

  #expire(slot: number, nowMs: number): void {
    const head = this.#slots[slot];
    const due: Deadline[] = [];
    for (let d = head?.next ?? null; d !== null && d !== head; d = d.next) if (d.atMs <= nowMs) due.push(d);
    for (const deadline of due) {
      if (deadline.next === null) continue;
      this.drop(deadline);
      deadline.onExpire();
    }
  }
}
