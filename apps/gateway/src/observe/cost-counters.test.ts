import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cost } from '@spillway/policy';
import { exchangeEnded } from '../testing/events.ts';
import { COST_SUMS_MAX, CostCounters, NAMED_CHARS_MAX } from './cost-counters.ts';
import type { ExchangeRecord } from './events.ts';

const COST: Cost = {
  kind: 'tokens',
  amount: 0.25,
  currency: 'EUR',
  asOf: '2026-11-21',
  basis: 'usage',
  promptTokens: 100_000,
  cachedTokens: 0,
  answerTokens: 0,
  model: 'gpt-4o',
  perMillion: { input: 2.5, cachedInput: 2.5, output: null },
};

function ended(counters: CostCounters, given: Partial<ExchangeRecord>): void {
  const event = exchangeEnded(given);
  if (event.kind === 'exchangeEnded') counters.ended(event.exchange);
}

test('CostCounters: adds up by client, model, deployment and currency; of units nothing, but seen', () => {
  const counters = new CostCounters();
  ended(counters, { client: 'chat-app', cost: COST });
  ended(counters, { client: 'chat-app', cost: { ...COST, amount: 0.5 } });
  ended(counters, { cost: { ...COST, currency: 'USD' } });
  ended(counters, { deployment: 'openai1/ptu', cost: { ...COST, kind: 'provisioned', amount: 0, perMillion: null } });
  const at = { model: 'gpt-4o', deployment: 'openai1/chat' };
  assert.deepEqual(
    [...counters.sums],
    [
      { client: 'chat-app', ...at, currency: 'EUR', amount: 0.75 },
      { client: 'none', ...at, currency: 'USD', amount: 0.25 },
      { client: 'none', ...at, deployment: 'openai1/ptu', currency: 'EUR', amount: 0 },
    ],
  );
});

test('CostCounters: counts the good answers whose cost is not known, and nothing where there are no prices', () => {
  const counters = new CostCounters();
  ended(counters, { cost: null });
  ended(counters, { cost: 'noPrice' });
  ended(counters, { cost: 'noUsage' });
  ended(counters, { cost: 'noUsage' });
  ended(counters, { cost: 'noUsage', status: 400 });
  ended(counters, { cost: 'noUsage', status: 429, deployment: null });
  assert.deepEqual(counters.unknown, [
    ['noPrice', 1],
    ['noUsage', 2],
  ]);
  assert.deepEqual([...counters.sums], []);
});

test('CostCounters: tells so many sums apart; the others, and names that only a client can have made up, go to one', () => {
  const counters = new CostCounters();
  const tooLong = `openai1/${'x'.repeat(NAMED_CHARS_MAX)}`;
  ended(counters, { deployment: tooLong, cost: { ...COST, model: tooLong } });
  for (let i = 0; i < COST_SUMS_MAX + 9; i++) ended(counters, { deployment: `openai1/${i}`, cost: COST });
  const sums = [...counters.sums];
  assert.equal(sums.length, COST_SUMS_MAX);
  assert.deepEqual(sums[0], { client: 'other', model: 'other', deployment: 'other', currency: 'EUR', amount: 2.75 });
  assert.equal(
    sums.reduce((sum, { amount }) => sum + amount, 0),
    (COST_SUMS_MAX + 10) * 0.25,
  );
});
