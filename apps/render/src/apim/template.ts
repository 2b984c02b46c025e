/** The whole template: a resource group, and in it what API Management needs. */
import type { Config } from '@spillway/config';
import { ROLES } from '../arm/azure.ts';
import { call, parameter, propertiesOf, text, type Value, variable } from '../arm/expression.ts';
import { groupName, outputsOf, resourceGroup } from '../arm/group.ts';
import { parametersOf, type Settings } from '../arm/settings.ts';
import type { Module, Resource, Template } from '../arm/template.ts';
import { type Accounts, accountsOf } from './accounts.ts';
import { api, operationsOf, policyOf, subscriptionsOf } from './api.ts';
import { poolOf, singleOf, spillwayBackend } from './backends.ts';
import { monitoringOf } from './monitoring.ts';
import { ALL_OPERATIONS, BALANCED_OPERATIONS } from './operations.ts';
import { COMMON, choicesOf, clientTokens, principals, settingsOf, tenant } from './parameters.ts';
import { type PolicyParts, policyXml } from './policy.ts';
import { identity, identityClientId, namedValue, service } from './service.ts';

export interface Parts extends PolicyParts {
  readonly config: Config;
}

const TOKEN = { type: 'string', description: 'Makes names unique.' } as const;

export function templateOf(parts: Parts): Template {
  const choices = choicesOf(parts);
  const inner = resourcesOf(parts, choices);
  return {
    name: 'main',
    scope: 'subscription',
    parameters: parametersOf(settingsOf(choices)),
    variables: 'allowedPrincipals' in choices ? { principals: principals() } : {},
    resources: [resourceGroup],
    modules: [moduleOf(inner, choices)],
    outputs: { ...outputsOf(inner), RESOURCE_GROUP_NAME: { type: 'string', value: groupName } },
  };
}

function moduleOf(template: Template, choices: Settings): Module {
  const seed = [call('subscription').at('id'), parameter('environmentName'), parameter('location')];
  const chosen = Object.keys(choices).map((name) => [name, parameter(name)] as const);
  const parameters: Record<string, Value> = {
    environmentName: parameter('environmentName'),
    location: parameter('location'),
    resourceToken: call('uniqueString', ...seed),
    ...Object.fromEntries(chosen),
    ...('allowedPrincipals' in choices ? { allowedPrincipals: variable('principals') } : {}),
  };
  return { symbol: 'resources', resourceGroup, name: 'resources', template, parameters };
}

function resourcesOf(parts: Parts, choices: Settings): Template {
  const { config, plan, options } = parts;
  const accounts = options.provision
    ? accountsOf(config.fleet.backends, config.fleet.deployments)
    : { resources: [], byBackend: new Map() };
  const backends = options.frontOf === 'spillway' ? [spillwayBackend()] : balanced(parts, accounts);
  const values = namedValues(choices);
  const operations = options.frontOf === 'spillway' ? ALL_OPERATIONS : BALANCED_OPERATIONS;
  return {
    name: 'resources',
    scope: 'resourceGroup',
    parameters: { resourceToken: TOKEN, ...parametersOf({ ...COMMON, ...choices }) },
    variables: {
      apimName: text`apim-${parameter('resourceToken')}`,
      ...(options.provision
        ? {
            openAiUserRole: call('subscriptionResourceId', 'Microsoft.Authorization/roleDefinitions', ROLES.openAiUser),
          }
        : {}),
    },
    resources: [
      identity,
      service,
      ...accounts.resources,
      ...values,
      ...backends,
      api,
      ...operationsOf(operations),
      ...monitoringOf(api),
      policyOf(policyXml(parts), [...values, ...backends]),
      ...subscriptionsOf(plan.clients),
    ],
    modules: [],
    outputs: outputs(),
  };
}

function balanced({ plan, tripMs }: Parts, accounts: Accounts): readonly Resource[] {
  const singles = new Map(
    plan.backends.map((planned) => [
      planned.id,
      singleOf(planned, accounts.byBackend.get(planned.backend.name), tripMs),
    ]),
  );
  const pools = plan.pools.filter(({ members }) => members.length > 1).map((pool) => poolOf(pool, singles));
  return [...singles.values(), ...pools];
}

function namedValues(choices: Settings): readonly Resource[] {
  return [
    namedValue('identity-client-id', identityClientId),
    namedValue('client-tokens-per-minute', clientTokens()),
    ...('tenantId' in choices ? [namedValue('tenant-id', tenant())] : []),
    ...('allowedPrincipals' in choices ? [namedValue('allowed-principals', parameter('allowedPrincipals'))] : []),
  ];
}

function outputs(): Template['outputs'] {
  return {
    APIM_GATEWAY_URL: { type: 'string', value: propertiesOf(service).at('gatewayUrl') },
    APIM_NAME: { type: 'string', value: variable('apimName') },
    APIM_IDENTITY_CLIENT_ID: { type: 'string', value: identityClientId },
    APIM_IDENTITY_PRINCIPAL_ID: { type: 'string', value: propertiesOf(identity).at('principalId') },
  };
}
