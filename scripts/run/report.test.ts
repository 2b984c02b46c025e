import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, merge, type Report, refuseEmpty, tell } from './report.ts';
import { NOTHING, PASSED, SKIPPED } from './tally.ts';

const quiet: Report = { tally: PASSED, failures: [], skips: [] };
const skip: Report = { tally: SKIPPED, failures: [], skips: ['a.test.ts:1: a: b: no nginx'] };

test('merge: adds counts and keeps the order of words', () => {
  const merged = merge([failure('one'), quiet, skip, failure('two')]);
  assert.deepEqual(merged, {
    tally: { passed: 1, failed: 2, skipped: 1 },
    failures: ['one', 'two'],
    skips: skip.skips,
  });
});

test('refuseEmpty: a run in which nothing ran fails, also where all was skipped', () => {
  for (const report of [{ ...quiet, tally: NOTHING }, merge([skip, skip])]) {
    const refused = refuseEmpty(report);
    assert.equal(refused.tally.failed, 1);
    assert.match(refused.failures.join(), /Nothing was run/);
    assert.equal(refused.tally.skipped, report.tally.skipped);
  }
});

test('refuseEmpty: a run in which something ran is left as it is', () => {
  assert.equal(refuseEmpty(quiet), quiet);
  const failed = failure('x');
  assert.equal(refuseEmpty(failed), failed);
});

test('tell: is quiet when all is well, seconds on the line before the sum', () => {
  assert.deepEqual(tell(quiet, 12.345), ['12.3 seconds', '1 passed, 0 failed, 0 skipped']);
});

test('tell: lists each failure, then each skip with its reason, then the sum alone on the last line', () => {
  assert.deepEqual(tell(merge([skip, failure('types\nx.ts(1,2): wrong\n')]), 1), [
    'FAILED types\nx.ts(1,2): wrong',
    '',
    'skipped: a.test.ts:1: a: b: no nginx',
    '1.0 seconds',
    '0 passed, 1 failed, 1 skipped',
  ]);
});
