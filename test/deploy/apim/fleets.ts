/** Shapes of fleets that are rendered in tests. */
import { type Config, configFromEnvironment, configFromYaml, printError } from '@spillway/config';

export function configOf(text: string): Config {
  const env = {
    CHAT_APP_KEY: 'a-key-for-the-chat-app',
    BATCH_KEY: 'a-key-for-batches',
    OPENAI1_KEY: 'a-key-of-openai1',
  };
  const loaded = configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
  if (loaded.kind === 'errors') throw new Error(loaded.errors.map(printError).join('\n'));
  return loaded.config;
}

const TENANT = '11111111-2222-3333-4444-555555555555';
const clients = 'clients: [{ name: chat-app, key: "${CHAT_APP_KEY}" }]\n';

function backendsText(n: number, deployments: (i: number) => string): string {
  const lines = Array.from({ length: n }, (_, i) => {
    return `  - name: openai${i + 1}\n    url: https://openai${i + 1}.openai.azure.com\n    region: eastus\n    deployments: [${deployments(i)}]\n`;
  });
  return `backends:\n${lines.join('')}`;
}

const standard = '{ name: chat, model: gpt-4o, type: Standard }';
const provisioned = '{ name: gpt-4o-ptu, model: gpt-4o, type: ProvisionedManaged, capacity: 100, priority: 1 }';
const spill = '{ name: gpt-4o, model: gpt-4o, type: Standard, capacity: 30, priority: 20, weight: 0.5 }';

export const FLEETS: Readonly<Record<string, string>> = {
  one: `${backendsText(1, () => standard)}${clients}`,
  three: `${backendsText(3, () => standard)}${clients}`,
  twelve: `${backendsText(12, (i) => (i % 3 === 0 ? `${provisioned}, ${spill}` : spill))}${clients}`,
  'two-models': `${backendsText(2, () => `${standard}, { name: small, model: gpt-4o-mini }`)}
aliases: { default: gpt-4o-mini }
clients:
  - { name: chat-app, key: "\${CHAT_APP_KEY}", models: [gpt-4o] }
  - { name: batch.Work, key: "\${BATCH_KEY}", operations: [chat.completions] }
  - { name: anyone }
signIn:
  - { client: chat-app, tenant: ${TENANT}, azureTokens: true, applications: [${TENANT}], roles: [Chat.Use] }
  - { client: anyone, tenant: ${TENANT}, azureTokens: true }
`,
  'other-issuer': `${backendsText(3, () => standard)}
clients: [{ name: people }]
signIn: [{ client: people, issuer: https://login.example.com/, audiences: [spillway] }]
`,
};

/** As the Container Apps sample is configured: resources without a list of deployments. */
export function openConfig(): Config {
  const env = {
    BACKEND_1_URL: 'https://a.openai.azure.com',
    BACKEND_2_URL: 'https://b.openai.azure.com',
    CLIENT_1_KEY: 'a-key-of-a-client',
  };
  const loaded = configFromEnvironment(env);
  if (loaded.kind === 'errors') throw new Error('no config');
  return loaded.config;
}
