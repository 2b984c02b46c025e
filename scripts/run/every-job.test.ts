import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widthFor } from './every-job.ts';

const CASES: ReadonlyArray<readonly [processors: number, width: number]> = [
  [1, 2],
  [2, 2],
  [4, 4],
  [64, 8],
];

for (const [processors, width] of CASES) {
  test(`widthFor: ${width} jobs at a time on ${processors} processors`, () =>
    assert.equal(widthFor(processors), width));
}
