import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { STANDARD_QUOTA, UNITS_QUOTA } from './control-options.ts';
import { CONTROL_QUOTAS_MAX, ControlQuotas, heldOf, quotaName } from './quota.ts';

const GPT = modelFacts('gpt-4o');
const MINI = modelFacts('gpt-4o-mini');
const HERE = { subscription: 's', region: 'East US' };

test('quotaName: Standard rows are by model, units are one pool for all models of a type', () => {
  assert.equal(quotaName(GPT, 'Standard').value, 'OpenAI.Standard.gpt-4o');
  assert.equal(quotaName(GPT, 'Standard').localizedValue, 'Tokens Per Minute (thousands) - gpt-4o');
  assert.equal(quotaName(MINI, 'GlobalStandard').value, 'OpenAI.GlobalStandard.gpt-4o-mini');
  assert.equal(quotaName(GPT, 'ProvisionedManaged').value, 'OpenAI.ProvisionedManaged');
  assert.equal(quotaName(MINI, 'GlobalProvisionedManaged').value, 'OpenAI.GlobalProvisionedManaged');
  assert.equal(
    quotaName(modelFacts('DeepSeek-R1'), 'GlobalProvisionedManaged').value,
    'AIServices.GlobalProvisionedManaged',
  );
});

test('ControlQuotas: the last that fits counts, and where none does the usual one', () => {
  const quotas = new ControlQuotas([
    { type: 'Standard', limit: 1 },
    { type: 'Standard', model: 'GPT-4O', region: 'eastus', limit: 2 },
    { type: 'Standard', subscription: 'other', limit: 3 },
    { type: 'ProvisionedManaged', model: 'o1', limit: 4 },
  ]);
  assert.equal(quotas.limitOf(HERE, GPT, 'Standard'), 2);
  assert.equal(quotas.limitOf({ ...HERE, region: 'West US' }, GPT, 'Standard'), 1);
  assert.equal(quotas.limitOf({ ...HERE, subscription: 'OTHER' }, GPT, 'Standard'), 3);
  assert.equal(quotas.limitOf(HERE, GPT, 'GlobalStandard'), STANDARD_QUOTA);
  assert.equal(quotas.limitOf(HERE, GPT, 'ProvisionedManaged'), 4, 'units are for all models');
  assert.equal(quotas.limitOf(HERE, GPT, 'GlobalProvisionedManaged'), UNITS_QUOTA);
});

test('ControlQuotas: one of the same scope is replaced, and there are never more than so many', () => {
  const quotas = new ControlQuotas([]);
  for (let n = 0; n < CONTROL_QUOTAS_MAX; n++) {
    assert.ok(quotas.set({ type: 'Standard', region: `r${n}`, limit: n }));
  }
  assert.equal(quotas.set({ type: 'Standard', region: 'one too many', limit: 1 }), false);
  assert.ok(quotas.set({ type: 'Standard', region: 'R0', limit: 77 }));
  assert.equal(quotas.list.length, CONTROL_QUOTAS_MAX);
  assert.equal(quotas.limitOf({ ...HERE, region: 'r0' }, GPT, 'Standard'), 77);
});

test('heldOf: counts what is of the quota, the subscription and the region', () => {
  const held = { account: 'a', deployment: 'd', quota: 'q', capacity: 10 };
  const holdings = [
    { ...held, ...HERE },
    { ...held, subscription: 'S', region: 'eastus', capacity: 5 },
    { ...held, ...HERE, region: 'West US' },
    { ...held, ...HERE, quota: 'other' },
  ];
  assert.equal(heldOf(holdings, HERE, 'q'), 15);
});
