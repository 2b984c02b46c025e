/**
 * The two azd projects on Container Apps, as far as a machine without Azure can try them.
 * `UPDATE=1 node --test test/deploy/container-apps.test.ts` writes deploy/container-apps/NAME/infra and the goldens; read the difference.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configFromYaml } from '@spillway/config';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Prediction } from '../../apps/render/src/arm/evaluate.ts';
import { type Json, type JsonObject, textOf } from '../../apps/render/src/arm/functions.ts';
import { defaultContainerApps, renderContainerApps } from '../../apps/render/src/index.ts';
import { ArmSchemas, asObject, azureYamlProblems, NO_SCHEMAS } from './arm-schemas.ts';
import {
  at,
  configurationOf,
  defaultsOf,
  FLEETS,
  list,
  PROJECTS,
  predict,
  templateOf,
} from './container-apps-fleets.ts';

const fileAt = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function assertStored(path: string, got: string): void {
  const file = fileAt(path);
  if (process.env.UPDATE === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, got);
  }
  assert.equal(got, readFileSync(file, 'utf8'), `${path} is not current`);
}

for (const { path, text } of defaultContainerApps()) {
  test(`defaultContainerApps: deploy/container-apps/${path} is what it renders`, () => {
    assertStored(`../../deploy/container-apps/${path}`, text);
  });
}

/** Short enough to be read: each resource with what tells it from its likes, and the file of the gateway. */
function summary(prediction: Prediction): string {
  const lines = prediction.resources.map(({ type, name, resource }) => {
    const told = { location: resource.location, sku: resource.sku, scope: resource.scope };
    return `${type} ${name} ${JSON.stringify(told)}`;
  });
  const file = JSON.stringify(JSON.parse(configurationOf(prediction)), null, 2);
  return `${lines.join('\n')}\n\n${file}\n`;
}

for (const [fleet, parameters] of Object.entries(FLEETS)) {
  test(`gateway template: ${fleet} deploys what the golden lists`, () => {
    assertStored(`golden/container-apps-${fleet}.txt`, summary(predict('gateway', parameters)));
  });

  test(`gateway template: ${fleet} gives the gateway a configuration that it reads`, () => {
    const text = configurationOf(predict('gateway', parameters));
    const read = configFromYaml({
      text,
      env: { GATEWAY_KEY: 'a-key-for-tests-0123456789' },
      file: 'spillway.yaml',
      secrets: new Map(),
    });
    assert.deepEqual(read.kind === 'ok' ? read.warnings : read, []);
  });
}

const schemas = NO_SCHEMAS === false ? new ArmSchemas() : null;
/** No schema of theirs is among the test data. */
const WITHOUT_SCHEMA = [
  'Microsoft.Authorization/roleAssignments',
  'Microsoft.ContainerRegistry/registries',
  'Microsoft.Insights/components',
  'Microsoft.Insights/diagnosticSettings',
  'Microsoft.KeyVault/vaults',
  'Microsoft.KeyVault/vaults/secrets',
  'Microsoft.Network/privateDnsZones',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
  'Microsoft.Network/privateEndpoints',
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
  'Microsoft.Network/virtualNetworks',
  'Microsoft.OperationalInsights/workspaces',
  'Microsoft.Resources/resourceGroups',
];

test('templates: every resource fits the closed schema of its type', { skip: NO_SCHEMAS }, (t) => {
  const predictions = [...Object.values(FLEETS).map((fleet) => predict('gateway', fleet)), predict('chat')];
  const resources = predictions.flatMap((prediction) => prediction.resources);
  const known = resources.filter(({ type, resource }) => schemas?.has(type, String(resource.apiVersion)));
  for (const { resource, name } of known) assert.deepEqual(schemas?.problems(resource), [], name);
  assert.ok(known.length > 60, `${known.length} resources were looked at`);
  const unknown = new Set(resources.filter((one) => !known.includes(one)).map(({ type }) => type));
  assert.deepEqual([...unknown].sort(), WITHOUT_SCHEMA);
  t.diagnostic(`${unknown.size} types have no schema here: ${[...unknown].join(', ')}`);
});

for (const project of PROJECTS) {
  test(`${project} azure.yaml: fits azd's schema`, { skip: NO_SCHEMAS }, () => {
    const text = readFileSync(fileAt(`../../deploy/container-apps/${project}/azure.yaml`), 'utf8');
    assert.deepEqual(azureYamlProblems(parse(text)), []);
  });

  test(`${project} main.bicepparam: names each parameter of the template, and no other`, () => {
    const text = readFileSync(fileAt(`../../deploy/container-apps/${project}/infra/main.bicepparam`), 'utf8');
    const named = [...text.matchAll(/^param (\w+) = /gm)].map(([, name]) => name);
    assert.deepEqual(named, Object.keys(asObject(templateOf(project).parameters ?? {})));
    assert.match(text, /^using '\.\/main\.json'$/m);
  });

  test(`${project} template: no secret stands in a plain value, in an output, or in the name of anything`, () => {
    const { resources, outputs } = predict(project, project === 'chat' ? { gatewayKey: 'SECRET-GATEWAY' } : {});
    const vaults = resources.filter(({ type }) => type === 'Microsoft.KeyVault/vaults/secrets');
    const others = resources.filter((resource) => !vaults.includes(resource));
    assert.doesNotMatch(JSON.stringify([others, outputs]), /SECRET|listKeys|sharedKey/);
    assert.equal(vaults.length, project === 'chat' ? 3 : 2);
    for (const [name, parameter] of Object.entries(asObject(templateOf(project).parameters ?? {}))) {
      const isSecret = /key$|users|password/i.test(name);
      assert.equal(at(parameter, 'type') === 'securestring', isSecret, name);
    }
  });

  test(`${project} template: every variable of the container is one that the program reads`, () => {
    const { resources } = predict(project, project === 'chat' ? { gatewayKey: 'SECRET' } : {});
    const app = resources.find(({ symbol }) => symbol === 'app');
    const [container] = list(at(app?.resource ?? {}, 'properties', 'template', 'containers'));
    const names = list(at(container ?? {}, 'env')).map((entry) => textOf(at(entry, 'name')));
    const documents = ['operations', 'config', 'chat', 'chat-settings'].map((name) =>
      readFileSync(fileAt(`../../docs/${name}.md`), 'utf8'),
    );
    // The first two are read by name in the file; each flag has a twin `SPILLWAY_<FLAG>`.
    const known = [
      'GATEWAY_KEY',
      'CONFIG_DIGEST',
      'SPILLWAY_CONFIG',
      'SPILLWAY_LOG_FORMAT',
      'SPILLWAY_HOST',
      'SPILLWAY_PORT',
    ];
    const unknown = names.filter(
      (name) => !known.includes(name) && !documents.some((text) => text.includes(`\`${name}\``)),
    );
    assert.deepEqual(unknown, []);
    assert.ok(names.length >= 7);
  });
}

test('gateway template: roles are exactly those that are needed, each on one resource', () => {
  const roles = predict('gateway').resources.filter(({ type }) => type.endsWith('/roleAssignments'));
  const got = roles.map(({ resource }) => {
    const [, provider] = /providers\/([^/]+)\/[^/]+\/[^/]+$/.exec(textOf(resource.scope ?? '')) ?? [];
    return `${provider} ${textOf(at(resource, 'properties', 'roleDefinitionId'))
      .split('/')
      .at(-1)}`;
  });
  assert.deepEqual(got.sort(), [
    ...Array.from({ length: 3 }, () => 'Microsoft.CognitiveServices 5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'),
    'Microsoft.ContainerRegistry 7f951dda-4ed3-4680-a7ca-43fe172d538d',
    'Microsoft.KeyVault 4633458b-17de-408a-b874-0445c86b69e6',
  ]);
});

test('gateway template: three resources of 30,000 tokens per minute, without keys, each deployment after the other', () => {
  const { resources } = predict('gateway');
  const accounts = resources.filter(({ symbol }) => symbol === 'accounts');
  assert.deepEqual(
    accounts.map(({ name }) => name.split('-')[0]),
    ['openai1', 'openai2', 'openai3'],
  );
  for (const { resource } of accounts) assert.equal(at(resource, 'properties', 'disableLocalAuth'), true);
  const capacities = resources.filter(({ symbol }) => symbol === 'modelDeployments');
  assert.deepEqual(
    capacities.map(({ resource }) => at(resource, 'sku', 'capacity')),
    [30, 30, 30, 30, 30, 30],
  );
  const declared = at(templateOf('gateway'), 'resources', 'resources', 'properties', 'template', 'resources');
  assert.deepEqual(at(declared, 'modelDeployments', 'copy', 'mode'), 'serial');
});

test('gateway template: OPENAI_CAPACITY reaches the deployments, and the gateway by a new revision', () => {
  const [before, after] = [{}, { deploymentCapacity: 50 }].map((more) => predict('gateway', more));
  const digest = (prediction: Prediction | undefined): string =>
    /"CONFIG_DIGEST","value":"(\w+)"/.exec(JSON.stringify(prediction))?.[1] ?? '';
  assert.match(configurationOf(after ?? predict('gateway')), /"capacity":50/);
  assert.notEqual(digest(before), digest(after));
  assert.equal(digest(before), digest(predict('gateway')));
});

test('templates: what azd and the articles name is put out', () => {
  const outputs = predict('gateway').outputs;
  assert.match(textOf(outputs.CONTAINER_APP_URL ?? ''), /^https:\/\/ca-gateway-\w+\.<appsEnvironment\.defaultDomain>$/);
  assert.equal(outputs.AZURE_OPENAI_CUSTOM_URL, outputs.CONTAINER_APP_URL);
  assert.equal(outputs.OPENAI_HOST, 'azure_custom');
  assert.equal(outputs.AZURE_CONTAINER_REGISTRY_ENDPOINT, '<images.loginServer>');
  assert.match(textOf(predict('chat').outputs.CHAT_URL ?? ''), /^https:\/\/ca-chat-/);
});

test('templates: azd finds the app of each service by its tag', () => {
  for (const project of PROJECTS) {
    const app = predict(project).resources.find(({ symbol }) => symbol === 'app');
    assert.equal(at(app?.resource ?? {}, 'tags', 'azd-service-name'), project);
    const { services } = parse(readFileSync(fileAt(`../../deploy/container-apps/${project}/azure.yaml`), 'utf8'));
    assert.deepEqual(Object.keys(services), [project]);
  }
});

/** Lengths and letters that Azure takes. Source: Microsoft Learn, "Naming rules and restrictions for Azure resources". */
const NAME_RULES: readonly (readonly [type: string, rule: RegExp])[] = [
  ['Microsoft.CognitiveServices/accounts', /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$/],
  ['Microsoft.CognitiveServices/accounts/deployments', /^[^/]+\/[\w.-]{2,64}$/],
  ['Microsoft.ContainerRegistry/registries', /^[a-z0-9]{5,50}$/],
  ['Microsoft.KeyVault/vaults', /^[a-z](?:[a-z0-9]|-(?!-)){2,23}$/],
  ['Microsoft.App/containerApps', /^[a-z](?:[a-z0-9]|-(?!-)){0,30}[a-z0-9]$/],
  ['Microsoft.App/managedEnvironments', /^[a-z][a-z0-9-]{0,58}[a-z0-9]$/],
  ['Microsoft.Authorization/roleAssignments', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ['Microsoft.Network/privateEndpoints', /^[a-zA-Z0-9][\w.-]{0,78}\w$/],
  ['Microsoft.Resources/resourceGroups', /^[\w().-]{1,90}$/],
];

test('gateway template: names and role assignments are unique and legal, in any fleet', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{1,20}$/);
  const plain = { noNullPrototype: true };
  const deployment = fc.record(
    {
      name,
      model: fc.constant('gpt-5.4-mini'),
      version: fc.constant('2026-03-17'),
      type: fc.constantFrom('Standard', 'GlobalStandard', 'ProvisionedManaged'),
      capacity: fc.integer({ min: 1, max: 1000 }),
    },
    plain,
  );
  const own = fc.uniqueArray(deployment, { maxLength: 4, selector: (one) => one.name });
  const instance = fc.oneof(fc.record({ region: name }, plain), fc.record({ region: name, deployments: own }, plain));
  const fleet = fc.record(
    {
      environmentName: fc.stringMatching(/^[a-zA-Z0-9-]{1,64}$/),
      openAiInstances: fc.array(instance, { minLength: 1, maxLength: 12 }),
      ptuCapacity: fc.integer({ min: 0, max: 100 }),
      isPrivate: fc.boolean(),
    },
    plain,
  );
  fc.assert(
    fc.property(fleet, (parameters) => {
      const { resources } = predict('gateway', parameters);
      const ids = resources.map(({ type, name: own, resource }) => `${type} ${own} ${String(resource.scope)}`);
      assert.equal(new Set(ids).size, ids.length);
      const roles = resources.filter(({ type }) => type.endsWith('/roleAssignments')).map((role) => role.name);
      assert.equal(new Set(roles).size, parameters.openAiInstances.length + 2);
      for (const [type, rule] of NAME_RULES) {
        for (const one of resources) if (one.type === type) assert.match(one.name, rule);
      }
    }),
    { numRuns: 60 },
  );
});

const FILE = `
backends:
  - name: first
    url: https://first.openai.azure.com
    region: swedencentral
    deployments:
      - { name: gpt, model: gpt-5.4, modelVersion: "2026-03-05", type: ProvisionedManaged, capacity: 100, priority: 1 }
  - name: second
    url: https://second.openai.azure.com
    region: eastus
`;

function rendered(
  text: string,
  env: Readonly<Record<string, string>> = {},
  secrets: ReadonlyMap<string, string> = new Map(),
): string {
  const read = configFromYaml({ text, env, file: 'spillway.yaml', secrets });
  if (read.kind !== 'ok') throw new Error(JSON.stringify(read));
  const file = renderContainerApps(read.config).find(({ path }) => path === 'gateway/infra/main.bicepparam');
  return file?.text ?? '';
}

test('renderContainerApps: the backends of a configuration are the resources; one without deployments gets the usual ones', () => {
  const [, json = ''] = /'OPENAI_INSTANCES', '(.*)'\)\)/.exec(rendered(FILE)) ?? [];
  const instances: Json = JSON.parse(json);
  assert.deepEqual(instances, [
    {
      name: 'first',
      region: 'swedencentral',
      deployments: [
        {
          name: 'gpt',
          model: 'gpt-5.4',
          version: '2026-03-05',
          type: 'ProvisionedManaged',
          capacity: 100,
          priority: 1,
          weight: 1,
        },
      ],
    },
    { name: 'second', region: 'eastus' },
  ]);
  assert.equal(
    predict('gateway', { openAiInstances: instances }).resources.filter(({ symbol }) => symbol === 'modelDeployments')
      .length,
    3,
  );
});

test('renderContainerApps: takes docs/spillway.example.yaml as it is', () => {
  const text = readFileSync(fileAt('../../docs/spillway.example.yaml'), 'utf8');
  const env = { OPENAI1_KEY: 'k1', CHAT_APP_KEY: 'key-of-the-chat-app', REPORTS_KEY: 'key-of-the-reports' };
  const made = rendered(text, env, new Map([['/run/secrets/openai2', 'k2']]));
  const instances: Json = JSON.parse(/'OPENAI_INSTANCES', '(.*)'\)\)/.exec(made)?.[1] ?? '');
  const versions = list(instances).flatMap((one) =>
    list(at(one, 'deployments')).map((each) => [at(one, 'name'), at(each, 'name'), at(each, 'version')]),
  );
  assert.deepEqual(versions, [
    ['openai1', 'gpt-4o-ptu', '2024-11-20'],
    ['openai1', 'gpt-4o', '2024-11-20'],
    ['openai1', 'embedding', '1'],
    ['openai2', 'chat', '2024-11-20'],
    ['openai2', 'embedding', '1'],
    ['openai3', 'gpt-4o-mini', '2024-07-18'],
  ]);
});

test('renderContainerApps: says what a configuration lacks', () => {
  assert.throws(() => rendered(FILE.replace('    region: eastus\n', '')), /backends\.second\.region: is missing/);
  assert.throws(
    () => rendered(FILE.replace('modelVersion: "2026-03-05", ', '')),
    /first\/gpt\.modelVersion: is missing/,
  );
});

test('defaultsOf: reads the defaults out of main.bicepparam, so that the tests above begin with what azd would take', () => {
  const { deploymentCapacity, openAiInstances, isPrivate }: JsonObject = defaultsOf('gateway');
  assert.deepEqual([deploymentCapacity, isPrivate, list(openAiInstances ?? null).length], [30, false, 3]);
});
