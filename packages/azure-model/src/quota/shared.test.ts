import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { SharedQuotas } from './shared.ts';

const KEY = { subscription: 'one', region: 'eastus', model: 'gpt-4o', type: 'Standard' };
const quotas = new SharedQuotas([{ ...KEY, capacity: 30 }], modelFacts);

test('SharedQuotas: finds the quota of a key, in any case', () => {
  const found = quotas.of({ ...KEY, region: 'EastUS' });
  assert.equal(found?.limitsAt(0).tokensPerMinute, 30_000);
  assert.equal(quotas.of(KEY), found);
  assert.equal(quotas.size, 1);
});

test('SharedQuotas: knows a model by each of its names', () => {
  const dated = new SharedQuotas([{ ...KEY, model: 'GPT-4o-2024-11-20', capacity: 30 }], modelFacts);
  assert.notEqual(dated.of(KEY), null);
});

for (const part of ['subscription', 'region', 'model', 'type'] as const) {
  test(`SharedQuotas: another ${part} is another quota`, () => {
    assert.equal(quotas.of({ ...KEY, [part]: 'other' }), null);
  });
}

test('SharedQuotas: counts in its own mode', () => {
  const sliding = new SharedQuotas([{ ...KEY, capacity: 30, quotaMode: 'measured-2024' }], modelFacts).of(KEY);
  assert.equal(sliding?.settings.mode, 'measured-2024');
  assert.equal(sliding?.limitsAt(0).requestWindowMs, 10_000);
});
