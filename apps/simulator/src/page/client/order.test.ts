import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Order, orderBody, orderCommand, orderPath } from './order.ts';

/** As in the article on provisioned deployments. */
const ORDER: Order = {
  subscription: 'simulated',
  resourceGroup: 'my group',
  resource: 'openai1',
  deployment: 'MyModel',
  model: 'GPT-4',
  version: '0613',
  contentFilter: '',
  type: 'ProvisionedManaged',
  capacity: '100',
  upgrade: '',
  spillover: '',
};

test('orderPath: is the path of the control plane, each name as one segment', () => {
  const want =
    '/subscriptions/simulated/resourceGroups/my%20group/providers/Microsoft.CognitiveServices/accounts/openai1/deployments/a%2Fb?api-version=2024-10-01';
  assert.equal(orderPath({ ...ORDER, deployment: 'a/b' }), want);
});

test('orderBody: says no more than was filled in', () => {
  assert.deepEqual(orderBody({ ...ORDER, version: ' ' }), {
    sku: { name: 'ProvisionedManaged', capacity: 100 },
    properties: { model: { format: 'OpenAI', name: 'GPT-4' } },
  });
});

test('orderBody: has every field of the form by Azure’s name', () => {
  const full = { contentFilter: 'strict', upgrade: 'NoAutoUpgrade', spillover: 'chat' };
  assert.deepEqual(orderBody({ ...ORDER, ...full }), {
    sku: { name: 'ProvisionedManaged', capacity: 100 },
    properties: {
      model: { format: 'OpenAI', name: 'GPT-4', version: '0613' },
      raiPolicyName: 'strict',
      versionUpgradeOption: 'NoAutoUpgrade',
      spilloverDeploymentName: 'chat',
    },
  });
});

test('orderBody: leaves a capacity out that is missing, and hands on what is none for Azure to refuse', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(orderBody({ ...ORDER, capacity: ' ' }))).sku, { name: ORDER.type });
  assert.equal(JSON.parse(JSON.stringify(orderBody({ ...ORDER, capacity: 'many' }))).sku.capacity, 'many');
});

test('orderCommand: is the article’s, with subscription and endpoint behind it', () => {
  const words = orderCommand({ ...ORDER, resourceGroup: 'group' }, 'http://127.0.0.1:9000').replaceAll(' \\\n ', '');
  assert.equal(
    words,
    'npx spillway deployments create --name openai1 --resource-group group --deployment-name MyModel --model-name GPT-4 --model-version 0613 --model-format OpenAI --sku-capacity 100 --sku-name ProvisionedManaged --subscription simulated --endpoint http://127.0.0.1:9000',
  );
});

for (const [value, want] of [
  ['two words', "'two words'"],
  ["it's", String.raw`'it'\''s'`],
  ['$(reboot)', "'$(reboot)'"],
  ['plain-1.5', 'plain-1.5'],
] as const) {
  test(`orderCommand: writes ${value} so that a shell takes it for a word`, () => {
    assert.ok(orderCommand({ ...ORDER, deployment: value }, '').includes(`--deployment-name ${want} \\`));
  });
}
