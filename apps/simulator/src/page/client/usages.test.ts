import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceView } from './shapes.ts';
import { PLACES_MAX, placesOf, usageRows, usagesPath } from './usages.ts';

function resource(name: string, region: string): ResourceView {
  return { name, region, url: '', subscription: 'simulated', resourceGroup: 'g', running: true, deployments: [] };
}

test('placesOf: each region once, and no more than its limit', () => {
  const two = placesOf([resource('a', 'East US'), resource('b', 'Japan East'), resource('c', 'East US')]);
  assert.deepEqual(
    two.map(({ region }) => region),
    ['East US', 'Japan East'],
  );
  const many = Array.from({ length: PLACES_MAX + 1 }, (_, index) => resource('a', `Region ${index}`));
  assert.equal(placesOf(many).length, PLACES_MAX);
});

test('usagesPath: names the region as Azure’s paths do', () => {
  assert.equal(
    usagesPath({ subscription: 'my sub', region: 'East US 2' }),
    '/subscriptions/my%20sub/providers/Microsoft.CognitiveServices/locations/eastus2/usages?api-version=2024-10-01',
  );
});

test('usageRows: those of which something is deployed, with their unit; what is no row is passed over', () => {
  const row = (value: string, currentValue: unknown) => ({
    name: { value, localizedValue: `${value} for people` },
    currentValue,
    limit: 100,
    unit: 'Count',
  });
  const value = [
    row('OpenAI.Standard.gpt-4o', 60),
    row('OpenAI.GlobalProvisionedManaged', 15),
    row('OpenAI.Standard.gpt-4.1', 1),
    row('OpenAI.S0.AccountCount', 1),
    row('OpenAI.Standard.gpt-4', 0),
    row('OpenAI.Standard.o1', '1'),
    null,
  ];
  const shown = usageRows({ value }).map(({ name, used, limit, unit }) => [name, used, limit, unit]);
  assert.deepEqual(shown, [
    ['gpt-4o, Standard', 60, 100, 'k TPM'],
    ['Global Provisioned-Managed', 15, 100, 'PTU'],
    ['gpt-4.1, Standard', 1, 100, 'k TPM'],
    ['OpenAI.S0.AccountCount for people', 1, 100, ''],
  ]);
  for (const none of [null, {}, { value: {} }]) assert.deepEqual(usageRows(none), []);
});
