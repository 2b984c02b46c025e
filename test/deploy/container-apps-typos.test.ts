/** Thirty slips of the pen in what azd is given; each has to be found by one of the checks. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { configFromYaml } from '@spillway/config';
import { parse } from 'yaml';
import { ArmSchemas, asObject, azureYamlProblems, NO_SCHEMAS } from './arm-schemas.ts';
import { artefact, configurationOf, type Project, predict } from './container-apps-fleets.ts';

type Typo = readonly [name: string, project: Project, right: string, wrong: string];

/** In `infra/main.json`. */
const IN_TEMPLATES: readonly Typo[] = [
  ['a property of an account', 'gateway', '"disableLocalAuth"', '"disableLocalAuthentication"'],
  ['the subdomain', 'gateway', '"customSubDomainName"', '"customSubdomain"'],
  ['the subdomain of another resource', 'gateway', '"publicNetworkAccess": "[if', '"publicNetworkAcess": "[if'],
  ['a value of a choice', 'gateway', "'Disabled', 'Enabled'", "'Off', 'On'"],
  ['rules of the network', 'gateway', '"networkAcls"', '"networkAcl"'],
  ['what the rules say', 'gateway', "'Deny', 'Allow'", "'Refuse', 'Permit'"],
  [
    'sku',
    'gateway',
    '"sku": {\n                "name": "[variables(\'deployments\')',
    '"scu": {\n                "name": "[variables(\'deployments\')',
  ],
  ['a model', 'gateway', '"format": "OpenAI"', '"formatt": "OpenAI"'],
  ['an upgrade option', 'gateway', 'OnceCurrentVersionExpired', 'OnceVersionExpired'],
  ['the filter', 'gateway', '"raiPolicyName"', '"contentFilter"'],
  ['the kind of identity', 'gateway', '"type": "UserAssigned"', '"type": "UserAsigned"'],
  ['revisions', 'gateway', '"activeRevisionsMode": "Single"', '"activeRevisionsMode": "single one"'],
  ['the port', 'gateway', '"targetPort": 8080', '"targetPort": "eight"'],
  ['ingress', 'gateway', '"allowInsecure"', '"alowInsecure"'],
  ['transport', 'gateway', '"transport": "auto"', '"transport": "http1"'],
  ['a reference to the vault', 'gateway', '"keyVaultUrl"', '"keyVaultUri"'],
  ['a probe', 'gateway', '"failureThreshold"', '"failureTreshold"'],
  ['a kind of probe', 'gateway', '"type": "Liveness"', '"type": "Liveliness"'],
  ['the path of a probe', 'gateway', '"httpGet"', '"httpget"'],
  ['traces', 'gateway', "'tracesConfiguration'", "'traceConfiguration'"],
  ['the agent', 'chat', "'openTelemetryConfiguration'", "'opentelemetryConfiguration'"],
  ['a volume', 'gateway', '"storageType": "Secret"', '"storageType": "Secrets"'],
  ['where it is mounted', 'chat', '"mountPath"', '"mountpath"'],
  ['the grace period', 'chat', '"terminationGracePeriodSeconds"', '"terminationGracePeriod"'],
  ['a variable of the container', 'gateway', '"secretRef"', '"secretref"'],
  ['scaling', 'chat', '"maxReplicas"', '"maximumReplicas"'],
  ['a parameter', 'gateway', "parameters('deploymentCapacity')", "parameters('deploymentsCapacity')"],
  ['a variable', 'gateway', "variables('token')", "variables('tokens')"],
  ['a function', 'gateway', 'toLower(', 'toLowerCase('],
  ['a symbol', 'gateway', "reference('identity')", "reference('identities')"],
  ['a bracket', 'gateway', "variables('deployments')[copyIndex()].name", "variables('deployments')[copyIndex().name"],
  [
    'a dependency',
    'gateway',
    '"dependsOn": [\n                "accounts"',
    '"dependsOn": [\n                "acounts"',
  ],
  ['a key of the configuration', 'gateway', '"keepAliveSeconds"', '"keepAliveMs"'],
  ['a key in a lambda', 'gateway', "'modelVersion'", "'version'"],
];

const schemas = NO_SCHEMAS === false ? new ArmSchemas() : null;

function problemsOf(project: Project, text: string): readonly string[] {
  try {
    const prediction = predict(project, {}, asObject(JSON.parse(text)));
    const bySchema = prediction.resources
      .filter(({ type, resource }) => schemas?.has(type, String(resource.apiVersion)))
      .flatMap(({ resource }) => schemas?.problems(resource) ?? []);
    return [...bySchema, ...(project === 'gateway' ? fileProblems(configurationOf(prediction)) : [])];
  } catch (error) {
    return [String(error)];
  }
}

function fileProblems(text: string): readonly string[] {
  const env = { GATEWAY_KEY: 'a-key-for-tests-0123456789' };
  const read = configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
  return read.kind === 'ok' ? [] : read.errors.map((error) => JSON.stringify(error));
}

test('checks of templates: nothing is found where nothing is wrong', { skip: NO_SCHEMAS }, () => {
  for (const project of ['gateway', 'chat'] as const) {
    assert.deepEqual(problemsOf(project, artefact(`${project}/infra/main.json`)), []);
  }
  assert.ok(IN_TEMPLATES.length >= 30);
});

for (const [name, project, right, wrong] of IN_TEMPLATES) {
  test(`checks of templates: find a slip in ${name} (${wrong.replaceAll(/\s+/g, ' ')})`, { skip: NO_SCHEMAS }, () => {
    const text = artefact(`${project}/infra/main.json`);
    assert.ok(text.includes(right), 'what is right is there');
    assert.notDeepEqual(
      problemsOf(
        project,
        text.replaceAll(right, () => wrong),
      ),
      [],
    );
  });
}

/** In `azure.yaml`. */
const IN_PROJECTS: readonly (readonly [right: string, wrong: string])[] = [
  ['remoteBuild', 'remotebuild'],
  ['run: ./hooks/preprovision.ts', 'script: ./hooks/preprovision.ts'],
  ['preprovision', 'beforeprovision'],
  ['kind: ts', 'kind: typescript'],
  ['project: ../../..', 'projects: ../../..'],
];

for (const [right, wrong] of IN_PROJECTS) {
  test(`azure.yaml: azd's schema finds ${wrong}`, { skip: NO_SCHEMAS }, () => {
    const file = fileURLToPath(new URL('../../deploy/container-apps/gateway/azure.yaml', import.meta.url));
    const text = readFileSync(file, 'utf8');
    assert.ok(text.includes(right));
    assert.notDeepEqual(azureYamlProblems(parse(text.replace(right, wrong))), []);
  });
}
