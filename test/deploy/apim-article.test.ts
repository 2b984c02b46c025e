/** The commands of docs/deploy-api-management.md, and of the article that it follows, against stand-ins for azd and az. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDocumented } from './apim/fakes.ts';
import { objectAt } from './apim/json.ts';
import { blocksOf, filledIn, pageOf } from './documents.ts';

const PAGE = 'docs/deploy-api-management.md';
const DOCUMENT = pageOf(PAGE);
const MAIN: unknown = JSON.parse(pageOf('deploy/api-management/infra/main.json'));
const PARAMETERS = pageOf('deploy/api-management/infra/main.bicepparam');

/** What people copy into the places in angle brackets. */
const VALUES: Readonly<Record<string, string>> = {
  APIM_GATEWAY_URL: 'https://apim-abc.azure-api.net',
  APIM_NAME: 'apim-abc',
  APIM_IDENTITY_CLIENT_ID: '22222222-2222-2222-2222-222222222222',
  APIM_IDENTITY_PRINCIPAL_ID: '55555555-5555-5555-5555-555555555555',
  GATEWAY_PRINCIPALS: '66666666-6666-6666-6666-666666666666',
  RESOURCE_GROUP_NAME: 'rg-test',
  AZURE_SUBSCRIPTION_ID: '33333333-3333-3333-3333-333333333333',
  CHAT_APP_PRINCIPAL_ID: '44444444-4444-4444-4444-444444444444',
  CONTAINER_APP_URL: 'https://gateway.example',
};

const blocks = blocksOf(PAGE);

test('docs/deploy-api-management.md: has blocks of commands', () => assert.equal(blocks.length, 12));

for (const [i, { heading, text }] of blocks.entries()) {
  test(`docs/deploy-api-management.md: block ${i + 1}, ${heading}, runs as it is printed`, (t) => {
    const commands = filledIn(text, VALUES);
    const before = text.startsWith('cd my-front') ? 'mkdir my-front\n' : '';
    const { status, stderr, calls } = runDocumented(t, before + commands, VALUES);
    assert.deepEqual([status, stderr], [0, '']);
    const wanted = commands
      .split('\n')
      .filter((line) => /^(azd|az|npx) /.test(line))
      .map((line) => line.replace(/ \|.*$/, '').replaceAll('"', ''));
    assert.deepEqual(calls, wanted);
  });
}

/** Commands of the article, in its order; the last of each line is what azd must know of it. */
const ARTICLE = [
  'azd auth login',
  'azd up',
  'azd env get-values | grep APIM_GATEWAY_URL',
  'azd env new chat-app',
  'azd env set OPENAI_HOST azure_custom',
  'azd env set AZURE_OPENAI_CUSTOM_URL <APIM_GATEWAY_URL>',
  'azd env set OPENAI_CAPACITY 50',
  'azd down --purge --force',
];

test('docs/deploy-api-management.md: has every command of the article, word for word and in order', () => {
  const lines = blocks.flatMap(({ text }) => text.split('\n'));
  let at = -1;
  for (const command of ARTICLE) {
    at = lines.indexOf(command, at + 1);
    assert.ok(at >= 0, `${command} is not there, or out of order`);
  }
});

test('azd env get-values | grep APIM_GATEWAY_URL: prints one line, which the template puts out', (t) => {
  const { stdout } = runDocumented(t, 'azd env get-values | grep APIM_GATEWAY_URL', VALUES);
  assert.equal(stdout, 'APIM_GATEWAY_URL="https://apim-abc.azure-api.net"\n');
  const outputs = objectAt(MAIN, 'outputs');
  for (const name of [
    'APIM_GATEWAY_URL',
    'APIM_NAME',
    'APIM_IDENTITY_CLIENT_ID',
    'APIM_IDENTITY_PRINCIPAL_ID',
    'RESOURCE_GROUP_NAME',
  ])
    assert.ok(name in outputs, name);
});

test('azd env set: each variable that the document sets for this project is read by it', () => {
  const own = blocks.filter(({ text }) => text.includes('cd deploy/api-management')).map(({ text }) => text);
  const set = own.flatMap((text) => [...text.matchAll(/azd env set (\w+)/g)].map(([, name = '']) => name));
  assert.deepEqual([...new Set(set)].sort(), [
    'ALLOWED_PRINCIPALS',
    'APIM_SKU',
    'CLIENT_TOKENS_PER_MINUTE',
    'OPENAI_CAPACITY',
  ]);
  for (const name of set) assert.match(PARAMETERS, new RegExp(`readEnvironmentVariable\\('${name}'`));
});

test('azd up: outside of the project says so', (t) => {
  const { status, stderr } = runDocumented(t, 'azd up', VALUES);
  assert.equal(status, 1);
  assert.match(stderr, /no project exists/);
});

test('docs/deploy-api-management.md: names the tiers that the template takes, and its default', () => {
  const { allowedValues, defaultValue } = objectAt(MAIN, 'parameters', 'apimSku');
  assert.ok(Array.isArray(allowedValues));
  for (const tier of allowedValues) assert.ok(DOCUMENT.includes(`\`${tier}\``), String(tier));
  assert.ok(DOCUMENT.includes(`\`${defaultValue}\` (default)`));
});
