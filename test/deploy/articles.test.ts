/** The commands of articles A and B, word for word but for what they have one choose, against azd's fake: in both orders, and to the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../apps/render/src/arm/functions.ts';
import { asObject } from './arm-schemas.ts';
import { AZD_PROJECTS, type AzdProject, type FakeAzd, FakeMachine } from './container-apps-azd.ts';
import { at } from './container-apps-fleets.ts';
import { blocksOf, commandsOf } from './documents.ts';

async function run(azd: FakeAzd, lines: readonly string[]): Promise<void> {
  for (const line of lines) await azd.command(line);
}

async function outputOf(azd: FakeAzd, name: string): Promise<string> {
  return new RegExp(`^${name}="(.+)"$`, 'm').exec(await azd.command('azd env get-values'))?.[1] ?? '';
}

/** Of the chat app's identity, as the fake of Azure has it. */
const ID_OF_THE_APP = 'chat-principal-id';

const CHAT_FIRST = ['azd auth login', 'azd env new chat-app', 'azd up'];
const chatTold = (url: string): readonly string[] => [
  'azd auth login',
  'azd env new chat-app',
  'azd env set OPENAI_HOST azure_custom',
  `azd env set AZURE_OPENAI_CUSTOM_URL ${url}`,
  'azd up',
];

test('article A: each command does what it promises, and its two variables suffice', async () => {
  const machine = new FakeMachine();
  const gateway = machine.azd(AZD_PROJECTS.gateway);
  await run(gateway, ['azd auth login --use-device-code', 'azd config set auth.useAzCliAuth "true"', 'azd up']);
  const url = await outputOf(gateway, 'CONTAINER_APP_URL');
  assert.match(url, /^https:\/\/ca-gateway-/);
  assert.deepEqual(gateway.capacities(), [30, 30, 30, 30, 30, 30]);
  assert.ok(!gateway.letsIn().includes(ID_OF_THE_APP));

  const chat = machine.azd(AZD_PROJECTS.chat);
  await run(chat, chatTold(url));
  assert.equal(chat.variable('AZURE_OPENAI_CUSTOM_URL'), url);
  assert.equal(chat.variable('OPENAI_HOST'), 'azure_custom');
  assert.equal(chat.variable('SPILLWAY_CHAT_GATEWAY_LATER'), null);
  assert.ok(gateway.letsIn().includes(ID_OF_THE_APP), 'nobody had to list it');

  await run(gateway, ['azd env set OPENAI_CAPACITY 50', 'azd up']);
  assert.deepEqual(gateway.capacities(), [50, 50, 50, 50, 50, 50]);
  assert.deepEqual(gateway.configuredCapacities(), [50, 50, 50, 50, 50, 50]);
  assert.ok(gateway.letsIn().includes(ID_OF_THE_APP), 'it stays listed');
  assert.deepEqual(
    gateway.backendAddresses().map((address) => address.split('-')[0]),
    ['https://openai1', 'https://openai2', 'https://openai3'],
  );
  await run(chat, ['azd down --purge --force']);
  await run(gateway, ['azd down --purge --force']);
  assert.deepEqual(machine.azure.left(), []);
});

test('article B: each command does what it promises, and its two variables suffice', async () => {
  const machine = new FakeMachine();
  const apim = machine.azd(AZD_PROJECTS['api-management']);
  await run(apim, ['azd auth login', 'azd up']);
  const url = await outputOf(apim, 'APIM_GATEWAY_URL');
  assert.match(url, /^https:\/\/.*\.azure-api\.net$/);
  assert.ok(!apim.letsIn().includes(ID_OF_THE_APP));

  const chat = machine.azd(AZD_PROJECTS.chat);
  await run(chat, chatTold(url));
  assert.equal(chat.variable('AZURE_OPENAI_CUSTOM_URL'), url);
  assert.ok(apim.letsIn().includes(ID_OF_THE_APP), 'nobody had to list it');

  await run(apim, ['azd env set OPENAI_CAPACITY 50', 'azd up']);
  assert.ok(apim.letsIn().includes(ID_OF_THE_APP), 'it stays listed');
  await run(chat, ['azd down --purge --force']);
  await run(apim, ['azd down --purge --force']);
  assert.deepEqual(machine.azure.left(), []);
});

test('azd env set CLIENT_TOKENS_PER_MINUTE: is the limit of the policy; without it, or with 0, there is none', async () => {
  const apim = new FakeMachine().azd(AZD_PROJECTS['api-management']);
  const limits: unknown[] = [];
  for (const told of [[], ['azd env set CLIENT_TOKENS_PER_MINUTE 20000'], ['azd env set CLIENT_TOKENS_PER_MINUTE 0']]) {
    await run(apim, [...told, 'azd up']);
    limits.push(apim.namedValue('client-tokens-per-minute'));
  }
  assert.deepEqual(limits, ['2147483647', '20000', '2147483647']);
  await apim.command('azd env set CLIENT_TOKENS_PER_MINUTE -1');
  await assert.rejects(apim.command('azd up'), /clientTokensPerMinute: -1 is not allowed/);
});

/** The chat app, then a gateway of either kind. */
for (const [name, output] of [
  ['gateway', 'CONTAINER_APP_URL'],
  ['api-management', 'APIM_GATEWAY_URL'],
] as const) {
  test(`the articles: the chat app may come before ${name}, and works once it is told`, async () => {
    const machine = new FakeMachine();
    const chat = machine.azd(AZD_PROJECTS.chat);
    await run(chat, CHAT_FIRST);
    assert.equal(chat.variable('AZURE_OPENAI_CUSTOM_URL'), null);
    assert.equal(chat.variable('SPILLWAY_CHAT_GATEWAY_LATER'), 'true');
    assert.match(
      chat.said.join('\n'),
      /knows no gateway.*\n.*OPENAI_HOST azure_custom\n.*_CUSTOM_URL <.*\n {2}azd up$/,
    );

    const gateway = machine.azd(AZD_PROJECTS[name]);
    await run(gateway, ['azd up']);
    const url = await outputOf(gateway, output);
    await run(chat, ['azd env set OPENAI_HOST azure_custom', `azd env set AZURE_OPENAI_CUSTOM_URL ${url}`, 'azd up']);
    assert.equal(chat.variable('AZURE_OPENAI_CUSTOM_URL'), url);
    assert.equal(chat.variable('SPILLWAY_CHAT_GATEWAY_LATER'), null);
    assert.ok(gateway.letsIn().includes(ID_OF_THE_APP));
  });
}

test('azd provision --preview: runs no hook, so that the keys have to be there', async () => {
  const gateway = new FakeMachine().azd(AZD_PROJECTS.gateway);
  await assert.rejects(gateway.command('azd provision --preview'), /BCP338: GATEWAY_KEY is not set/);
  await gateway.command('azd hooks run preprovision');
  assert.match(await gateway.command('azd provision --preview'), /^Create Microsoft\.Resources\/resourceGroups rg-/);
});

for (const [name, project] of Object.entries(AZD_PROJECTS)) {
  test(`azd down: ${name} is gone with --purge, and without it what Azure keeps is still there`, async () => {
    const machine = new FakeMachine();
    const azd = machine.azd(project);
    await run(azd, ['azd up', 'azd down --force']);
    assert.ok(machine.azure.left().length > 0);
    for (const one of machine.azure.left()) assert.match(one, /^deleted Microsoft\./);
    const again = new FakeMachine();
    await run(again.azd(project), ['azd up', 'azd up', 'azd down --purge --force']);
    assert.deepEqual(again.azure.left(), []);
  });
}

test('azd up: after azd down without --purge Azure refuses the names', async () => {
  const azd = new FakeMachine().azd(AZD_PROJECTS.gateway);
  await run(azd, ['azd up', 'azd down --force']);
  await assert.rejects(azd.command('azd up'), /FlagMustBeSetForRestore/);
});

const ROLE = { type: 'Microsoft.Authorization/roleAssignments', apiVersion: '2022-04-01', name: 'of-the-subscription' };
const WORKSPACE = { type: 'Microsoft.MachineLearningServices/workspaces', apiVersion: '2024-10-01', name: 'learning' };

/** The gateway's template with a resource more, for the group or for the subscription. */
function withMore(where: 'group' | 'subscription', resource: JsonObject): AzdProject {
  const { template } = AZD_PROJECTS.gateway;
  if (where === 'subscription') return { ...AZD_PROJECTS.gateway, template: seeded(template, resource) };
  const module = asObject(at(template, 'resources', 'resources'));
  const inner = seeded(asObject(at(module, 'properties', 'template')), resource);
  const properties = { ...asObject(at(module, 'properties')), template: inner };
  const resources = { ...asObject(at(template, 'resources')), resources: { ...module, properties } };
  return { ...AZD_PROJECTS.gateway, template: { ...template, resources } };
}

function seeded(template: JsonObject, resource: JsonObject): JsonObject {
  return { ...template, resources: { ...asObject(at(template, 'resources')), seeded: resource } };
}

/** What a template could leave behind, each found. */
const SEEDED: ReadonlyArray<readonly [where: 'group' | 'subscription', resource: JsonObject, left: string]> = [
  ['subscription', ROLE, 'Microsoft.Authorization/roleAssignments of-the-subscription'],
  ['group', WORKSPACE, 'deleted Microsoft.MachineLearningServices/workspaces learning'],
  [
    'group',
    {
      type: 'Microsoft.KeyVault/vaults',
      apiVersion: '2024-11-01',
      name: 'protected',
      properties: { enablePurgeProtection: true },
    },
    'deleted Microsoft.KeyVault/vaults protected',
  ],
];

for (const [where, resource, left] of SEEDED) {
  test(`azd down --purge --force: ${left}, which a template would put into the ${where}, is found`, async () => {
    const machine = new FakeMachine();
    await run(machine.azd(withMore(where, resource)), ['azd up', 'azd down --purge --force']);
    assert.deepEqual(machine.azure.left(), [left]);
  });
}

test('docs/deploy-container-apps.md: every command of azd in it is one that works, in its order', async () => {
  // Other programs' commands are run in container-apps-docs.test.ts.
  const lines = blocksOf('docs/deploy-container-apps.md')
    .flatMap(commandsOf)
    .filter((line) => /^(?:cd|azd) /.test(line));
  const machine = new FakeMachine();
  const azds = Object.values(AZD_PROJECTS).map((project) => machine.azd(project));
  let here: FakeAzd | undefined = azds[0];
  for (const line of lines) {
    if (line.startsWith('cd ')) here = azds.find(({ folder }) => line === `cd ${folder}`) ?? assert.fail(line);
    else await here?.command(line.replace('<CONTAINER_APP_URL>', 'https://ca-gateway-0.example.azurecontainerapps.io'));
  }
  assert.ok(lines.length >= 14, `${lines.length} lines`);
});
