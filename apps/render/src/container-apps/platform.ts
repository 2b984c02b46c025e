/** What every app of ours needs around it on Container Apps: identity, registry, logs, secrets, environment. */
import { API, ROLES } from '../arm/azure.ts';
import {
  call,
  type Expression,
  idOf,
  nameOf,
  parameter,
  propertiesOf,
  text,
  type Value,
  variable,
  when,
} from '../arm/expression.ts';
import { named, parentOf, type Resource } from '../arm/template.ts';

export interface Platform {
  readonly identity: Resource;
  readonly registry: Resource;
  readonly workspace: Resource;
  readonly insights: Resource;
  readonly vault: Resource;
  readonly environment: Resource;
  readonly secrets: readonly Resource[];
  /** What must be there before the app may start: it pulls its image and reads its secrets with them. */
  readonly roles: readonly Resource[];
  readonly all: readonly Resource[];
}

export interface PlatformOptions {
  /** `gateway`, `chat`. */
  readonly app: string;
  /** Names of secrets in the vault, and the parameter that each is given by. */
  readonly secrets: readonly SecretOptions[];
  /** Objects whose properties the environment has beside its own. */
  readonly environment: readonly Value[];
}

export interface SecretOptions {
  readonly symbol: string;
  readonly name: string;
  readonly parameter: string;
  /** Only where this holds; absent: always. */
  readonly condition?: Value;
}

export const location = parameter('location');
export const tags = variable('tags');
const token = variable('token');

export const COMMON_VARIABLES: { readonly [name: string]: Value } = {
  token: call('toLower', call('uniqueString', call('subscription').at('id'), parameter('environmentName'), location)),
  tags: { 'azd-env-name': parameter('environmentName') },
};

export function platformOf({ app, secrets, environment }: PlatformOptions): Platform {
  const identity = plain(
    'identity',
    'Microsoft.ManagedIdentity/userAssignedIdentities',
    API.identity,
    text`id-${app}-${token}`,
    { properties: {} },
  );
  const workspace = workspaceOf();
  const insights = insightsOf(workspace);
  const registry = plain('images', 'Microsoft.ContainerRegistry/registries', API.registries, text`cr${token}`, {
    sku: { name: 'Basic' },
    properties: { adminUserEnabled: false },
  });
  const vault = vaultOf();
  const common = { appLogsConfiguration: { destination: 'azure-monitor' }, ...tracesTo(insights) };
  const type = 'Microsoft.App/managedEnvironments';
  const apps = plain('appsEnvironment', type, API.appsEnvironment, text`cae-${token}`, {
    properties: call('union', common, ...environment),
  });
  const kept = secrets.map((secret) => secretOf(vault, secret));
  const roles = [
    roleOf({ symbol: 'mayPull', on: registry, role: ROLES.acrPull, identity }),
    roleOf({ symbol: 'mayReadSecrets', on: vault, role: ROLES.secretsUser, identity }),
  ];
  const all = [identity, workspace, insights, registry, vault, ...kept, ...roles, apps, logsOf(apps, workspace)];
  return { identity, registry, workspace, insights, vault, environment: apps, secrets: kept, roles, all };
}

/** A resource in the location of the whole, with the tag that azd knows its own by. */
export function plain(
  symbol: string,
  type: string,
  apiVersion: string,
  name: Value,
  body: Resource['body'],
  more: Partial<Resource> = {},
): Resource {
  return { symbol, type, apiVersion, name: named(name), body: { location, tags, ...body }, ...more };
}

function workspaceOf(): Resource {
  return plain('workspace', 'Microsoft.OperationalInsights/workspaces', API.workspaces, text`log-${token}`, {
    properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 },
  });
}

function insightsOf(workspace: Resource): Resource {
  return plain('insights', 'Microsoft.Insights/components', API.components, text`appi-${token}`, {
    kind: 'web',
    properties: { Application_Type: 'web', WorkspaceResourceId: idOf(workspace) },
  });
}

/**
 * The environment's own OpenTelemetry agent. It tells each container where it is (`OTEL_EXPORTER_OTLP_ENDPOINT`, `…_PROTOCOL=grpc`), which
 * is all that the apps need to send traces. Source: Microsoft Learn, "Collect and read OpenTelemetry data in Azure Container Apps".
 */
function tracesTo(insights: Resource): { readonly [name: string]: Value } {
  return {
    appInsightsConfiguration: { connectionString: propertiesOf(insights).at('ConnectionString') },
    openTelemetryConfiguration: { tracesConfiguration: { destinations: ['appInsights'] } },
  };
}

/** Soft delete stays on, as Azure demands; without purge protection `azd down --purge` leaves nothing behind. */
function vaultOf(): Resource {
  return plain('vault', 'Microsoft.KeyVault/vaults', API.vaults, text`kv-${token}`, {
    properties: {
      tenantId: call('tenant').at('tenantId'),
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
      softDeleteRetentionInDays: 7,
    },
  });
}

function secretOf(vault: Resource, { symbol, name, parameter: from, condition }: SecretOptions): Resource {
  return {
    symbol,
    type: 'Microsoft.KeyVault/vaults/secrets',
    apiVersion: API.vaults,
    name: named(name),
    parent: parentOf(vault),
    ...(condition === undefined ? {} : { condition }),
    body: { properties: { value: parameter(from) } },
  };
}

/** Logs go by way of Azure Monitor: the environment then needs no key of the workspace. */
function logsOf(environment: Resource, workspace: Resource): Resource {
  return {
    symbol: 'environmentLogs',
    type: 'Microsoft.Insights/diagnosticSettings',
    apiVersion: API.diagnostics,
    name: named('logs'),
    scope: parentOf(environment),
    body: { properties: { workspaceId: idOf(workspace), logs: [{ categoryGroup: 'allLogs', enabled: true }] } },
  };
}

export interface RoleOptions {
  readonly symbol: string;
  readonly on: Resource;
  readonly role: string;
  readonly identity: Resource;
  /** For each copy of what it is on. */
  readonly copies?: Resource['copies'];
}

/** The name is made of what is assigned, so that each is assigned once and found again by the next deployment. */
export function roleOf({ symbol, on, role, identity, copies }: RoleOptions): Resource {
  const definition = call('subscriptionResourceId', 'Microsoft.Authorization/roleDefinitions', role);
  const at = (index: Value): Value => (copies === undefined ? null : index);
  return {
    symbol,
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersion: API.roleAssignments,
    name: (index) => call('guid', idOf(on, at(index)), idOf(identity), definition),
    scope: { resource: on, index: at },
    ...(copies === undefined ? {} : { copies }),
    body: {
      properties: {
        roleDefinitionId: definition,
        principalId: propertiesOf(identity).at('principalId'),
        principalType: 'ServicePrincipal',
      },
    },
  };
}

/** A secret of the app, read from the vault by its identity. */
export function vaultSecret({ vault, identity }: Platform, name: string): Value {
  return { name, keyVaultUrl: text`${propertiesOf(vault).at('vaultUri')}secrets/${name}`, identity: idOf(identity) };
}

/** Where an app answers that the outside may reach: known before the app is there. */
export function urlOf({ environment }: Platform, app: Resource): Expression {
  return text`https://${nameOf(app)}.${propertiesOf(environment).at('defaultDomain')}`;
}

export const imageOr = (name: string, placeholder: string): Expression =>
  when(call('empty', parameter(name)), placeholder, parameter(name));
