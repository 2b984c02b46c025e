import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call } from './measure/testing.ts';
import { WARM_UP_FAILURES_MAX, WarmUp } from './warm-up.ts';

const REFUSED = call({ class: 'refused', status: 401, errorCode: '401', completionTokens: 0 });

test('WarmUp: is over with the first 429, and has counted what it used', () => {
  const seen = new WarmUp();
  seen.add(call());
  assert.equal(seen.isOver, false);
  seen.add(call({ status: 429, completionTokens: 0 }));
  assert.deepEqual([seen.isOver, seen.tokens], [true, 600]);
  assert.equal(seen.text(4_400), 'warmed up: 2 calls in 4 s, until the first 429');
  seen.check();
});

test('WarmUp: is given up where none of so many was answered, with the last reason', () => {
  const seen = new WarmUp();
  for (let i = 1; i < WARM_UP_FAILURES_MAX; i++) seen.add(REFUSED);
  assert.equal(seen.isOver, false);
  seen.check();
  seen.add(REFUSED);
  assert.equal(seen.isOver, true);
  assert.throws(() => seen.check(), /none of 50 calls was answered, the last with status 401 \(401\)/);
});
