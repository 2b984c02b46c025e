import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployment, type DeploymentOptions } from '@spillway/azure-model';
import { modelFacts } from '@spillway/protocol';
import { carryCounters } from './carry.ts';

const NOW_MS = 1_772_323_198_987.25;

function deployment(options: Partial<DeploymentOptions> = {}): Deployment {
  return new Deployment({ name: 'chat', model: 'gpt-4o', capacity: 30, ...options }, modelFacts('gpt-4o'));
}

test('carryCounters: what a minute and a slice have counted, a throttle and a lower limit go on', () => {
  const [from, to] = [deployment(), deployment({ capacity: 10 })];
  if (from.quota.kind !== 'standard' || to.quota.kind !== 'standard') throw new Error('not Standard');
  from.quota.admit(700, NOW_MS);
  from.quota.throttleUntil(NOW_MS + 5000);
  from.quota.lower(20_000, NOW_MS + 9000);
  carryCounters(from, to, NOW_MS);
  const { tokens, requestsInSlice, throttledUntilMs, loweredUntilMs } = to.quota.state(NOW_MS);
  assert.deepEqual(
    { tokens, requestsInSlice, throttledUntilMs, loweredUntilMs },
    { tokens: 700, requestsInSlice: 1, throttledUntilMs: NOW_MS + 5000, loweredUntilMs: NOW_MS + 9000 },
  );
  assert.equal(to.quota.limitsAt(NOW_MS).tokensPerMinute, 10_000);
  assert.equal(to.quota.limitsAt(NOW_MS + 9000).tokensPerMinute, 10_000);
});

test('carryCounters: many requests of an earlier slice do not shut the present one', () => {
  const [from, to] = [deployment(), deployment({ capacity: 31 })];
  for (let i = 0; i < 30; i++) from.quota.admit(1, NOW_MS);
  carryCounters(from, to, NOW_MS + 10_000);
  assert.equal(to.quota.admit(1, NOW_MS + 10_000).kind, 'admitted');
});

test('carryCounters: a bucket keeps its tokens', () => {
  const type = 'ProvisionedManaged';
  const [from, to] = [deployment({ type, capacity: 50 }), deployment({ type, capacity: 200 })];
  from.quota.admit(100_000, NOW_MS);
  carryCounters(from, to, NOW_MS);
  const level = to.quota.kind === 'provisioned' ? to.quota.state(NOW_MS).level : null;
  assert.equal(level, 100_000);
});

test('carryCounters: between kinds that count otherwise nothing is carried', () => {
  const [from, to] = [deployment(), deployment({ type: 'ProvisionedManaged', capacity: 50 })];
  from.quota.admit(700, NOW_MS);
  carryCounters(from, to, NOW_MS);
  assert.equal(to.quota.kind === 'provisioned' ? to.quota.state(NOW_MS).level : null, 0);
});
