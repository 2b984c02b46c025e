/** The template of the gateway: models, the app in front of them, and what both need. */
import { call, each, nameOf, parameter, propertiesOf, text, type Value, variable, when } from '../arm/expression.ts';
import { parametersOf, type Settings } from '../arm/settings.ts';
import type { Output, Resource, Template } from '../arm/template.ts';
import { containerApp, plainEnv, secretEnv } from './app.ts';
import { accounts, backends, FLEET_VARIABLES, mayAsk, modelDeployments } from './fleet.ts';
import { PORT } from './names.ts';
import { NETWORK_RESOURCES, network, subnetId } from './network.ts';
import { COMMON_VARIABLES, platformOf, urlOf, vaultSecret } from './platform.ts';
import { withGroup } from './whole.ts';

/** A little below `graceSeconds`: the program ends by itself. Milliseconds. */
const DRAIN_MS = 110_000;
const GRACE_SECONDS = 120;
/** Below the 4 minutes after which the ingress cuts what is silent. Seconds. */
const KEEP_ALIVE_SECONDS = 120;

const isLong = call('greater', parameter('idleMinutes'), 4);
const principals = variable('principals');
const isOpen = call('not', call('empty', principals));

/** The gateway's file, as JSON, which is YAML too. No secret is in it: `${GATEWAY_KEY}` names a variable. */
const CONFIGURATION: Value = {
  backends,
  clients: call('concat', [{ name: 'chat-app', key: '${GATEWAY_KEY}' }], when(isOpen, [{ name: 'entra' }], [])),
  signIn: when(isOpen, [{ client: 'entra', tenant: call('tenant').at('tenantId'), azureTokens: true, principals }], []),
  streams: { keepAliveSeconds: KEEP_ALIVE_SECONDS },
  drainMs: DRAIN_MS,
};

/** The ingress waits longer only on machines of its own, two at least. */
const ingressProfiles = when(
  isLong,
  [{ name: 'ingress', workloadProfileType: 'D4', minimumCount: 2, maximumCount: 2 }],
  [],
);
const INGRESS: Value = {
  workloadProfileName: 'ingress',
  requestIdleTimeout: parameter('idleMinutes'),
  terminationGracePeriodSeconds: 600,
};

const platform = platformOf({
  app: 'gateway',
  secrets: [
    { symbol: 'keySecret', name: 'gateway-key', parameter: 'gatewayKey' },
    { symbol: 'sealSecret', name: 'seal-key', parameter: 'sealKey' },
  ],
  environment: [
    {
      workloadProfiles: call('concat', [{ name: 'Consumption', workloadProfileType: 'Consumption' }], ingressProfiles),
    },
    when(isLong, { ingressConfiguration: INGRESS }, {}),
    when(
      parameter('isPrivate'),
      { vnetConfiguration: { infrastructureSubnetId: subnetId('apps'), internal: false } },
      {},
    ),
  ],
});

const asks = mayAsk(platform.identity);

const app = containerApp({
  platform,
  name: text`ca-gateway-${variable('token')}`,
  service: 'gateway',
  args: ['gateway'],
  cpu: '0.5',
  memory: '1Gi',
  graceSeconds: GRACE_SECONDS,
  replicasMax: parameter('replicasMax'),
  rules: [{ name: 'requests', http: { metadata: { concurrentRequests: '200' } } }],
  env: [
    plainEnv('SPILLWAY_CONFIG', '/etc/spillway/spillway.yaml'),
    plainEnv('SPILLWAY_HOST', '0.0.0.0'),
    plainEnv('SPILLWAY_PORT', `${PORT}`),
    plainEnv('AZURE_CLIENT_ID', propertiesOf(platform.identity).at('clientId')),
    // The log stream shows lines that begin as the articles say, and queries find the record in them.
    plainEnv('SPILLWAY_LOG_FORMAT', 'both'),
    // A new configuration makes a new revision, which reads it; a secret alone would not.
    plainEnv('CONFIG_DIGEST', call('uniqueString', call('string', variable('configuration')))),
    secretEnv('GATEWAY_KEY', 'gateway-key'),
    secretEnv('SPILLWAY_SEAL_KEY', 'seal-key'),
  ],
  secrets: [
    vaultSecret(platform, 'gateway-key'),
    vaultSecret(platform, 'seal-key'),
    { name: 'spillway-yaml', value: call('string', variable('configuration')) },
  ],
  volumes: [
    { name: 'configuration', storageType: 'Secret', secrets: [{ secretRef: 'spillway-yaml', path: 'spillway.yaml' }] },
  ],
  volumeMounts: [{ volumeName: 'configuration', mountPath: '/etc/spillway' }],
  after: [...platform.roles, ...platform.secrets, asks, modelDeployments],
});

const OUTPUTS: { readonly [name: string]: Output } = {
  CONTAINER_APP_URL: { type: 'string', value: urlOf(platform, app) },
  CONTAINER_APP_NAME: { type: 'string', value: nameOf(app) },
  AZURE_CONTAINER_REGISTRY_ENDPOINT: { type: 'string', value: propertiesOf(platform.registry).at('loginServer') },
  AZURE_KEY_VAULT_NAME: { type: 'string', value: nameOf(platform.vault) },
  APPLICATIONINSIGHTS_NAME: { type: 'string', value: nameOf(platform.insights) },
  OPENAI_HOST: { type: 'string', value: 'azure_custom' },
  AZURE_OPENAI_CUSTOM_URL: { type: 'string', value: urlOf(platform, app) },
};

const afterNetwork = (resource: Resource): Resource =>
  resource === platform.environment ? { ...resource, after: [network] } : resource;

export function gatewayTemplate(settings: Settings): Template {
  return withGroup({
    name: 'resources',
    scope: 'resourceGroup',
    parameters: parametersOf(settings),
    variables: {
      ...COMMON_VARIABLES,
      ...FLEET_VARIABLES,
      principals: each(
        'filter',
        call('union', [parameter('principalId')], call('split', parameter('gatewayPrincipals'), ',')),
        'id',
        (id) => call('not', call('empty', id)),
      ),
      configuration: CONFIGURATION,
    },
    resources: [...NETWORK_RESOURCES, ...platform.all.map(afterNetwork), accounts, modelDeployments, asks, app],
    modules: [],
    outputs: OUTPUTS,
  });
}
