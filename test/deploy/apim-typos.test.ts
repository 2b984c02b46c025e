/** Thirty mistakes that a careless edit could make, each seen by one of the checks. A check that sees nothing is no check. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceProblems } from './apim/arm-schema.ts';
import { crossProblems } from './apim/cross.ts';
import { NO_DATA } from './apim/data.ts';
import { configOf, FLEETS } from './apim/fleets.ts';
import { innerResources } from './apim/json.ts';
import { policyProblems } from './apim/policy-schema.ts';
import { fileOf, rendered } from './apim/rendered.ts';

const files = rendered(configOf(FLEETS['two-models'] ?? ''), { provision: true, clientTokensPerMinute: 1_000 });
const listed = rendered(
  configOf((FLEETS['two-models'] ?? '').replaceAll(/, applications: \[[^\]]*\], roles: \[[^\]]*\]/g, '')),
);

/** What is there, what takes its place. All places change. */
type Typo = readonly [was: string, is: string];

const IN_POLICY: readonly Typo[] = [
  ['<forward-request ', '<forward-requestx '],
  ['backend-id="@', 'backendid="@'],
  ['count="1"', 'count="none"'],
  ['count="1" ', ''],
  ['interval="0"', 'intervall="0"'],
  ['first-fast-retry="true"', 'first-fast-retry="yes"'],
  ['buffer-request-body="true"', 'buffer-request-body="on"'],
  ['buffer-response="false"', 'buffer-responses="false"'],
  ['counter-key=', 'counterkey='],
  ['tokens-per-minute="{{client-tokens-per-minute}}"', 'tokens-per-minute="many"'],
  ['estimate-prompt-tokens="true" ', ''],
  ['<dimension name', '<dimensions name'],
  ['exists-action="delete"', 'exists-action="remove"'],
  ['<audience>', '<audiences>'],
  ['tenant-id="{{', 'tenant="{{'],
  ['</retry>', ''],
  ['duration="86400"', 'duration="a day"'],
];

const IN_TEMPLATE: readonly Typo[] = [
  ['"acceptRetryAfter"', '"acceptRetryAfer"'],
  ['"statusCodeRanges"', '"statusCodeRange"'],
  ['"min": 429', '"min": 42'],
  ['"tripDuration"', '"tripDurations"'],
  ['"type": "Pool"', '"type": "Pools"'],
  ['"priority": 1', '"priority": 101'],
  ['"disableLocalAuth"', '"disableLocalAuths"'],
  ['"customSubDomainName"', '"customSubdomainName"'],
  ['"largeLanguageModel"', '"largeLanguageModels"'],
  ['"logs": "enabled"', '"logs": "on"'],
  ['"subscriptionRequired"', '"subscriptionsRequired"'],
  ['"userAssignedIdentities"', '"userAssignedIdentity"'],
  ['"samplingType": "fixed"', '"samplingType": "fix"'],
];

const IN_NAMES: readonly Typo[] = [
  ["'pool-gpt-4o'", "'pool-gpt-4'"],
  ['value=\\"pool-gpt-4o\\"', 'value=\\"pool-gpt-4o-\\"'],
  ['{{tenant-id}}', '{{tenantid}}'],
  ['"displayName": "identity-client-id"', '"displayName": "identity-clientid"'],
  ['name=\\"model\\"', 'name=\\"modell\\"'],
  ['output-token-variable-name=\\"token\\"', 'output-token-variable-name=\\"jwt\\"'],
  ['variable-name=\\"openings\\"', 'variable-name=\\"opening\\"'],
  ['name=\\"wait-ms\\"', 'name=\\"waitMs\\"'],
  [".Split(' ')", ".Split(' )"],
  ['"account_openai1"', '"account_openai"'],
  ["parameters('allowedPrincipals')", "parameters('allowedPrincipal')"],
  ["variables('apimName')", "variables('apiName')"],
];

/** Nothing is wrong before, and the typo changes something. */
function changed(text: string, [was, is]: Typo): string {
  assert.ok(text.includes(was), `${was} is not there`);
  return text.replaceAll(was, is);
}

test('typos: there are at least thirty', () => {
  assert.ok(IN_POLICY.length + IN_TEMPLATE.length + IN_NAMES.length >= 30);
});

for (const typo of IN_POLICY) {
  test(`policyProblems: sees ${typo[0]} become ${typo[1]}`, { skip: NO_DATA }, () => {
    assert.notDeepEqual(policyProblems(changed(fileOf(files, 'infra/policy.xml'), typo)), []);
  });
}

for (const typo of IN_TEMPLATE) {
  test(`resourceProblems: sees ${typo[0]} become ${typo[1]}`, { skip: NO_DATA }, () => {
    const template = changed(fileOf(files, 'infra/main.json'), typo);
    const problems = Object.values(innerResources(template)).flatMap((resource) => resourceProblems(resource) ?? []);
    assert.notDeepEqual(problems, []);
  });
}

for (const typo of IN_NAMES) {
  test(`crossProblems: sees ${typo[0]} become ${typo[1]}`, () => {
    const main = fileOf(listed, 'infra/main.json');
    const template = main.includes(typo[0]) ? main : fileOf(files, 'infra/main.json');
    assert.deepEqual(crossProblems(template), []);
    assert.notDeepEqual(crossProblems(changed(template, typo)), []);
  });
}
