import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SOON_MS } from '../state.ts';
import { deployment, TestStates } from '../testing.ts';
import { Debts } from './debts.ts';
import { EARLY_MS_MAX, GRACE_MS, PROMISES_MAX, Promises } from './promises.ts';

function setUp() {
  const states = new TestStates();
  const debts = new Debts(states);
  const one = deployment({ on: 'openai1' });
  const promises = new Promises(debts);
  const due = (dueMs: number, tokens = 100, heldFromMs = dueMs) => {
    const soonFromMs = Math.min(heldFromMs, dueMs - SOON_MS);
    return { deployment: one, tokens, held: { tokens, requests: 1 }, dueMs, dueFromMs: dueMs, heldFromMs, soonFromMs };
  };
  return { debts, promises, due, state: states.deployment(one) };
}

test('Promises: what is due is kept from newcomers from its time on, until it lapses', () => {
  const { promises, due, state } = setUp();
  promises.make('a', due(60_000), 0);
  const seen = [
    0,
    60_000 - SOON_MS - 1,
    60_000 - SOON_MS,
    59_999,
    60_000,
    60_000 + GRACE_MS - 1,
    60_000 + GRACE_MS,
  ].map((nowMs) => {
    promises.advance(nowMs);
    return [state.owedTokens, state.owedRequests, state.owedSoonTokens, state.owedSoonRequests];
  });
  assert.deepEqual(seen, [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 100, 1],
    [0, 0, 100, 1],
    [100, 1, 0, 0],
    [100, 1, 0, 0],
    [0, 0, 0, 0],
  ]);
  assert.equal(promises.size, 0);
});

test('Promises: who comes in time redeems it, once; who is early is known, and not due', () => {
  const { promises, due, state } = setUp();
  promises.make('a', due(1_000), 0);
  assert.equal(promises.redeem('a', 1_000 - EARLY_MS_MAX - 1)?.isDue, false);
  assert.equal(promises.redeem('a', 1_000), null);
  promises.make('a', due(1_000), 0);
  assert.equal(promises.redeem('a', 1_000 - EARLY_MS_MAX)?.isDue, true);
  assert.equal(promises.redeem('b', 1_000), null);
  promises.advance(1_000);
  assert.deepEqual([state.owedTokens, promises.size], [0, 0]);
});

test('Promises: one that sends the same several times is promised as often', () => {
  const { promises, due } = setUp();
  promises.make('a', due(1_000), 0);
  promises.make('a', due(2_000), 0);
  assert.equal(promises.redeem('a', 1_000)?.due.dueMs, 1_000);
  assert.equal(promises.redeem('a', 2_000)?.due.dueMs, 2_000);
  assert.equal(promises.redeem('a', 2_000), null);
});

test('Promises: beyond so many no place is kept, and those that are stay', () => {
  const { promises, due } = setUp();
  for (let i = 0; i <= PROMISES_MAX; i++) promises.make(`${i}`, due(1_000), 0);
  assert.equal(promises.size, PROMISES_MAX);
  assert.notEqual(promises.redeem('0', 1_000), null);
  assert.equal(promises.redeem(`${PROMISES_MAX}`, 1_000), null);
});

test('Promises: of one client no more than three quarters are kept, so that others find a place', () => {
  const { promises, due } = setUp();
  for (let i = 0; i <= PROMISES_MAX; i++) promises.make(`a${i}`, due(1_000), 0, 'flood');
  assert.equal(promises.size, (PROMISES_MAX * 3) / 4);
  promises.make('b', due(1_000), 0, 'quiet');
  assert.notEqual(promises.redeem('b', 1_000), null);
});

test('Promises: where nobody comes back, less and less is kept', () => {
  const { debts, promises, due } = setUp();
  for (let i = 0; i < 2_000; i++) {
    promises.make('a', due(i * 10_000), i * 10_000);
    promises.advance(i * 10_000 + GRACE_MS);
  }
  assert.ok(debts.returning < 0.1, String(debts.returning));
  for (let i = 0; i < 2_000; i++) {
    promises.make('a', due(0), 0);
    promises.redeem('a', 0);
  }
  assert.equal(debts.returning, 1);
});

const STEPS = fc.array(
  fc.record({
    what: fc.constantFrom('make', 'redeem', 'pass'),
    key: fc.constantFrom('a', 'b', 'c'),
    ms: fc.nat(20_000),
    tokens: fc.nat(500),
  }),
  { maxLength: 60 },
);

test('Promises: once all are redeemed or have lapsed, nothing is owed any more', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const { debts, promises, due, state } = setUp();
      let nowMs = 0;
      for (const { what, key, ms, tokens } of steps) {
        if (what === 'make') promises.make(key, due(nowMs + ms, tokens, nowMs + Math.floor(ms / 2)), nowMs);
        else if (what === 'redeem') promises.redeem(key, nowMs);
        else nowMs += ms;
        promises.advance(nowMs);
        assert.ok(state.owedTokens >= 0 && state.owedSoonTokens >= 0);
        assert.ok(state.owedRequests >= 0 && state.owedSoonRequests >= 0);
      }
      promises.advance(nowMs + 20_000 + GRACE_MS);
      // Held first, then lapsed.
      promises.advance(nowMs + 20_000 + 2 * GRACE_MS);
      assert.deepEqual([promises.size, debts.size, state.owedTokens, state.owedSoonTokens], [0, 0, 0, 0]);
      assert.deepEqual([state.owedRequests, state.owedSoonRequests], [0, 0]);
    }),
    { seed: 20261121 },
  );
});
