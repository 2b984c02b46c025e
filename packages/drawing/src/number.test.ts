import assert from 'node:assert/strict';
import test from 'node:test';
import { grouped, minutes, short } from './number.ts';

test('grouped: thousands apart, digits after the point as asked', () => {
  assert.deepEqual(
    [grouped(0), grouped(999), grouped(1234567.8), grouped(1234.5678, 2), grouped(-12345)],
    ['0', '999', '1,234,568', '1,234.57', '-12,345'],
  );
});

test('short: marks of an axis stay short', () => {
  assert.deepEqual([0, 0.25, 500, 1_000, 300_000, 2_500_000].map(short), ['0', '0.25', '500', '1K', '300K', '2.5M']);
});

test('minutes: seconds as a clock shows them', () => {
  assert.deepEqual([0, 59, 61, 600].map(minutes), ['0:00', '0:59', '1:01', '10:00']);
});
