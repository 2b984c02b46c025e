import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { HeapTimer, TimerHeap } from './timer-heap.ts';

test('TimerHeap: what is taken from the middle leaves the rest in order', () => {
  const times = fc.array(fc.nat(50), { minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(times, fc.array(fc.nat(119), { maxLength: 80 }), (atMs, removals) => {
      const heap = new TimerHeap();
      const timers = atMs.map((at, order) => new HeapTimer(heap, at, order, () => {}));
      for (const timer of timers) heap.add(timer);
      const removed = new Set(removals.map((i) => timers[i % timers.length]));
      for (const timer of removed) timer?.cancel();
      const want = timers.filter((timer) => !removed.has(timer)).sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      assert.equal(heap.size, want.length);
      const got: HeapTimer[] = [];
      for (let first = heap.first; first !== undefined; first = heap.first) {
        got.push(first);
        heap.remove(first);
        heap.remove(first);
      }
      assert.deepEqual(
        got.map(({ order }) => order),
        want.map(({ order }) => order),
      );
    }),
    { seed: 20260228, numRuns: 300 },
  );
});
