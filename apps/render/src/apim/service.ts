/** The API Management service itself, its identity, and what policies read from it. */
import { API } from '../arm/azure.ts';
import { call, idOf, parameter, propertiesOf, text, type Value, variable } from '../arm/expression.ts';
import { named, parentOf, type Resource } from '../arm/template.ts';

/** Generally available: has pools, breakers and what else a gateway for language models needs, but for logs of them (monitoring.ts). */
export const APIM_API = '2024-05-01';
export const SERVICE = 'Microsoft.ApiManagement/service';

/** What may be deployed. Not `Consumption`: it has neither pools nor token limits. Costs and times are told in the docs. */
export const TIERS = ['BasicV2', 'StandardV2', 'PremiumV2', 'Developer', 'Basic', 'Standard', 'Premium'] as const;

export const TAGS: Value = { 'azd-env-name': parameter('environmentName') };

export const identity: Resource = {
  symbol: 'identity',
  type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  apiVersion: API.identity,
  name: named(text`id-${parameter('resourceToken')}`),
  body: { location: parameter('location'), tags: TAGS, properties: {} },
};

export const service: Resource = {
  symbol: 'apim',
  type: SERVICE,
  apiVersion: APIM_API,
  name: named(variable('apimName')),
  body: {
    location: parameter('location'),
    tags: TAGS,
    sku: { name: parameter('apimSku'), capacity: parameter('apimUnits') },
    identity: { type: 'UserAssigned', userAssignedIdentities: userAssigned() },
    properties: {
      publisherEmail: parameter('publisherEmail'),
      publisherName: 'Spillway',
      publicNetworkAccess: 'Enabled',
    },
  },
};

/** A mapping whose key is computed has to be made by a function. */
function userAssigned(): Value {
  return call('createObject', idOf(identity), {});
}

/** A text that policies name as `{{name}}`. None of ours is secret: there are no secrets. */
export function namedValue(name: string, value: Value): Resource {
  return {
    symbol: `value_${name.replaceAll('-', '_')}`,
    type: `${SERVICE}/namedValues`,
    apiVersion: APIM_API,
    name: named(name),
    parent: parentOf(service),
    body: { properties: { displayName: name, value, secret: false } },
  };
}

export const identityClientId = propertiesOf(identity).at('clientId');
