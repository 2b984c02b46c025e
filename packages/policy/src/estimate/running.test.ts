import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunningMean } from './running.ts';

test('RunningMean: stands on its guess until something comes, then on what came', () => {
  const running = new RunningMean(100, 64);
  assert.equal(running.mean, 100);
  running.add(10);
  assert.ok(running.mean < 30, String(running.mean));
  for (let i = 0; i < 30; i++) running.add(10);
  assert.ok(Math.abs(running.mean - 10) < 1, String(running.mean));
  assert.equal(running.count, 31);
});

test('RunningMean: forgets: what has been other for longer than its memory is the mean', () => {
  const running = new RunningMean(1, 16);
  for (let i = 0; i < 1_000; i++) running.add(50);
  for (let i = 0; i < 80; i++) running.add(20);
  assert.ok(Math.abs(running.mean - 20) < 1, String(running.mean));
});

test('RunningMean: a single value that does not belong moves addWithin little, and add much', () => {
  const [within, plain] = [new RunningMean(1, 64), new RunningMean(1, 64)];
  for (let i = 0; i < 100; i++) {
    within.addWithin(10 + (i % 3));
    plain.add(10 + (i % 3));
  }
  const before = within.mean;
  within.addWithin(10_000);
  plain.add(10_000);
  assert.ok(within.mean - before < 0.2, String(within.mean));
  assert.ok(plain.mean - before > 100, String(plain.mean));
});

test('RunningMean: addWithin follows what goes on being other, also where all before were the same', () => {
  const running = new RunningMean(1, 64);
  for (let i = 0; i < 500; i++) running.addWithin(10);
  for (let i = 0; i < 300; i++) running.addWithin(40);
  assert.ok(Math.abs(running.mean - 40) < 4, String(running.mean));
});
