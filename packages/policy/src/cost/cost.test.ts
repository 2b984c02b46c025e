import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_USAGE, type Usage } from '@spillway/protocol';
import { type Cost, type CostUnknown, exchangeCost, type PricedDeployment } from './cost.ts';
import { PriceBook } from './prices.ts';

const BOOK = new PriceBook({
  origin: { asOf: '2026-11-21', source: 'a test', currency: 'EUR' },
  rows: [
    { model: 'gpt-4o', place: null, prices: { input: 2.5, cachedInput: 1.25, output: 10 } },
    { model: 'embedding', place: null, prices: { input: 0.5 } },
  ],
});

const CHAT: PricedDeployment = { name: 'chat', model: 'gpt-4o', type: 'Standard' };
const TOLD: Usage = { promptTokens: 1_000, cachedTokens: 400, completionTokens: 200, reasoningTokens: 50 };

test('exchangeCost: prompt, cached prompt and answer each at its price, with all that it was made from', () => {
  assert.deepEqual(exchangeCost(BOOK, CHAT, { usage: TOLD, estimated: false }), {
    kind: 'tokens',
    amount: 0.004,
    currency: 'EUR',
    asOf: '2026-11-21',
    basis: 'usage',
    promptTokens: 1_000,
    cachedTokens: 400,
    answerTokens: 200,
    model: 'gpt-4o',
    perMillion: { input: 2.5, cachedInput: 1.25, output: 10 },
  });
});

test('exchangeCost: what units served costs nothing more, and is marked as theirs, with a price or without', () => {
  for (const model of ['gpt-4o', 'gpt-5.2']) {
    const cost = exchangeCost(
      BOOK,
      { name: 'ptu', model, type: 'ProvisionedManaged' },
      { usage: TOLD, estimated: false },
    );
    assert.ok(typeof cost === 'object');
    const { kind, amount, perMillion, promptTokens, answerTokens } = cost;
    assert.deepEqual([kind, amount, perMillion, promptTokens, answerTokens], ['provisioned', 0, null, 1_000, 200]);
    assert.equal(cost.model, model);
  }
});

const AMOUNTS: ReadonlyArray<
  readonly [name: string, served: PricedDeployment | null, usage: Partial<Usage>, cost: Cost['amount'] | CostUnknown]
> = [
  ['nobody served', null, TOLD, 'noUsage'],
  ['no tokens were told', CHAT, {}, 'noUsage'],
  ['the model has no price', { ...CHAT, model: 'o3' }, TOLD, 'noPrice'],
  ['neither model nor price is known', { ...CHAT, model: null }, TOLD, 'noPrice'],
  ['a deployment without a model is called like one', { ...CHAT, name: 'GPT-4o', model: null }, TOLD, 0.004],
  ['its type is not known', { ...CHAT, type: null }, TOLD, 0.004],
  ['more is cached than there is', CHAT, { promptTokens: 100, cachedTokens: 5_000 }, 0.000_125],
  ['only the answer is told', CHAT, { completionTokens: 100 }, 0.001],
  ['no token was used', CHAT, { promptTokens: 0, completionTokens: 0 }, 0],
  ['it has no answer, and no price of one', { ...CHAT, model: 'embedding' }, { promptTokens: 2_000 }, 0.001],
  ['it has an answer, and no price of one', { ...CHAT, model: 'embedding' }, TOLD, 'noPrice'],
];

for (const [name, served, usage, wanted] of AMOUNTS) {
  test(`exchangeCost: where ${name}, is ${wanted}`, () => {
    const cost = exchangeCost(BOOK, served, { usage: { ...NO_USAGE, ...usage }, estimated: false });
    assert.equal(typeof cost === 'string' ? cost : cost.amount, wanted);
  });
}

test('exchangeCost: says where the tokens were estimated', () => {
  const cost = exchangeCost(BOOK, CHAT, { usage: TOLD, estimated: true });
  assert.deepEqual(typeof cost === 'string' ? cost : [cost.basis, cost.amount], ['estimate', 0.004]);
});
