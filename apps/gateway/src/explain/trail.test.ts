import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY, NO_NEED, pick } from '@spillway/policy';
import { TestGateway } from '../testing/kit.ts';
import { PICKS_MAX, Trail, WAITS_MAX } from './trail.ts';

test('Trail: keeps so many choices and waits, and counts the choices that it does not keep', () => {
  const trail = new Trail();
  const { ledger } = new TestGateway().context;
  const pool = { name: 'none', members: [] };
  const bounds = { pinnedTo: null, ownedBy: null, allowance: null };
  const ask = { tried: [], ...bounds, need: NO_NEED, isPromised: false, isLastResort: false };
  for (let i = 0; i < PICKS_MAX + 3; i++) {
    trail.picked(pool, NO_NEED, pick(pool, ledger, ask, { nowMs: i, unit: 0 }, DEFAULT_POLICY));
  }
  assert.deepEqual([trail.picks.length, trail.picksLeftOut, trail.pool], [PICKS_MAX, 3, 'none']);
  for (let i = 0; i < WAITS_MAX + 3; i++) trail.waited(10, 12.5);
  assert.deepEqual([trail.waits.length, trail.waits[0]], [WAITS_MAX, { fromMs: 10, waitedMs: 2.5 }]);
  assert.equal(trail.waitedMs, (WAITS_MAX + 3) * 2.5);
});

test('Trail: takes the time to come back from an answer of our own; others have none', () => {
  const trail = new Trail();
  trail.answersOwn(['allow', 'GET']);
  assert.equal(trail.retryAfterMs, null);
  trail.answersOwn(['retry-after-ms', '4200', 'retry-after', '5']);
  assert.equal(trail.retryAfterMs, 4_200);
});
