/** The template of the chat app, which may live in another subscription and region than the gateway that it asks. */
import { call, nameOf, parameter, propertiesOf, text, type Value, variable, when } from '../arm/expression.ts';
import { parametersOf } from '../arm/settings.ts';
import type { Template } from '../arm/template.ts';
import { containerApp, isGiven, plainEnv, secretEnv } from './app.ts';
import { PORT } from './names.ts';
import { CHAT_SETTINGS } from './parameters.ts';
import { COMMON_VARIABLES, platformOf, urlOf, vaultSecret } from './platform.ts';
import { withGroup } from './whole.ts';

const GRACE_SECONDS = 60;
const hasKey = isGiven('gatewayKey');
const hasGateway = isGiven('gatewayUrl');

const platform = platformOf({
  app: 'chat',
  secrets: [
    { symbol: 'usersSecret', name: 'chat-users', parameter: 'users' },
    { symbol: 'sessionSecret', name: 'session-key', parameter: 'sessionKey' },
    { symbol: 'keySecret', name: 'gateway-key', parameter: 'gatewayKey', condition: hasKey },
  ],
  environment: [{ workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] }],
});

const ENV: readonly Value[] = [
  plainEnv('OPENAI_HOST', parameter('openAiHost')),
  plainEnv('AZURE_OPENAI_CHATGPT_MODEL', parameter('chatModel')),
  plainEnv('AZURE_CLIENT_ID', propertiesOf(platform.identity).at('clientId')),
  plainEnv('SPILLWAY_HOST', '0.0.0.0'),
  plainEnv('SPILLWAY_PORT', `${PORT}`),
  plainEnv('SPILLWAY_CHAT_AUTH', 'password'),
  plainEnv('SPILLWAY_CHAT_ADMINS', 'owner'),
  // Gone with the replica: a SQLite file must not lie on a network share. For more, see docs/chat.md#stores.
  plainEnv('SPILLWAY_CHAT_FILE', '/data/spillway-chat.sqlite'),
  secretEnv('SPILLWAY_CHAT_USERS', 'chat-users'),
  secretEnv('SPILLWAY_CHAT_SESSION_KEY', 'session-key'),
];

/** An app that came first starts without a gateway, and says what is missing. */
const GATEWAY_ENV: Value = when(
  hasGateway,
  [plainEnv('AZURE_OPENAI_CUSTOM_URL', parameter('gatewayUrl'))],
  [plainEnv('SPILLWAY_CHAT_GATEWAY_LATER', 'true')],
);

const app = containerApp({
  platform,
  name: text`ca-chat-${variable('token')}`,
  service: 'chat',
  args: ['chat', 'serve'],
  cpu: '1.0',
  memory: '2Gi',
  graceSeconds: GRACE_SECONDS,
  replicasMax: 1,
  rules: [],
  env: call('concat', ENV, GATEWAY_ENV, when(hasKey, [secretEnv('AZURE_OPENAI_API_KEY_OVERRIDE', 'gateway-key')], [])),
  secrets: call(
    'concat',
    [vaultSecret(platform, 'chat-users'), vaultSecret(platform, 'session-key')],
    when(hasKey, [vaultSecret(platform, 'gateway-key')], []),
  ),
  volumes: [{ name: 'data', storageType: 'EmptyDir' }],
  volumeMounts: [{ volumeName: 'data', mountPath: '/data' }],
  after: [...platform.roles, ...platform.secrets],
});

export function chatTemplate(): Template {
  return withGroup({
    name: 'resources',
    scope: 'resourceGroup',
    parameters: parametersOf(CHAT_SETTINGS),
    variables: COMMON_VARIABLES,
    resources: [...platform.all, app],
    modules: [],
    outputs: {
      CHAT_URL: { type: 'string', value: urlOf(platform, app) },
      APPLICATIONINSIGHTS_NAME: { type: 'string', value: nameOf(platform.insights) },
      CHAT_APP_NAME: { type: 'string', value: nameOf(app) },
      CHAT_PRINCIPAL_ID: { type: 'string', value: propertiesOf(platform.identity).at('principalId') },
      AZURE_CONTAINER_REGISTRY_ENDPOINT: { type: 'string', value: propertiesOf(platform.registry).at('loginServer') },
    },
  });
}
