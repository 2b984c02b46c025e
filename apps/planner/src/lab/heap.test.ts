import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { Heap } from './heap.ts';

test('Heap: gives events by time, those of one moment as they were planned, also while others are planned (seed 7)', () => {
  const unit = seededUnit(7);
  const heap = new Heap<number>();
  const planned: { readonly atMs: number; readonly event: number }[] = [];
  const plan = (atMs: number) => {
    planned.push({ atMs, event: planned.length });
    heap.plan(atMs, planned.length - 1);
  };
  for (let i = 0; i < 500; i++) plan(Math.floor(unit() * 50));
  const taken: { readonly atMs: number; readonly event: number }[] = [];
  for (let due = heap.next(); due !== undefined; due = heap.next()) {
    taken.push({ atMs: due.atMs, event: due.event });
    if (planned.length < 1000) plan(due.atMs + Math.floor(unit() * 50));
  }
  assert.deepEqual(
    taken,
    planned.toSorted((one, other) => one.atMs - other.atMs || one.event - other.event),
  );
  assert.deepEqual([heap.size, heap.nextMs], [0, Number.POSITIVE_INFINITY]);
});
