/** The Azure OpenAI resources of a fleet and their deployments, and the gateway's configuration that goes with them. */
import { API, ROLES } from '../arm/azure.ts';
import {
  call,
  copyIndex,
  type Expression,
  each,
  idOf,
  parameter,
  text,
  type Value,
  variable,
  when,
} from '../arm/expression.ts';
import type { Resource } from '../arm/template.ts';
import { roleOf, tags } from './platform.ts';

const instances = parameter('openAiInstances');
const count = call('length', instances);
const token = variable('token');
const hasUnits = call('greater', parameter('ptuCapacity'), 0);

const chat = { name: 'chat', model: parameter('chatModel'), version: parameter('chatModelVersion') };
const embedding = {
  name: 'embedding',
  model: parameter('embeddingModel'),
  version: parameter('embeddingModelVersion'),
};
const standard = { type: parameter('deploymentType'), capacity: parameter('deploymentCapacity') };

/** The name of a resource without the token: it stands in logs and metrics. */
const nameAt = (index: Value): Expression =>
  call('coalesce', instances.item(index).maybe('name'), text`openai${call('add', index, 1)}`);

/** What the resources hold, each with the number of the resource that it is on. A resource may list its own deployments. */
export const FLEET_VARIABLES: { readonly [name: string]: Value } = {
  standardDeployments: [
    { ...chat, ...standard, priority: when(hasUnits, 2, 1) },
    { ...embedding, ...standard, priority: 1 },
  ],
  // Reserved units are paid for whether used or not: they come first, and what they cannot take spills over to the rest.
  unitDeployments: when(
    hasUnits,
    [{ ...chat, name: 'chat-ptu', type: parameter('ptuType'), capacity: parameter('ptuCapacity'), priority: 1 }],
    [],
  ),
  deployments: call(
    'flatten',
    each('map', call('range', 0, count), 'at', (at) =>
      each('map', deploymentsAt(at), 'one', (one) => call('union', { priority: 1, weight: 1 }, one, { at })),
    ),
  ),
};

function deploymentsAt(at: Value): Expression {
  const first = when(call('equals', at, 0), variable('unitDeployments'), []);
  const usual = call('concat', first, variable('standardDeployments'));
  return call('coalesce', instances.item(at).maybe('deployments'), usual);
}

export const accounts: Resource = {
  symbol: 'accounts',
  type: 'Microsoft.CognitiveServices/accounts',
  apiVersion: API.accounts,
  name: (index) => text`${nameAt(index)}-${token}`,
  copies: { count, isSerial: false },
  body: {
    location: instances.item(copyIndex).at('region'),
    tags,
    kind: 'OpenAI',
    sku: { name: 'S0' },
    properties: {
      customSubDomainName: text`${nameAt(copyIndex)}-${token}`,
      // Entra ID alone: there is no key that could leak.
      disableLocalAuth: true,
      publicNetworkAccess: when(parameter('isPrivate'), 'Disabled', 'Enabled'),
      networkAcls: { defaultAction: when(parameter('isPrivate'), 'Deny', 'Allow') },
    },
  },
};

const deployment = variable('deployments').item(copyIndex);

/** One after the other: a resource refuses to make two at a time. */
export const modelDeployments: Resource = {
  symbol: 'modelDeployments',
  type: 'Microsoft.CognitiveServices/accounts/deployments',
  apiVersion: API.accounts,
  name: (index) => variable('deployments').item(index).at('name'),
  parent: { resource: accounts, index: (index) => variable('deployments').item(index).at('at') },
  copies: { count: call('length', variable('deployments')), isSerial: true },
  body: {
    sku: { name: deployment.at('type'), capacity: deployment.at('capacity') },
    properties: {
      model: { format: 'OpenAI', name: deployment.at('model'), version: deployment.at('version') },
      raiPolicyName: call('coalesce', deployment.maybe('contentFilter'), 'Microsoft.DefaultV2'),
      versionUpgradeOption: 'OnceCurrentVersionExpired',
    },
  },
};

export const mayAsk = (identity: Resource): Resource =>
  roleOf({ symbol: 'mayAsk', on: accounts, role: ROLES.openAiUser, identity, copies: { count, isSerial: false } });

/** Backends as the gateway's file has them. The address is made from the name: what a resource says of itself cannot be read in a lambda. */
export const backends: Value = each('map', call('range', 0, count), 'at', (at) => ({
  name: nameAt(at),
  url: text`https://${nameAt(at)}-${token}.openai.azure.com`,
  region: instances.item(at).at('region'),
  deployments: each(
    'map',
    each('filter', variable('deployments'), 'one', (one) => call('equals', one.at('at'), at)),
    'one',
    (one) => ({
      name: one.at('name'),
      model: one.at('model'),
      modelVersion: one.at('version'),
      type: one.at('type'),
      capacity: one.at('capacity'),
      priority: one.at('priority'),
      weight: one.at('weight'),
    }),
  ),
}));

export const accountIdAt = (index: Value): Expression => idOf(accounts, index);
export const accountCount = count;
