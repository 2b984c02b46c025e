import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RetryHint } from '@spillway/protocol';
import fc from 'fast-check';
import { DEFAULT_POLICY } from './fleet.ts';
import { isThrottled, NEVER_THROTTLED, throttle } from './throttle.ts';

const SETTINGS = DEFAULT_POLICY.throttle;
const NOW = 5_000_000;
const hint = (waitMs: number): RetryHint => ({ waitMs, source: 'retry-after-ms' });

const TABLE: ReadonlyArray<readonly [name: string, hint: RetryHint | null, waitMs: number]> = [
  ['a hint of milliseconds is kept to the millisecond', hint(43), 43],
  ['no hint stands for ten seconds', null, 10_000],
  ['a day is capped at a minute', hint(86_400_000), 60_000],
  ['exactly the cap', hint(60_000), 60_000],
];

for (const [name, given, waitMs] of TABLE) {
  test(`throttle: ${name}`, () => {
    assert.equal(throttle(NEVER_THROTTLED, given, NOW, SETTINGS).untilMs, NOW + waitMs);
  });
}

test('throttle: a later, smaller hint does not shorten it, a longer one lengthens it', () => {
  const long = throttle(NEVER_THROTTLED, hint(30_000), NOW, SETTINGS);
  assert.equal(throttle(long, hint(5), NOW + 1_000, SETTINGS), long);
  assert.equal(throttle(long, null, NOW + 1_000, SETTINGS), long);
  assert.equal(throttle(long, hint(40_000), NOW + 1_000, SETTINGS).untilMs, NOW + 41_000);
});

test('throttle: never ends earlier than before and never later than the cap from now, for any run of hints', () => {
  const hints = fc.array(
    fc.tuple(fc.option(fc.double({ min: 0.001, max: 1e12, noNaN: true })), fc.integer({ min: 0, max: 90_000 })),
  );
  fc.assert(
    fc.property(hints, (steps) => {
      let state = NEVER_THROTTLED;
      let nowMs = NOW;
      for (const [waitMs, pauseMs] of steps) {
        nowMs += pauseMs;
        const after = throttle(state, waitMs === null ? null : hint(waitMs), nowMs, SETTINGS);
        assert.ok(after.untilMs >= state.untilMs);
        assert.ok(after.untilMs <= nowMs + SETTINGS.capMs || after === state);
        assert.ok(isThrottled(after, nowMs));
        state = after;
      }
    }),
  );
});
