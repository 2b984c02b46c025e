import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markAt } from './marks.ts';

const RANGES: ReadonlyArray<readonly [mark: string, labels: number]> = [
  ['[S1-S3]', 3],
  ['[S1-S21]', 21],
  ['[S1-S22]', 2],
  ['[S3-S1]', 2],
  ['[S1, S22]', 2],
];

for (const [mark, labels] of RANGES) {
  test(`markAt: ${mark} names ${labels} passages: a range spans 20, a longer one is its two ends`, () => {
    const look = markAt(mark, true);
    assert.equal(look.kind === 'found' ? look.found.length : null, labels);
  });
}
