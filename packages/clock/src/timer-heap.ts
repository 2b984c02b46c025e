/**
 * Timers in order of their time, those of one time in the order in which they were set. A binary heap in which each timer knows
 * its place, so that one can be taken out wherever it is: a simulation sets and drops millions that are never met.
 */
import type { Timer } from './clock.ts';

const OUTSIDE = -1;

export class HeapTimer implements Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  readonly #heap: TimerHeap;
  /** The place in the heap, kept by the heap. */
  index = OUTSIDE;

  constructor(heap: TimerHeap, atMs: number, order: number, run: () => void) {
    this.#heap = heap;
    this.atMs = atMs;
    this.order = order;
    this.run = run;
  }

  cancel(): void {
    this.#heap.remove(this);
  }
}

export class TimerHeap {
  readonly #timers: HeapTimer[] = [];

  get size(): number {
    return this.#timers.length;
  }

  get first(): HeapTimer | undefined {
    return this.#timers[0];
  }

  add(timer: HeapTimer): void {
    this.#rise(timer, this.#timers.length);
  }

  /** Without effect on a timer that is not in the heap. */
  remove(timer: HeapTimer): void {
    const { index } = timer;
    if (index === OUTSIDE) return;
    timer.index = OUTSIDE;
    const last = this.#timers.pop();
    if (last === undefined || last === timer) return;
    const parent = this.#timers[(index - 1) >> 1];
    if (parent !== undefined && isBefore(last, parent)) this.#rise(last, index);
    else this.#sink(last, index);
  }

  /** Puts `timer` at the free place `index`, or above it. */
  #rise(timer: HeapTimer, index: number): void {
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#timers[above];
      if (parent === undefined || !isBefore(timer, parent)) break;
      this.#place(parent, index);
      index = above;
    }
    this.#place(timer, index);
  }

  /** Puts `timer` at the free place `index`, or below it. */
  #sink(timer: HeapTimer, index: number): void {
    for (;;) {
      const left = this.#timers[2 * index + 1];
      const right = this.#timers[2 * index + 2];
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, timer)) break;
      const below = child.index;
      this.#place(child, index);
      index = below;
    }
    this.#place(timer, index);
  }

  #place(timer: HeapTimer, index: number): void {
    this.#timers[index] = timer;
    timer.index = index;
  }
}

function isBefore(a: HeapTimer, b: HeapTimer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
