import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../outcome.ts';
import { barredAfterWait, TRIES_EACH_MAX } from './again.ts';

const THROTTLED: Outcome = { kind: 'throttled', status: 429, hint: null };
const FAILED: Outcome = { kind: 'serverError', status: 500 };

const CASES: ReadonlyArray<
  readonly [name: string, tried: string[], outcomes: (Outcome | undefined)[], want: string[]]
> = [
  ['nobody before the first try', [], [], []],
  ['whoever failed', ['a', 'b'], [FAILED, THROTTLED], ['a']],
  ['whoever has not answered yet', ['a', 'b'], [undefined, THROTTLED], ['a']],
  ['whoever failed after it had refused', ['a', 'a'], [THROTTLED, FAILED], ['a']],
  [
    'whoever was tried often enough',
    Array.from({ length: TRIES_EACH_MAX }, () => 'a'),
    [THROTTLED, THROTTLED, THROTTLED],
    ['a', 'a', 'a'],
  ],
  ['not who was tried once less', ['a', 'a', 'b'], [THROTTLED, THROTTLED, THROTTLED], []],
];

for (const [name, tried, outcomes, want] of CASES) {
  test(`barredAfterWait: ${name}`, () => assert.deepEqual(barredAfterWait(tried, outcomes), want));
}
