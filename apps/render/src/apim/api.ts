/** The API with its operations, its policy, and a subscription for each client. */
import { idOf } from '../arm/expression.ts';
import { named, parentOf, type Resource } from '../arm/template.ts';
import type { ApiOperation } from './operations.ts';
import type { PlannedClient } from './plan.ts';
import { APIM_API, SERVICE, service } from './service.ts';

export const api: Resource = {
  symbol: 'api',
  type: `${SERVICE}/apis`,
  apiVersion: APIM_API,
  name: named('openai'),
  parent: parentOf(service),
  body: {
    properties: {
      displayName: 'Azure OpenAI',
      path: 'openai',
      protocols: ['https'],
      type: 'http',
      subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' },
      // Asked for by the policy, which takes tokens in their place and refuses what is neither.
      subscriptionRequired: false,
    },
  },
};

export function operationsOf(operations: readonly ApiOperation[]): readonly Resource[] {
  return operations.map(({ id, name, method, urlTemplate }) => ({
    symbol: `operation_${id.replaceAll('-', '_')}`,
    type: `${SERVICE}/apis/operations`,
    apiVersion: APIM_API,
    name: named(id),
    parent: parentOf(api),
    body: {
      properties: { displayName: name, method, urlTemplate, templateParameters: parametersIn(urlTemplate) },
    },
  }));
}

function parametersIn(urlTemplate: string) {
  return [...urlTemplate.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => ({ name, type: 'string', required: true }));
}

/** @param after what it names. */
export function policyOf(xml: string, after: readonly Resource[]): Resource {
  return {
    symbol: 'policy',
    type: `${SERVICE}/apis/policies`,
    apiVersion: APIM_API,
    name: named('policy'),
    parent: parentOf(api),
    // Not `rawxml`, which takes what is no XML.
    body: { properties: { format: 'xml', value: xml } },
    after,
  };
}

/** Its key is made by API Management, and told by it alone. */
export function subscriptionsOf(clients: readonly PlannedClient[]): readonly Resource[] {
  return clients.map(({ id, name }) => ({
    symbol: `subscription_${id.replaceAll('-', '_')}`,
    type: `${SERVICE}/subscriptions`,
    apiVersion: APIM_API,
    name: named(id),
    parent: parentOf(service),
    body: { properties: { displayName: name, scope: idOf(api), state: 'active', allowTracing: false } },
  }));
}
