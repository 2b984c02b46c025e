/**
 * What the public samples of the articles (openai-aca-lb, openai-apim-lb) get wrong, one test for each defect that no other test is about: ours
 * have none of them. Besides, what the templates promise and a golden does not show.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { knownModel } from '@spillway/protocol';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../../apps/render/src/arm/functions.ts';
import { innerResources, objectAt, type JsonObject as Read } from './apim/json.ts';
import { lastName } from './apim/pools.ts';
import { everyElement, readPolicy } from './apim/tree.ts';
import { at, configurationOf, list, PROJECTS, type Project, predict } from './container-apps-fleets.ts';

const DEPLOY = new URL('../../deploy/', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, DEPLOY), 'utf8');

function resourceOf(project: Project, symbol: string, more: JsonObject = {}): JsonObject {
  const found = predict(project, more).resources.find((one) => one.symbol === symbol);
  if (found === undefined) throw new Error(`no ${symbol}`);
  return found.resource;
}

const fileOf = (more: JsonObject = {}): Json => JSON.parse(configurationOf(predict('gateway', more)));

test('azure.yaml: azd deploys, not a hook that asks and needs the Azure CLI', () => {
  for (const project of PROJECTS) {
    const { services, hooks } = parse(textOf(`container-apps/${project}/azure.yaml`));
    assert.equal(services[project].docker.remoteBuild, true);
    assert.deepEqual(Object.keys(hooks), ['preprovision', 'postprovision']);
    assert.doesNotMatch(JSON.stringify(hooks), /interactive|"sh"|pwsh/);
    for (const file of readdirSync(new URL(`container-apps/${project}/hooks`, DEPLOY))) {
      assert.doesNotMatch(textOf(`container-apps/${project}/hooks/${file}`), /'acr'|'containerapp'|'update'/, file);
    }
  }
});

test('templates: apps have probes of all kinds, never sleep, and end in time', () => {
  for (const project of PROJECTS) {
    const template = at(resourceOf(project, 'app'), 'properties', 'template');
    const [container = {}] = list(at(template, 'containers'));
    assert.deepEqual(
      list(at(container, 'probes')).map((probe) => at(probe, 'type')),
      ['Startup', 'Readiness', 'Liveness'],
    );
    assert.deepEqual([at(template, 'scale', 'minReplicas'), at(template, 'scale', 'maxReplicas')], [1, 1]);
    assert.ok(Number(at(template, 'terminationGracePeriodSeconds')) >= 60);
  }
});

test('gateway template: scales on requests once more than one replica may run, and not on the processor', () => {
  const scale = at(resourceOf('gateway', 'app', { replicasMax: 3 }), 'properties', 'template', 'scale');
  assert.deepEqual(scale, {
    minReplicas: 1,
    maxReplicas: 3,
    rules: [{ name: 'requests', http: { metadata: { concurrentRequests: '200' } } }],
  });
});

test('gateway template: resources share the load, and are no chain of which only the first one works', () => {
  const priorities = list(at(fileOf(), 'backends')).flatMap((backend) =>
    list(at(backend, 'deployments')).map((deployment) => at(deployment, 'priority')),
  );
  assert.deepEqual(priorities, [1, 1, 1, 1, 1, 1]);
});

test('gateway template: provisioned units go first, and what they cannot take goes to the rest', () => {
  const [first = null] = list(at(fileOf({ ptuCapacity: 50 }), 'backends'));
  assert.deepEqual(
    list(at(first, 'deployments')).map((one) => [
      at(one, 'name'),
      at(one, 'type'),
      at(one, 'capacity'),
      at(one, 'priority'),
    ]),
    [
      ['chat-ptu', 'ProvisionedManaged', 50, 1],
      ['chat', 'GlobalStandard', 30, 2],
      ['embedding', 'GlobalStandard', 30, 1],
    ],
  );
});

test('templates: the models are some that are known, none of those that were retired', () => {
  const models = new Set(
    list(at(fileOf(), 'backends')).flatMap((backend) =>
      list(at(backend, 'deployments')).map((one) => String(at(one, 'model'))),
    ),
  );
  for (const [, name = ''] of textOf('api-management/spillway.yaml').matchAll(/model: ([\w.-]+)/g)) models.add(name);
  assert.ok(models.size >= 2);
  for (const name of models) {
    assert.notEqual(knownModel(name), null, name);
    assert.doesNotMatch(name, /^(?:gpt-35|gpt-3\.5|gpt-4(?:-32k)?$|text-embedding-ada)/);
  }
});

test('templates: what is secret for a container is a reference to the vault, by the identity of the app', () => {
  for (const project of PROJECTS) {
    const app = resourceOf(project, 'app', project === 'chat' ? { gatewayKey: 'SECRET' } : {});
    const secrets = list(at(app, 'properties', 'configuration', 'secrets'));
    const byName = new Map(secrets.map((secret) => [at(secret, 'name'), secret]));
    const [container = {}] = list(at(app, 'properties', 'template', 'containers'));
    const used = list(at(container, 'env')).flatMap((entry) => at(entry, 'secretRef') ?? []);
    assert.ok(used.length >= 2);
    for (const name of used) {
      assert.match(String(at(byName.get(name) ?? {}, 'keyVaultUrl')), new RegExp(`secrets/${name}$`));
      assert.match(String(at(byName.get(name) ?? {}, 'identity')), /userAssignedIdentities/);
    }
    // The gateway's file, in which secrets are named, is the one that is no reference.
    const plain = secrets.filter((secret) => at(secret, 'keyVaultUrl') === null);
    assert.deepEqual(
      plain.map((secret) => at(secret, 'name')),
      project === 'gateway' ? ['spillway-yaml'] : [],
    );
  }
});

test('gateway template: a long silence is survived where it is asked for, and streams survive without', () => {
  const properties = at(resourceOf('gateway', 'appsEnvironment', { idleMinutes: 30 }), 'properties');
  assert.equal(at(properties, 'ingressConfiguration', 'requestIdleTimeout'), 30);
  const profile = at(properties, 'ingressConfiguration', 'workloadProfileName');
  assert.deepEqual(
    list(at(properties, 'workloadProfiles')).map((one) => at(one, 'name')),
    ['Consumption', profile],
  );
  const usual = at(resourceOf('gateway', 'appsEnvironment'), 'properties');
  assert.equal(at(usual, 'ingressConfiguration'), null);
  assert.equal(at(fileOf(), 'streams', 'keepAliveSeconds'), 120);
});

test('gateway template: tokens are taken from whoever deploys and from those who are listed, and from nobody where none is', () => {
  const listed = fileOf({ principalId: 'me', gatewayPrincipals: 'a,b' });
  const [entry = null] = list(at(listed, 'signIn'));
  assert.deepEqual([at(entry, 'azureTokens'), at(entry, 'principals')], [true, ['me', 'a', 'b']]);
  const nobody = fileOf({ principalId: '', gatewayPrincipals: '' });
  assert.deepEqual(at(nobody, 'signIn'), []);
  assert.deepEqual(
    list(at(nobody, 'clients')).map((client) => at(client, 'name')),
    ['chat-app'],
  );
});

test('gateway template: a private one lets nobody reach the models from outside', () => {
  const { resources } = predict('gateway', { isPrivate: true });
  const accounts = resources.filter(({ symbol }) => symbol === 'accounts');
  assert.equal(accounts.length, 3);
  for (const { resource } of accounts) {
    assert.equal(at(resource, 'properties', 'publicNetworkAccess'), 'Disabled');
    assert.equal(at(resource, 'properties', 'networkAcls', 'defaultAction'), 'Deny');
  }
  assert.equal(resources.filter(({ type }) => type === 'Microsoft.Network/privateEndpoints').length, 3);
});

test('templates: logs go by way of Azure Monitor, without a key of the workspace, and traces to Application Insights', () => {
  for (const project of PROJECTS) {
    const properties = at(resourceOf(project, 'appsEnvironment'), 'properties');
    assert.deepEqual(at(properties, 'appLogsConfiguration'), { destination: 'azure-monitor' });
    assert.deepEqual(at(properties, 'openTelemetryConfiguration', 'tracesConfiguration', 'destinations'), [
      'appInsights',
    ]);
  }
});

const APIM = innerResources(textOf('api-management/infra/main.json'));
const ofType = (type: string): readonly Read[] =>
  Object.values(APIM).filter((resource) => resource.type === `Microsoft.ApiManagement/service/${type}`);
const POLICY = readPolicy(textOf('api-management/infra/policy.xml'));

test('deploy/api-management: every backend has a breaker that believes Retry-After, and stands in a pool', () => {
  const singles = ofType('backends').filter(({ properties }) => objectAt(properties).type === 'Single');
  const pooled = ofType('backends').flatMap(({ properties }) => {
    const { pool } = objectAt(properties);
    return JSON.stringify(pool ?? {});
  });
  assert.equal(singles.length, 6);
  for (const { name, properties } of singles) {
    const [rule] = objectAt(properties, 'circuitBreaker').rules as readonly unknown[];
    assert.equal(objectAt(rule).acceptRetryAfter, true);
    assert.ok(
      pooled.some((pool) => pool.includes(`'${lastName(name)}'`)),
      String(name),
    );
  }
});

test('deploy/api-management: every logger has a diagnostic that uses it', () => {
  const loggers = Object.entries(APIM).filter(([, { type }]) => String(type).endsWith('/loggers'));
  assert.equal(loggers.length, 2);
  const used = ofType('apis/diagnostics').map(({ properties }) => String(objectAt(properties).loggerId));
  for (const [, { name }] of loggers)
    assert.ok(
      used.some((id) => id.includes(`'${lastName(name)}'`)),
      String(name),
    );
});

test('deploy/api-management: sign-in has no switch, in a named value or a parameter, that could be off', () => {
  const values = ofType('namedValues').map(({ name }) => lastName(name));
  assert.deepEqual(values.sort(), [
    'allowed-principals',
    'client-tokens-per-minute',
    'identity-client-id',
    'tenant-id',
  ]);
  const { parameters } = objectAt(JSON.parse(textOf('api-management/infra/main.json')));
  assert.doesNotMatch(Object.keys(objectAt(parameters)).join(), /auth|enable|require/i);
  const doors = [...everyElement(POLICY)].filter(({ name }) => name === 'validate-azure-ad-token');
  assert.equal(doors.length, 1);
});

test('deploy/api-management: a backend is asked again only for what another could do better, at most once for each', () => {
  const [retry, ...more] = [...everyElement(POLICY)].filter(({ name }) => name === 'retry');
  assert.equal(more.length, 0);
  const { condition = '', count } = retry?.attributes ?? {};
  assert.equal(count, '2');
  assert.match(condition, /StatusCode == 429 \|\| context\.Response\.StatusCode >= 500/);
  assert.doesNotMatch(condition, /401|403|404/);
});

test('deploy/api-management: the version of the API is what clients ask for, not one of long ago', () => {
  const versions = [...everyElement(POLICY)].filter(({ attributes }) => attributes.name === 'api-version');
  assert.equal(versions.length, ofType('backends').filter(({ name }) => lastName(name).startsWith('pool-')).length);
  assert.doesNotMatch(textOf('api-management/infra/policy.xml'), /2023-/);
});

/** Of a template, and of one expression in it. Source: Microsoft Learn, "ARM template best practices", limits, read 2026-11-21. */
const LIMITS = { bytes: 4_194_304, resources: 800, parameters: 256, outputs: 64, expressionChars: 24_576 } as const;

test('templates: stay below the limits of ARM', () => {
  const files = ['container-apps/gateway', 'container-apps/chat', 'api-management', 'monitoring'];
  for (const file of files) {
    const text = textOf(`${file}/infra/main.json`);
    const template = objectAt(JSON.parse(text));
    assert.ok(Buffer.byteLength(text) < LIMITS.bytes, file);
    assert.ok(Object.keys(objectAt(template.parameters)).length <= LIMITS.parameters, file);
    assert.ok(Object.keys(objectAt(template.outputs)).length <= LIMITS.outputs, file);
    const expressions = [...text.matchAll(/"(\[[^[].*\])"/g)].map(([, expression = '']) => expression.length);
    assert.ok(expressions.length > 10, file);
    assert.ok(Math.max(...expressions) < LIMITS.expressionChars, file);
  }
  assert.ok(
    predict('gateway', { openAiInstances: Array.from({ length: 100 }, () => ({ region: 'eastus' })) }).resources
      .length < LIMITS.resources,
  );
});
