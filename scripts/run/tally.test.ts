import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILED, NOTHING, PASSED, SKIPPED, sum, sumLine } from './tally.ts';

test('sum: adds each count for itself', () => {
  assert.deepEqual(sum([PASSED, FAILED, PASSED, SKIPPED, SKIPPED, SKIPPED]), { passed: 2, failed: 1, skipped: 3 });
});

test('sum: nothing adds up to nothing', () => {
  assert.deepEqual(sum([]), NOTHING);
});

test('sumLine: has the form that machines read', () => {
  assert.equal(sumLine({ passed: 1203, failed: 1, skipped: 0 }), '1203 passed, 1 failed, 0 skipped');
});
