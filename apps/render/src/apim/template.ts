/** The whole template: a resource group, and in it what API Management needs. */
import type { Config } from '@spillway/config';
import { call, parameter, propertiesOf, text, type Value, variable } from '../arm/expression.ts';
import { type Module, ModuleOutput, named, type Output, type Resource, type Template } from '../arm/template.ts';
import { type Accounts, accountsOf, OPENAI_USER } from './accounts.ts';
import { api, operationsOf, policyOf, subscriptionsOf } from './api.ts';
import { poolOf, singleOf, spillwayBackend } from './backends.ts';
import { monitoringOf } from './monitoring.ts';
import { ALL_OPERATIONS, BALANCED_OPERATIONS } from './operations.ts';
import { type Choice, choicesOf, principals, tenant } from './parameters.ts';
import { type PolicyParts, policyXml } from './policy.ts';
import { identity, identityClientId, namedValue, service } from './service.ts';

export interface Parts extends PolicyParts {
  readonly config: Config;
}

const TEXT = { type: 'string' } as const;
const ENVIRONMENT = { ...TEXT, description: 'Name of the azd environment.' };
const LOCATION = { ...TEXT, description: 'Region of all that has none of its own.' };
const TOKEN = { ...TEXT, description: 'Makes names unique.' };
const DEPLOYER = { ...TEXT, description: 'Object id of whoever deploys.', default: '' };

const resourceGroup: Resource = {
  symbol: 'group',
  type: 'Microsoft.Resources/resourceGroups',
  apiVersion: '2024-03-01',
  name: named(text`rg-${parameter('environmentName')}`),
  body: { location: parameter('location'), tags: { 'azd-env-name': parameter('environmentName') } },
};

export function templateOf(parts: Parts): Template {
  const choices = choicesOf(parts);
  const hasList = 'allowedPrincipals' in choices;
  const inner = resourcesOf(parts, choices);
  return {
    name: 'main',
    scope: 'subscription',
    parameters: {
      environmentName: ENVIRONMENT,
      location: { ...LOCATION, azd: { type: 'location' } },
      ...(hasList ? { principalId: DEPLOYER } : {}),
      ...parametersOf(choices),
    },
    variables: hasList ? { principals: principals() } : {},
    resources: [resourceGroup],
    modules: [moduleOf(inner, choices)],
    outputs: {
      ...Object.fromEntries(Object.keys(inner.outputs).map((name) => [name, outputOfModule(name)])),
      RESOURCE_GROUP_NAME: { type: 'string', value: text`rg-${parameter('environmentName')}` },
    },
  };
}

function parametersOf(choices: Readonly<Record<string, Choice>>): Template['parameters'] {
  return Object.fromEntries(Object.entries(choices).map(([name, choice]) => [name, choice.parameter]));
}

const outputOfModule = (name: string): Output => ({ type: 'string', value: new ModuleOutput('resources', name) });

function moduleOf(template: Template, choices: Readonly<Record<string, Choice>>): Module {
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

function resourcesOf(parts: Parts, choices: Readonly<Record<string, Choice>>): Template {
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
    parameters: { environmentName: ENVIRONMENT, location: LOCATION, resourceToken: TOKEN, ...parametersOf(choices) },
    variables: {
      apimName: text`apim-${parameter('resourceToken')}`,
      ...(options.provision ? { openAiUserRole: call('subscriptionResourceId', ROLES, OPENAI_USER) } : {}),
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

const ROLES = 'Microsoft.Authorization/roleDefinitions';

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

function namedValues(choices: Readonly<Record<string, Choice>>): readonly Resource[] {
  return [
    namedValue('identity-client-id', identityClientId),
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
