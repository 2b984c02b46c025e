import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RetryHint } from '@spillway/protocol';
import type { RetryPolicy } from '../spec.ts';
import type { CallClass } from './call.ts';
import { retryWaitMs } from './retry.ts';

const HALF = 0.5;
const MAX = 60_000;
const MS: RetryHint = { source: 'retry-after-ms', waitMs: 100 };
const SECONDS: RetryHint = { source: 'retry-after', waitMs: 2_000 };

const CASES: readonly (readonly [
  RetryPolicy,
  CallClass,
  RetryHint | null,
  attempts: number,
  elapsedMs: number,
  want: number | null,
])[] = [
  ['none', 'throttled', MS, 1, 0, null],
  ['none', 'reset', null, 1, 0, null],
  ['exponential', 'throttled', MS, 1, 0, 100],
  ['exponential', 'throttled', MS, 9, 0, 100],
  // Seconds are not obeyed here, as the ancestor did not.
  ['exponential', 'throttled', SECONDS, 1, 0, 250],
  ['exponential', 'throttled', null, 1, 0, 250],
  ['exponential', 'throttled', null, 2, 0, 500],
  ['exponential', 'throttled', null, 3, 0, 1_000],
  ['exponential', 'throttled', null, 50, 0, 5_000],
  ['exponential', 'throttled', null, 5_000, 0, 5_000],
  ['retry-after', 'throttled', SECONDS, 1, 0, 2_000],
  ['retry-after', 'throttled', MS, 1, 0, 100],
  ['retry-after', 'throttled', null, 1, 0, 250],
  ['retry-after', 'throttled', SECONDS, 1, 57_999, 2_000],
  ['retry-after', 'throttled', SECONDS, 1, 58_000, null],
  ['exponential', 'serverError', null, 1, 0, 250],
  ['exponential', 'reset', null, 1, 0, 250],
  ['exponential', 'refused', null, 1, 0, null],
  ['exponential', 'filtered', null, 1, 0, null],
  ['exponential', 'broken', null, 1, 0, null],
  ['exponential', 'timeout', null, 1, 0, null],
  ['exponential', 'cancelled', null, 1, 0, null],
  ['exponential', 'ok', null, 1, 0, null],
];

test('retryWaitMs: by policy, kind of failure, what the answer asked for, and the limit of all tries together', () => {
  for (const [policy, of, hint, attempts, elapsedMs, want] of CASES) {
    const wait = retryWaitMs(policy, { class: of, hint, attempts, elapsedMs }, MAX, HALF);
    assert.equal(wait, want, `${policy}, ${of}, ${hint?.source}, ${attempts} attempts, ${elapsedMs} ms`);
  }
});

/** Attempts of one call that is always refused, each answered at once. */
function attemptsIn(msMax: number, policy: RetryPolicy, hint: RetryHint | null, unit: number): number {
  let elapsedMs = 0;
  for (let attempts = 1; ; attempts++) {
    const waitMs = retryWaitMs(policy, { class: 'throttled', hint, attempts, elapsedMs }, msMax, unit);
    if (waitMs === null) return attempts;
    elapsedMs += waitMs;
  }
}

// The ancestor's tests (simulator reference §2.11), the first of which it fails itself.
test('retryWaitMs: 429 without a header makes at least 4 attempts within 5 s, whatever the dice', () => {
  for (const unit of [0.01, 0.5, 0.999]) assert.ok(attemptsIn(5_000, 'exponential', null, unit) >= 4, `dice ${unit}`);
});

test('retryWaitMs: 429 with 100 ms makes at least 40 attempts in 5 s', () => {
  for (const policy of ['exponential', 'retry-after'] as const) assert.equal(attemptsIn(5_000, policy, MS, HALF), 50);
});
