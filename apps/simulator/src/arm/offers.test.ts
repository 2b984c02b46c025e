import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { capacityConfigOf, formatOf, isRetired, typesOf, unitStepsOf, versionOf, versionsOf } from './offers.ts';

test('versionsOf: the default comes first, and a model without a known version has one', () => {
  assert.equal(versionsOf(modelFacts('gpt-4o'))[0]?.version, '2024-11-20');
  assert.equal(versionsOf(modelFacts('text-embedding-ada-002'))[0]?.version, '2');
  assert.deepEqual(versionsOf(modelFacts('DeepSeek-R1')), [{ version: '1', retiresOn: '2026-08-13' }]);
});

test('versionOf: finds a version whatever its case, and none that Azure has not', () => {
  const facts = modelFacts('gpt-4');
  assert.equal(versionOf(facts, '1106-preview')?.version, '1106-Preview');
  assert.equal(versionOf(facts, '2024-11-20'), null);
});

test('isRetired: from the day on, never without one', () => {
  const old = versionOf(modelFacts('gpt-4'), '0613') ?? { version: '', retiresOn: null };
  assert.deepEqual(
    [Date.UTC(2025, 5, 5, 23), Date.UTC(2025, 5, 6)].map((nowMs) => isRetired(old, nowMs)),
    [false, true],
  );
  assert.equal(isRetired({ version: '1', retiresOn: null }, Number.MAX_SAFE_INTEGER), false);
});

test('formatOf: models of others are not OpenAI', () => {
  const names = ['gpt-4o', 'Llama-3.3-70B-Instruct', 'DeepSeek-R1', 'FW-GLM-5', 'gpt-oss-120b'];
  assert.deepEqual(
    names.map((name) => formatOf(modelFacts(name))),
    ['OpenAI', 'Meta', 'DeepSeek', 'Fireworks', 'OpenAI-OSS'],
  );
});

test('unitStepsOf: regional units are bought in other steps than the rest, and embeddings in none', () => {
  assert.deepEqual(unitStepsOf(modelFacts('gpt-4o'), 'ProvisionedManaged'), { min: 50, step: 50 });
  assert.deepEqual(unitStepsOf(modelFacts('gpt-4o'), 'DataZoneProvisionedManaged'), { min: 15, step: 5 });
  assert.equal(unitStepsOf(modelFacts('Llama-3.3-70B-Instruct'), 'ProvisionedManaged'), null);
  assert.deepEqual(typesOf(modelFacts('text-embedding-3-small')), ['Standard', 'DataZoneStandard', 'GlobalStandard']);
  assert.equal(capacityConfigOf(modelFacts('text-embedding-3-small'), 'ProvisionedManaged'), null);
});
