/** docs/monitoring.md and docs/load-testing.md: their blocks run by a real shell with stand-ins for az and azd, and what they name is there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { evaluateTemplate } from '../../apps/render/src/arm/evaluate.ts';
import type { Json, JsonObject } from '../../apps/render/src/arm/functions.ts';
import { QUERIES, renderMonitoring } from '../../apps/render/src/monitoring/render.ts';
import { ArmSchemas, asObject, NO_SCHEMAS } from './arm-schemas.ts';
import { PROJECTS, templateOf } from './container-apps-fleets.ts';
import { blocksOf, commandsOf, pageOf, ROOT } from './documents.ts';
import { loadTestProblems } from './load-testing-yaml.ts';
import { type Ran, runShell } from './shell.ts';

const MONITORING = 'docs/monitoring.md';
const LOAD = 'docs/load-testing.md';
const GROUP = '/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups/rg-balancer/providers';

const VALUES: Readonly<Record<string, string>> = {
  AZURE_LOCATION: 'eastus',
  AZURE_RESOURCE_GROUP: 'rg-balancer',
  AZURE_KEY_VAULT_NAME: 'kv-0',
  AZURE_CONTAINER_REGISTRY_ENDPOINT: 'cr0.azurecr.io',
  CONTAINER_APP_NAME: 'ca-gateway-0',
  CONTAINER_APP_URL: 'https://ca-gateway-0.example.azurecontainerapps.io',
  CHAT_APP_NAME: 'ca-chat-0',
  CHAT_URL: 'https://ca-chat-0.example.azurecontainerapps.io',
  CHAT_PASSWORD: 'a-password-for-tests',
};

/** What az prints for the queries that the pages ask it. */
const ANSWERS: readonly (readonly [asked: string, answer: string])[] = [
  ['account list*json', `["${GROUP}/Microsoft.CognitiveServices/accounts/openai1"]`],
  ['account list*tsv', `${GROUP}/Microsoft.CognitiveServices/accounts/openai1`],
  ['workspace list', `${GROUP}/Microsoft.OperationalInsights/workspaces/log-0`],
  ['show*--query id', `${GROUP}/Microsoft.App/containerApps/ca-gateway-0`],
  ['show*--query location', 'East US'],
  ['show*properties.environmentId', `${GROUP}/Microsoft.App/managedEnvironments/cae-0`],
  ['show*containers\\[0\\].image', 'cr0.azurecr.io/spillway/gateway:1'],
  ['identity list', `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/id-gateway-0`],
  ['keyvault list*id', `${GROUP}/Microsoft.KeyVault/vaults/kv-0`],
  ['keyvault list*name', 'kv-0'],
  ['identity.principalId', '22222222-0000-4000-8000-000000000000'],
  ['signed-in-user', '33333333-0000-4000-8000-000000000000'],
];

function run(t: TestContext, script: string): Ran {
  const cases = ANSWERS.map(([asked, answer]) => `*${asked.replaceAll(' ', '\\ ')}*) echo '${answer}' ;;`).join('\n');
  const values = Object.entries(VALUES).map(([name, value]) => `${name}="${value}"`);
  const programs = {
    azd: `case "$*" in "env get-values") printf '%s\\n' '${values.join("' '")}' ;; *) exit 1 ;; esac`,
    az: `case "$*" in *secret\\ set*) cat > secret ;; ${cases}\nesac`,
    locust: 'test -f deploy/load-testing/locustfile.py && echo "$LOCUST_USERS" "$LOCUST_HOST" >> "$CALLS"',
  };
  return runShell(t, script, { programs, copies: ['deploy'] });
}

/** What a reader of a block has done before: the lines that it does not repeat. */
const BEFORE = 'AZURE_RESOURCE_GROUP=rg-balancer\n';

for (const page of [MONITORING, LOAD]) {
  for (const [i, block] of blocksOf(page).entries()) {
    test(`${page}: block ${i + 1}, ${block.heading}, runs as it is printed`, (t) => {
      const text = block.text.replaceAll('<EXECUTION>', 'load-abc');
      const { status, stderr, calls } = run(t, `set -u\n${BEFORE}${text}`);
      assert.deepEqual([status, stderr], [0, ''], calls.join('\n'));
      const asked = commandsOf(block).filter((line) => /^(?:az|printf .*\| az)\b/.test(line)).length;
      assert.ok(calls.filter((call) => call.startsWith('az ')).length >= asked);
      for (const call of calls.filter((line) => line.startsWith('az ')))
        assert.doesNotMatch(call, /--\S+ (?:--|$)|a-password-for-tests/, 'no value is empty, no password is seen');
    });
  }
}

const blockWith = (page: string, text: string): string => {
  const found = blocksOf(page).filter((block) => block.text.includes(text));
  assert.equal(found.length, 1, text);
  return found[0]?.text ?? '';
};

test('load-testing.md: what it fills in is a load test of the app that is there, and leaves no word in capitals', (t) => {
  const { folder } = run(t, blockWith(LOAD, 'load-test.filled.yaml'));
  const text = readFileSync(join(folder, 'deploy/load-testing/load-test.filled.yaml'), 'utf8');
  const plan = pageOf('deploy/load-testing/locustfile.py');
  assert.deepEqual(loadTestProblems(parse(text), plan), []);
  assert.ok(text.includes('"https://ca-chat-0.example.azurecontainerapps.io"'));
  assert.ok(text.includes('https://kv-0.vault.azure.net/secrets/load-test-password'));
});

test('load-testing.md: what it fills in is a job of the environment that is there', { skip: NO_SCHEMAS }, (t) => {
  const { folder } = run(t, blockWith(LOAD, 'bench-job.filled.yaml'));
  const text = readFileSync(join(folder, 'deploy/load-testing/bench-job.filled.yaml'), 'utf8');
  const job = asObject(parse(text));
  assert.deepEqual(new ArmSchemas().problems({ ...job, apiVersion: '2026-01-01', name: 'load' }), []);
  assert.doesNotMatch(text.replaceAll(/^ *#.*$/gm, ''), /\b(?:REGION|VAULT|IMAGE|REGISTRY|[A-Z]+-(?:ID|URL))\b/);
  const identity = `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/id-gateway-0`;
  assert.equal(text.split(identity).length - 1, 3);
});

test('load-testing.md: the password goes to the vault by way of standard input', (t) => {
  const { folder } = run(t, blockWith(LOAD, 'secret set'));
  assert.equal(readFileSync(join(folder, 'deploy/container-apps/chat/secret'), 'utf8'), 'a-password-for-tests');
});

const TEMPLATE = asObject(JSON.parse(renderMonitoring().find(({ path }) => path === 'infra/main.json')?.text ?? '{}'));

test('monitoring.md: the parameters of its command are those of the template, and deploy something', (t) => {
  const { calls } = run(t, blockWith(MONITORING, 'alertEmails='));
  const call = calls.find((line) => line.startsWith('az deployment group create')) ?? '';
  const words = [...call.matchAll(/ (\w+)=(\[.*?\]|\S+)/g)].map(
    ([, name = '', value = '']) => [name, givenAs(value)] as const,
  );
  const { resources } = evaluateTemplate(TEMPLATE, { parameters: Object.fromEntries(words) });
  assert.deepEqual(resources.map(({ symbol }) => symbol).sort(), [
    'clientsFailed',
    'clientsThrottled',
    'mail',
    'noHealthyDeployment',
    'operatorProblem',
    'page',
    'restarts',
    'utilisation',
  ]);
});

function givenAs(text: string): Json {
  return text.startsWith('[') ? JSON.parse(text) : text;
}

test('monitoring.md: lists each query with what it answers, each parameter with its default, and each rule', () => {
  const page = pageOf(MONITORING);
  const queries = QUERIES.filter(({ name }) => !name.startsWith('alert-'));
  for (const { name, title } of queries)
    assert.match(page, new RegExp(`^\\| \`${name}\` \\| [\\w ]+ \\| ${escaped(title)} \\|$`, 'm'));
  const parameters: JsonObject = asObject(TEMPLATE.parameters ?? {});
  for (const [name, declared] of Object.entries(parameters)) {
    const { defaultValue = null, metadata = {} } = asObject(declared);
    const row = new RegExp(
      `^\\| \`${name}\` \\| (.*?) \\| ${escaped(String(asObject(metadata).description))}`,
      'm',
    ).exec(page);
    assert.ok(row !== null, name);
    if (typeof defaultValue === 'number') assert.equal(row[1], `\`${defaultValue}\``);
  }
  const rules = [...page.matchAll(/^\| `([\w-]+)` \| [^|]+ \| [0-4] \|$/gm)].map(([, name]) => name);
  const asked = QUERIES.filter(({ name }) => name.startsWith('alert-')).map(({ name }) => name.replace('alert-', ''));
  assert.deepEqual(rules.sort(), [...asked, 'utilisation-N', 'restarts'].sort());
});

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

test('monitoring.md, load-testing.md: name files, settings and outputs that there are', () => {
  const both = pageOf(MONITORING) + pageOf(LOAD);
  const files = [...both.matchAll(/`((?:deploy|docs|apps|test)\/[\w./-]*)`/g)].map(([, file = '']) => file);
  assert.ok(files.length >= 4, `${files.length}`);
  for (const file of files) assert.ok(existsSync(join(ROOT, file)), file);
  const settings = pageOf('docs/chat-settings.md');
  for (const [name] of both.matchAll(/\bSPILLWAY_CHAT_\w+/g)) assert.ok(settings.includes(`\`${name}\``), name);
  const outputs = PROJECTS.flatMap((project) => Object.keys(asObject(templateOf(project).outputs ?? {})));
  const told = new Set(
    [...both.matchAll(/"\$([A-Z_]+)"|\$([A-Z_]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  );
  const kept = ['CHAT_PASSWORD', 'AZURE_LOCATION'];
  for (const name of told) assert.ok(outputs.includes(name) || kept.includes(name), name);
  assert.deepEqual([...told].sort(), Object.keys(VALUES).sort());
});

test('load-testing.md: lists the entries that the plan tells', () => {
  const plan = pageOf('deploy/load-testing/locustfile.py');
  const [, table = ''] = /entry of Locust.*?\n\|[-|]+\n(.*?)\n\n/s.exec(pageOf(LOAD)) ?? [];
  const listed = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
  assert.deepEqual(listed, ['first_event', 'first_word', 'whole_answer', 'throttled', 'limited', 'sign_in', 'tidy_up']);
  for (const name of listed) assert.ok(plan.includes(`"${name}"`), name);
});
