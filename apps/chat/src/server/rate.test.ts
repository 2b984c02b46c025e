import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rate, REMEMBERED_MAX } from './rate.ts';

function stage(marks: number) {
  let now = 1_000;
  const rate = new Rate({ marks, perMs: 60_000, nowMs: () => now });
  return {
    rate,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

test('rate: so many at once, then one for each part of the time, and each user has their own', () => {
  const { rate, advance } = stage(3);
  assert.deepEqual([rate.take('a'), rate.take('a'), rate.take('a')], [0, 0, 0]);
  assert.equal(rate.take('a'), 20_000);
  assert.equal(rate.take('b'), 0);
  advance(19_999);
  assert.equal(rate.take('a'), 1);
  advance(1);
  assert.equal(rate.take('a'), 0);
  assert.equal(rate.take('a'), 20_000);
  advance(600_000);
  assert.deepEqual([rate.take('a'), rate.take('a'), rate.take('a'), rate.take('a')], [0, 0, 0, 20_000]);
});

test('rate: however many users come, no more than the limit are remembered', () => {
  const { rate } = stage(1);
  rate.take('first');
  for (let i = 0; i < REMEMBERED_MAX; i++) rate.take(`user ${i}`);
  assert.equal(rate.take('first'), 0, 'forgotten');
  assert.equal(rate.take(`user ${REMEMBERED_MAX - 1}`), 60_000);
});

test('rate: what is given back does not count, and never adds to what there may be', () => {
  const { rate } = stage(2);
  rate.giveBack('a');
  for (let i = 0; i < 10; i++) {
    assert.equal(rate.take('a'), 0);
    rate.giveBack('a');
  }
  rate.giveBack('a');
  assert.deepEqual([rate.take('a'), rate.take('a'), rate.take('a') > 0], [0, 0, true]);
});
