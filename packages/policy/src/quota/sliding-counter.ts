/**
 * Counts what came in the last period: each request leaves one period after it came. In slots of some four thousandths of the period, of which
 * the oldest leaves bit by bit; slots are summed in blocks, so that looking ahead costs little however much there is.
 */
import type { Counter, GivenBack, Mark, Sighting, Surprise } from './counter.ts';

/** Of one period. */
const SLOTS = 4096;
/** What Azure counts still although it should have left is believed to leave after so many slots more. */
const LATE_SLOTS = 16;
/** What has left within one or two of these may not have left at Azure's yet. Milliseconds. */
const LATELY_MS = 500;
/** Slots in a block. */
const BLOCK = 64;
/** More than a period's: the newest and the oldest are there in part, and never in one block. */
const BLOCKS = SLOTS / BLOCK + 1;
const LENGTH = BLOCKS * BLOCK;
/** Slots are numbered from a base that moves on before the numbers are too large for 31 bits, which are quick to reckon with. */
const NUMBER_MAX = 2 ** 30;

export class SlidingCounter implements Counter {
  readonly shape = 'sliding';
  readonly refunds: boolean;
  readonly #slotMs: number;
  readonly #slots = new Float64Array(LENGTH);
  readonly #blocks = new Float64Array(BLOCKS);
  /** Number, since 1970, of the slot that is number 0 here; a multiple of {@link LENGTH}. */
  #base = 0;
  /** Number of the newest slot, and of the oldest one that counts. */
  #newest = Number.NaN;
  #oldest = Number.NaN;
  /** Of the present slot, gone by, and so of the oldest one: 0 to 1. */
  #part = 0;
  #sum = 0;
  #gone = 0;
  /** What had left a second or two ago, and when that was looked at. */
  #leftBefore = 0;
  #leftLately = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #corrected = 0;
  #lastSentMs = Number.NEGATIVE_INFINITY;

  constructor(periodMs: number, refunds: boolean) {
    this.#slotMs = periodMs / SLOTS;
    this.refunds = refunds;
  }

  used(nowMs: number): number {
    this.#roll(nowMs);
    return this.#used();
  }

  add(cost: number, nowMs: number): void {
    this.#roll(nowMs);
    this.#put(this.#newest, cost);
  }

  mark(): Mark {
    return { base: this.#used() - this.#corrected, epoch: this.#left() };
  }

  /**
   * What the request itself may have cost otherwise is corrected where it stands; the rest is about what has left since: sooner than
   * was believed, or not yet. Were all of it corrected at one place, each error would come back a period later.
   */
  see({ mark, sentMs, used, tolerance, own }: Sighting, nowMs: number): Surprise | null {
    this.#roll(nowMs);
    if (sentMs < this.#lastSentMs) return null;
    this.#lastSentMs = sentMs;
    const found = used - (mark.base + this.#corrected);
    // What Azure saw leave a moment sooner has left here meanwhile.
    const early = found < -own ? Math.min(-own - found, this.#left() - mark.epoch) : 0;
    const error = found + early;
    this.#corrected += error;
    const slot = Math.max(this.#oldest, this.#slotAt(sentMs));
    if (error < 0) {
      const unsaid = Math.min(own, -error);
      this.#unsay(slot, unsaid);
      this.#leave(-error - unsaid);
    } else {
      // Azure counts still what has left here a moment ago, or others have come.
      const late = Math.max(0, Math.min(error - own, this.#left() - this.#leftBefore));
      this.#put(Math.min(this.#newest, this.#oldest + LATE_SLOTS), late);
      this.#put(slot, error - late);
    }
    return { error, jumped: error < -tolerance, foreseen: false };
  }

  giveBack({ amount, sentMs, wasCounted }: GivenBack, nowMs: number): void {
    this.#roll(nowMs);
    const slot = this.#slotAt(sentMs);
    if (slot < this.#oldest) return;
    const taken = this.#takeFrom(slot, amount);
    if (!wasCounted) this.#corrected -= taken;
  }

  fallsToMs(room: number, nowMs: number): number {
    this.#roll(nowMs);
    // Rounding may leave a trace of what has been taken away.
    let over = this.#used() - room - 1e-6;
    if (over <= 0) return nowMs;
    over += this.#part * this.#at(this.#oldest);
    // What has left is no longer in the oldest block, so that its sum is what is still there.
    let slot = this.#oldest - (this.#oldest % BLOCK);
    for (let sum = this.#blockAt(slot); sum < over && slot <= this.#newest; sum = this.#blockAt(slot)) {
      over -= sum;
      slot += BLOCK;
    }
    for (let amount = this.#at(slot); amount < over && slot <= this.#newest; amount = this.#at(slot)) {
      over -= amount;
      slot++;
    }
    const part = Math.min(1, over / Math.max(over, this.#at(slot)));
    return Math.max(nowMs, (this.#base + slot + part + SLOTS) * this.#slotMs);
  }

  mayFallToMs(room: number, nowMs: number): number {
    return this.fallsToMs(room, nowMs);
  }

  endsMs(_nowMs: number): null {
    return null;
  }

  #used(): number {
    return Math.max(0, this.#sum - this.#part * this.#at(this.#oldest));
  }

  /** Has left since the beginning. */
  #left(): number {
    return this.#gone + this.#part * this.#at(this.#oldest);
  }

  #slotAt(atMs: number): number {
    return Math.floor(atMs / this.#slotMs) - this.#base;
  }

  #at(slot: number): number {
    return this.#slots[(slot | 0) % LENGTH] ?? 0;
  }

  /** Sum of the block that begins with this slot. */
  #blockAt(slot: number): number {
    return this.#blocks[(((slot | 0) / BLOCK) | 0) % BLOCKS] ?? 0;
  }

  #put(slot: number, amount: number): void {
    const place = (slot | 0) % LENGTH;
    const block = (place / BLOCK) | 0;
    this.#slots[place] = (this.#slots[place] ?? 0) + amount;
    this.#blocks[block] = (this.#blocks[block] ?? 0) + amount;
    this.#sum += amount;
  }

  /** Azure counted less for the latest requests than was believed. */
  #unsay(newest: number, amount: number): void {
    let left = amount;
    for (let slot = newest; slot >= this.#oldest && left > 0; slot--) left -= this.#takeFrom(slot, left);
  }

  /** What Azure no longer counts is what has been there longest. */
  #leave(amount: number): void {
    let left = amount;
    for (let slot = this.#oldest; slot <= this.#newest && left > 0; slot++) left -= this.#takeFrom(slot, left);
  }

  #takeFrom(slot: number, most: number): number {
    const taken = Math.max(0, Math.min(most, this.#at(slot)));
    if (taken > 0) this.#put(slot, -taken);
    return taken;
  }

  #roll(nowMs: number): void {
    if (Number.isNaN(this.#newest)) this.#begin(nowMs);
    const slot = this.#slotAt(nowMs);
    if (slot > this.#newest) this.#moveTo(slot);
    // Of a slot that is not a period old nothing has left.
    if (nowMs - this.#lookedMs >= LATELY_MS) {
      this.#leftBefore = this.#leftLately;
      this.#leftLately = this.#left();
      this.#lookedMs = nowMs;
    }
    const isLeaving = this.#oldest === this.#newest - SLOTS;
    this.#part = isLeaving ? Math.max(0, Math.min(1, nowMs / this.#slotMs - this.#base - this.#newest)) : 0;
  }

  #moveTo(slot: number): void {
    const oldest = slot - SLOTS;
    if (oldest > this.#newest) this.#clear(oldest);
    else for (let gone = this.#oldest; gone < oldest; gone++) this.#drop(gone);
    this.#newest = slot;
    this.#oldest = Math.max(this.#oldest, oldest);
    if (slot >= NUMBER_MAX) this.#rebase();
  }

  #begin(nowMs: number): void {
    this.#rebase(Math.floor(nowMs / this.#slotMs));
    this.#newest = this.#slotAt(nowMs);
    this.#oldest = this.#newest;
  }

  /** The base moves on by whole rings, so that each slot stays where it is; one ring back, since the oldest is no negative number. */
  #rebase(newest = this.#newest): void {
    const moved = (Math.floor(newest / LENGTH) - 1) * LENGTH;
    this.#base += moved;
    this.#newest -= moved;
    this.#oldest -= moved;
  }

  #drop(slot: number): void {
    const amount = this.#at(slot);
    this.#gone += amount;
    if (amount !== 0) this.#put(slot, -amount);
  }

  #clear(oldest: number): void {
    this.#slots.fill(0);
    this.#blocks.fill(0);
    this.#gone += this.#sum;
    this.#sum = 0;
    this.#oldest = oldest;
  }
}
