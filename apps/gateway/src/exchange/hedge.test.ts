import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEDGES_SAVED_MAX, HedgeBudget } from './hedge.ts';

test('HedgeBudget: at 5 per cent every twentieth request may have one', () => {
  const budget = new HedgeBudget();
  let taken = 0;
  for (let i = 1; i <= 200; i++) {
    budget.earn(5);
    if (budget.take()) taken++;
    assert.equal(taken, Math.floor(i / 20));
  }
});

test('HedgeBudget: what is not spent is saved up to the limit', () => {
  const budget = new HedgeBudget();
  for (let i = 0; i < 10_000; i++) budget.earn(5);
  for (let i = 0; i < HEDGES_SAVED_MAX; i++) assert.equal(budget.take(), true);
  assert.equal(budget.take(), false);
});
