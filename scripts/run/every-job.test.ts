import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressLines, widthFor } from './every-job.ts';
import { failure, merge, type Report } from './report.ts';
import { PASSED } from './tally.ts';

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

const GOOD: Report = { tally: PASSED, failures: [], skips: [] };
const job = { name: 'test/e2e/serve.test.ts', run: () => Promise.resolve(GOOD) };

test('progressLines: what went well is a line with its count and whole seconds', () => {
  assert.deepEqual(progressLines(job, GOOD, 12_499), [
    'ok     test/e2e/serve.test.ts: 1 passed, 0 failed, 0 skipped (12 s)',
  ]);
});

test('progressLines: each failure is named at once, without its details', () => {
  const report = merge([GOOD, failure('serve.test.ts:7: first\n  expected 1'), failure('still running after 300 s')]);
  assert.deepEqual(progressLines(job, report, 0), [
    'FAILED test/e2e/serve.test.ts: 1 passed, 2 failed, 0 skipped (0 s)',
    '       serve.test.ts:7: first',
    '       still running after 300 s',
  ]);
});
