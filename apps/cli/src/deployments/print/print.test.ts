/** One command in, one file out: golden/NAME.*; `UPDATE_GOLDEN=1` writes them anew, for a person to read. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { bodyOf, type DeploymentAsk } from '../ask.ts';
import { endpointOf } from '../endpoint.ts';
import { type Language, printed } from './print.ts';
import type { Doing, PrintTarget } from './request.ts';

const ARTICLE: DeploymentAsk = {
  place: { subscription: '', resourceGroup: 'myResourceGroupName', account: 'myResourceName', deployment: 'MyModel' },
  model: { format: 'OpenAI', name: 'GPT-4', version: '0613' },
  sku: { name: 'ProvisionedManaged', capacity: 100 },
  raiPolicyName: null,
  versionUpgradeOption: null,
  spilloverDeploymentName: null,
  dynamicThrottlingEnabled: null,
};
const FULL: DeploymentAsk = {
  ...ARTICLE,
  raiPolicyName: 'Microsoft.DefaultV2',
  versionUpgradeOption: 'OnceCurrentVersionExpired',
  spilloverDeploymentName: 'overflow',
  dynamicThrottlingEnabled: true,
};
const SPILLING: DeploymentAsk = { ...ARTICLE, spilloverDeploymentName: 'overflow' };
/** Nothing of this is a name that Azure would take; all of it must stay a text. */
const ODD: DeploymentAsk = {
  ...FULL,
  place: { ...ARTICLE.place, resourceGroup: "it's (a) group!" },
  model: { format: 'OpenAI', name: `a'b"c\\d$(e)\`f\`\${g}%{h}`, version: null },
  sku: { name: "[concat('a')]", capacity: null },
  raiPolicyName: 'two\nlines\tand $HOME',
  spilloverDeploymentName: '@file',
  dynamicThrottlingEnabled: false,
};

const AZURE: PrintTarget = { endpoint: endpointOf(), subscription: null, hasAdminKey: true };
const KNOWN: PrintTarget = { ...AZURE, subscription: '00000000-0000-0000-0000-000000000000' };
const SIMULATOR: PrintTarget = {
  endpoint: endpointOf('http://127.0.0.1:9000'),
  subscription: 'simulated',
  hasAdminKey: true,
};

const { deployment: _, ...ACCOUNT } = ARTICLE.place;
const SHOW: Doing = { kind: 'show', place: ARTICLE.place };
const LIST: Doing = { kind: 'list', place: ACCOUNT };
const DELETE: Doing = { kind: 'delete', place: ARTICLE.place };
const created = (ask: DeploymentAsk): Doing => ({ kind: 'create', ask });

const GOLDEN: ReadonlyArray<readonly [file: string, Doing, Language, PrintTarget]> = [
  ['article.az.sh', created(ARTICLE), 'az', AZURE],
  ['article.rest.sh', created(ARTICLE), 'rest', AZURE],
  ['article.arm.json', created(ARTICLE), 'arm', AZURE],
  ['article.bicep', created(ARTICLE), 'bicep', AZURE],
  ['article.tf', created(ARTICLE), 'terraform', AZURE],
  ['full.az.sh', created(FULL), 'az', AZURE],
  ['full.rest.sh', created(FULL), 'rest', KNOWN],
  ['full.arm.json', created(FULL), 'arm', KNOWN],
  ['full.bicep', created(FULL), 'bicep', KNOWN],
  ['full.tf', created(FULL), 'terraform', KNOWN],
  ['spilling.az.sh', created(SPILLING), 'az', KNOWN],
  ['odd.az.sh', created(ODD), 'az', KNOWN],
  ['odd.rest.sh', created(ODD), 'rest', AZURE],
  ['odd.arm.json', created(ODD), 'arm', KNOWN],
  ['odd.bicep', created(ODD), 'bicep', KNOWN],
  ['odd.tf', created(ODD), 'terraform', KNOWN],
  ['simulator.rest.sh', created(ARTICLE), 'rest', SIMULATOR],
  ['show.az.sh', SHOW, 'az', AZURE],
  ['show.rest.sh', SHOW, 'rest', AZURE],
  ['list.az.sh', LIST, 'az', KNOWN],
  ['list.rest.sh', LIST, 'rest', SIMULATOR],
  ['delete.az.sh', DELETE, 'az', AZURE],
  ['delete.rest.sh', DELETE, 'rest', KNOWN],
];

test('printed: each language as the golden file has it', () => {
  for (const [file, doing, language, target] of GOLDEN) {
    const url = new URL(`golden/${file}`, import.meta.url);
    const { text } = printed(doing, language, target);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(url, text);
    assert.equal(text, readFileSync(url, 'utf8'), file);
  }
});

/** The words that a shell makes of the script, with the program itself replaced. */
function words(script: string, program: string): readonly string[] {
  const spy = `${program}() { printf '%s\\0' "$@"; }\naz() { printf token; }\n`;
  const prelude = program === 'az' ? `az() { printf '%s\\0' "$@"; }\n` : spy;
  const env = { PATH: '', AZURE_SUBSCRIPTION_ID: 'sub', SPILLWAY_ADMIN_KEY: 'key' };
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-eu'], {
    input: prelude + script,
    env,
    encoding: 'utf8',
    timeout: 10_000,
  });
  assert.deepEqual([stderr, status], ['', 0]);
  return stdout.split('\0').slice(0, -1);
}

function valueAfter(all: readonly string[], flag: string): string {
  const at = all.indexOf(flag);
  assert.notEqual(at, -1, `${flag} in ${all.join(' ')}`);
  return all[at + 1] ?? '';
}

test('printed: a shell reads back exactly what was asked, whatever the names hold', () => {
  const az = words(printed(created(ODD), 'az', KNOWN).text, 'az');
  assert.deepEqual(az.slice(0, 3), ['rest', '--method', 'put']);
  assert.deepEqual(JSON.parse(valueAfter(az, '--body')), bodyOf(ODD));
  const curl = words(printed(created(ODD), 'rest', AZURE).text, 'curl');
  assert.deepEqual(JSON.parse(valueAfter(curl, '--data')), bodyOf(ODD));
  assert.equal(
    valueAfter(curl, '--url'),
    'https://management.azure.com/subscriptions/sub/resourceGroups/it%27s%20%28a%29%20group%21/providers/Microsoft.CognitiveServices/accounts/myResourceName/deployments/MyModel?api-version=2025-09-01',
  );
  assert.ok(curl.includes('authorization: Bearer token'));
  assert.ok(words(printed(LIST, 'rest', SIMULATOR).text, 'curl').includes('api-key: key'));
  const plain = words(printed(created({ ...SPILLING, place: ODD.place }), 'az', KNOWN).text, 'az');
  assert.equal(valueAfter(plain, '--resource-group'), "it's (a) group!");
  assert.equal(valueAfter(plain, '--spillover-deployment-name'), 'overflow');
});

test('printed: a template says what was asked, with what would be an expression made a text', () => {
  const template: unknown = JSON.parse(printed(created(ODD), 'arm', AZURE).text);
  const [sku, ...rest] = JSON.stringify(template).match(/\[\[concat\('a'\)\]/g) ?? [];
  assert.deepEqual([sku, rest], ["[[concat('a')]", []]);
  assert.deepEqual(template, {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [
      {
        type: 'Microsoft.CognitiveServices/accounts/deployments',
        apiVersion: '2025-09-01',
        name: 'myResourceName/MyModel',
        ...bodyOf(ODD),
        sku: { name: "[[concat('a')]" },
      },
    ],
  });
});

test('printed: what az and templates cannot address to a simulator says that it is for Azure; a request says nothing', () => {
  for (const language of ['az', 'arm', 'bicep', 'terraform'] as const) {
    const { usage } = printed(created(ARTICLE), language, SIMULATOR);
    assert.match(usage ?? '', /^this is for Azure and leaves --endpoint http:\S+ out; --print rest/, language);
  }
  assert.equal(printed(created(ARTICLE), 'rest', SIMULATOR).usage, null);
});

test('printed: says how it is used, and that no template can ask what there is', () => {
  assert.match(
    printed(created(ARTICLE), 'bicep', AZURE).usage ?? '',
    /az deployment group create --resource-group myResourceGroupName/,
  );
  const { usage } = printed(created(ARTICLE), 'terraform', AZURE);
  assert.match(usage ?? '', /then: export ARM_SUBSCRIPTION_ID=.* && terraform init && terraform apply$/);
  assert.match(printed(created(ARTICLE), 'arm', KNOWN).usage ?? '', /--subscription 0{8}-\S+ --template-file/);
  assert.match(printed(created(ARTICLE), 'terraform', KNOWN).usage ?? '', /^save it as main\.tf, then: terraform init/);
  assert.equal(printed(created(ARTICLE), 'az', AZURE).usage, null);
  assert.throws(() => printed(LIST, 'bicep', AZURE), /bicep describes what shall be/);
});
