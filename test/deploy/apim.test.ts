/**
 * What `spillway render apim` writes, against Microsoft's schemas and against itself. `UPDATE=1 node --test test/deploy/apim.test.ts` writes the
 * goldens and deploy/api-management; read the difference.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { resourceProblems } from './apim/arm-schema.ts';
import { crossProblems } from './apim/cross.ts';
import { dataFile, NO_DATA } from './apim/data.ts';
import { configOf, FLEETS, openConfig } from './apim/fleets.ts';
import { innerResources } from './apim/json.ts';
import { policyProblems } from './apim/policy-schema.ts';
import { fileOf, rendered } from './apim/rendered.ts';

const SHAPES = [
  ...Object.entries(FLEETS).map(([name, text]) => [name, rendered(configOf(text), { provision: true })] as const),
  ['open', rendered(openConfig(), { clientTokensPerMinute: 20_000 })] as const,
  ...Object.entries(FLEETS).map(
    ([name, text]) => [`${name} in front`, rendered(configOf(text), { frontOf: 'spillway' })] as const,
  ),
];

for (const [name, files] of SHAPES) {
  test(`renderApim: the policy of ${name} is valid at every level`, { skip: NO_DATA }, () => {
    assert.deepEqual(policyProblems(fileOf(files, 'infra/policy.xml')), []);
  });

  test(`renderApim: the resources of ${name} fit closed schemas`, { skip: NO_DATA }, () => {
    const resources = Object.values(innerResources(fileOf(files, 'infra/main.json')));
    assert.deepEqual(
      resources.flatMap((resource) => resourceProblems(resource) ?? []),
      [],
    );
    assert.ok(resources.filter((resource) => resourceProblems(resource) !== null).length >= 14);
  });

  test(`renderApim: names in ${name} lead somewhere, and nothing is read before it is set`, () => {
    assert.deepEqual(crossProblems(fileOf(files, 'infra/main.json')), []);
  });

  test(`renderApim: no secret of ${name} is in what is written`, () => {
    for (const text of files.values()) assert.doesNotMatch(text, /a-key-(of|for)-/);
  });
}

test('renderApim: types of resources without a schema here are these alone', { skip: NO_DATA }, () => {
  const types = SHAPES.flatMap(([, files]) => Object.values(innerResources(fileOf(files, 'infra/main.json'))))
    .filter((resource) => resourceProblems(resource) === null)
    .map(({ type }) => String(type));
  assert.deepEqual([...new Set(types)].sort(), [
    'Microsoft.Authorization/roleAssignments',
    'Microsoft.Insights/components',
    'Microsoft.Insights/diagnosticSettings',
    'Microsoft.OperationalInsights/workspaces',
  ]);
});

test('renderApim: azure.yaml fits the schema of azd', { skip: NO_DATA }, () => {
  const schema: unknown = JSON.parse(readFileSync(dataFile('azure.yaml.schema.json'), 'utf8'), withoutElsewhere);
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(Object(schema));
  const yaml = fileOf(rendered(openConfig()), 'azure.yaml');
  assert.equal(validate(parse(yaml)), true, JSON.stringify(validate.errors));
  assert.equal(validate(parse(yaml.replace('\nname', '\nnmae'))), false);
});

/** Schemas of others that it refers to are not here. */
function withoutElsewhere(_key: string, value: unknown): unknown {
  const isElsewhere =
    typeof value === 'object' && value !== null && '$ref' in value && /^https?:/.test(String(value.$ref));
  return isElsewhere ? {} : value;
}

test('renderApim: what API Management cannot do is told', () => {
  const told = fileOf(rendered(configOf(FLEETS['two-models'] ?? '')), 'infra/left-out.md');
  assert.match(told, /client batch.Work is left out, and let in by nothing: it is bounded by operations/);
  assert.match(told, /sign-in of anyone: one entry is taken/);
  assert.match(told, /headroom/);
  const inFront = fileOf(rendered(configOf(FLEETS['two-models'] ?? ''), { frontOf: 'spillway' }), 'infra/left-out.md');
  assert.match(inFront, /client chat-app is left out, and let in by nothing: it is bounded by models/);
  assert.doesNotMatch(inFront, /headroom/);
});

test('renderApim: names and role assignments are unique and legal for 1, 3 and 12 resources', () => {
  for (const [name, files] of SHAPES) {
    const resources = Object.values(innerResources(fileOf(files, 'infra/main.json')));
    const names = resources.map(({ type, name: own, scope }) => `${type} ${own} ${scope ?? ''}`);
    assert.equal(new Set(names).size, names.length, name);
    for (const { name: own } of resources) {
      const last = /'([^']*)'\)\]$/.exec(String(own))?.[1] ?? 'x';
      assert.match(last, /^[A-Za-z0-9][A-Za-z0-9.{}-]{0,79}$/, `${name}: ${own}`);
    }
  }
});

const GOLDENS = ['three', 'two-models', 'twelve', 'other-issuer', 'open'];

for (const name of GOLDENS) {
  test(`renderApim: golden of ${name}`, () => {
    const files = SHAPES.find(([shape]) => shape === name)?.[1] ?? new Map();
    checkFile(new URL(`golden/apim/${name}.xml`, import.meta.url), fileOf(files, 'infra/policy.xml'));
    checkFile(new URL(`golden/apim/${name}.txt`, import.meta.url), inventory(fileOf(files, 'infra/main.json')));
  });
}

/** A line for each resource; the policy has a golden of its own. */
function inventory(main: string): string {
  const lines = Object.values(innerResources(main)).map(({ type, name, sku, scope, properties }) => {
    const facts = String(type).endsWith('/policies') ? undefined : properties;
    return JSON.stringify([type, name, sku, scope, facts].filter((fact) => fact !== undefined));
  });
  return `${lines.join('\n')}\n`;
}

test('renderApim: golden policy in front of a gateway', () => {
  const files = rendered(configOf(FLEETS.three ?? ''), { frontOf: 'spillway' });
  checkFile(new URL('golden/apim/in-front.xml', import.meta.url), fileOf(files, 'infra/policy.xml'));
});

const PROJECT = new URL('../../deploy/api-management/', import.meta.url);

test('deploy/api-management: holds what its spillway.yaml renders to', () => {
  const files = rendered(configOf(readFileSync(new URL('spillway.yaml', PROJECT), 'utf8')), { provision: true });
  for (const [path, text] of files) checkFile(new URL(path, PROJECT), text);
});

test('deploy/api-management: asks for three resources with the deployments of the articles, 30 thousand tokens each', () => {
  const main = readFileSync(new URL('infra/main.json', PROJECT), 'utf8');
  const resources = Object.values(innerResources(main));
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  assert.equal(ofType('Microsoft.CognitiveServices/accounts').length, 3);
  const deployments = ofType('Microsoft.CognitiveServices/accounts/deployments');
  assert.deepEqual(
    deployments.map(({ name }) => /'(chat|embedding)'/.exec(String(name))?.[1]),
    ['chat', 'embedding', 'chat', 'embedding', 'chat', 'embedding'],
  );
  for (const { sku } of deployments) assert.match(JSON.stringify(sku), /parameters\('deploymentCapacity'\)/);
  assert.equal(JSON.parse(main).parameters.deploymentCapacity.defaultValue, 30);
  assert.ok('APIM_GATEWAY_URL' in JSON.parse(main).outputs);
});

test('deploy/api-management: every parameter that has no default is set by azd, and every one set is declared', () => {
  const { parameters } = JSON.parse(readFileSync(new URL('infra/main.json', PROJECT), 'utf8'));
  const file = readFileSync(new URL('infra/main.bicepparam', PROJECT), 'utf8');
  const set = [...file.matchAll(/^param (\w+) = /gm)].map(([, name]) => name);
  assert.deepEqual(set.toSorted(), Object.keys(parameters).sort());
  const unset = [...file.matchAll(/readEnvironmentVariable\('(\w+)'\)/g)].map(([, name]) => name);
  assert.deepEqual(unset, ['AZURE_ENV_NAME', 'AZURE_LOCATION']);
});

function checkFile(file: URL, got: string): void {
  if (process.env.UPDATE === '1') {
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, got);
  }
  assert.equal(got, readFileSync(file, 'utf8'));
}
