/** What is beside the plan in deploy/load-testing: the test as Azure Load Testing reads it, and the job of spillway bench, which is run. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Command } from '../../apps/cli/src/testing/command.ts';
import type { Json } from '../../apps/render/src/arm/functions.ts';
import { CLIENT_KEY, world } from '../world.ts';
import { ArmSchemas, asObject, NO_SCHEMAS } from './arm-schemas.ts';
import { at, list } from './container-apps-fleets.ts';
import { loadTestProblems } from './load-testing-yaml.ts';

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../deploy/load-testing/${name}`, import.meta.url)), 'utf8');
const PLAN = read('locustfile.py');
const TEST = read('load-test.yaml');
const JOB = read('bench-job.yaml');

test('load-test.yaml: has documented keys alone, names entries that the plan tells, and sets what somebody reads', () => {
  assert.deepEqual(loadTestProblems(parse(TEST), PLAN), []);
  assert.equal(parse(TEST).testPlan, 'locustfile.py');
  assert.equal(list(parse(TEST).failureCriteria).length, 5);
});

test('load-test.yaml: no secret stands in it, and every CHAT_ variable that it leaves out is optional', () => {
  const { env, secrets } = parse(TEST);
  for (const { name } of env) assert.doesNotMatch(name, /PASSWORD|KEY/);
  for (const { value } of secrets) assert.match(value, /^https:\/\/VAULT\.vault\.azure\.net\/secrets\//);
});

const SLIPS: readonly (readonly [right: string, wrong: string])[] = [
  ['version: v0.1', 'version: v0.2'],
  ['testId: spillway-chat', 'testId: Spillway Chat'],
  ['testType: Locust', 'testType: locust'],
  ['testPlan: locustfile.py', 'testplan: locustfile.py'],
  ['engineInstances: 1', 'engineInstance: 1'],
  ['engineInstances: 1', 'engineInstances: 46'],
  ['name: LOCUST_USERS', 'name: LOCUST_USER'],
  ['name: CHAT_USER', 'name: CHAT_USERNAME'],
  ['LOCUST_RUN_TIME, value: "600"', 'LOCUST_RUN_TIME, value: "10m 30"'],
  ['name: CHAT_PASSWORD, value', 'name: CHAT_PASSWORD, secret'],
  ['vault.azure.net/secrets/', 'vault.azure.net/keys/'],
  ['referenceIdentities', 'referenceIdentity'],
  ['kind: KeyVault', 'kind: Keyvault'],
  ['failureCriteria', 'failCriteria'],
  ['percentage(error) > 5', 'percentage(errors) > 5'],
  ['percentage(error) > 5', 'percent(error) > 5'],
  ['first_word: p95(response_time_ms) > 10000', 'first_token: p95(response_time_ms) > 10000'],
  ['whole_answer: p95(response_time_ms) > 60000', 'whole_answer: p94(response_time_ms) > 60000'],
  ['throttled: count(requests) > 0', 'throttled: count(requests) >= 1'],
  ['errorPercentage: 80', 'errorRate: 80'],
];

for (const [right, wrong] of SLIPS) {
  test(`loadTestProblems: finds ${wrong}`, () => {
    assert.ok(TEST.includes(right), 'what is right is there');
    assert.notDeepEqual(loadTestProblems(parse(TEST.replace(right, wrong)), PLAN), []);
  });
}

const schemas = NO_SCHEMAS === false ? new ArmSchemas() : null;
/** As `az containerapp job create` sends it: the name is in its command. */
const resourceOf = (text: string) => asObject({ ...asObject(parse(text)), apiVersion: '2026-01-01', name: 'load' });

test('bench-job.yaml: fits the closed schema of a job', { skip: NO_SCHEMAS }, () => {
  assert.deepEqual(schemas?.problems(resourceOf(JOB)), []);
});

const JOB_SLIPS: readonly (readonly [right: string, wrong: string])[] = [
  ['triggerType: Manual', 'triggerType: manually'],
  ['manualTriggerConfig', 'manualTrigger'],
  ['replicaTimeout', 'replicaTimeOut'],
  ['replicaCompletionCount', 'completions'],
  ['keyVaultUrl', 'keyVaultUri'],
  ['secretRef', 'secretref'],
];

for (const [right, wrong] of JOB_SLIPS) {
  test(`bench-job.yaml: the schema finds ${wrong}`, { skip: NO_SCHEMAS }, () => {
    assert.ok(JOB.includes(right), 'what is right is there');
    assert.notDeepEqual(schemas?.problems(resourceOf(JOB.replaceAll(right, wrong))), []);
  });
}

function container(): Json {
  const template: Json = at(resourceOf(JOB), 'properties', 'template');
  return list(at(template, 'containers'))[0] ?? null;
}

const words = (): readonly string[] => list(at(container(), 'args')).map(String);

/** The arguments as they stand, but for the address and how long it takes. */
function argumentsFor(url: string): readonly string[] {
  const all = words();
  assert.equal(all[2], 'GATEWAY-URL');
  const short = { '--duration': '1', '--warm-up': '0', '--drain': '20', '--rate': '240' };
  const shorter = all.map((word) => {
    const found = Object.entries(short).find(([flag]) => word.startsWith(`${flag}=`));
    return found === undefined ? word : found.join('=');
  });
  return shorter.with(2, url);
}

test('bench-job.yaml: its arguments run against the gateway, and measure in its own words', async (t) => {
  const there = await world(t, { resources: 2 });
  const env = { OPENAI_API_KEY: CLIENT_KEY };
  const { code, stdout, stderr } = await new Command(argumentsFor(there.gateway.url), env).ended;
  // The sender may be late on a machine that has much to do; then the figures mean nothing, and that is all.
  assert.ok(code === 0 || /the sender itself was late/.test(stderr), `${stdout}\n${stderr}`);
  const [target] = JSON.parse(stdout).targets;
  assert.ok(target.calls.ok + target.calls.length >= 1, stdout);
  assert.equal(target.calls.throttled, 0);
  assert.ok(target.ttft.p95 <= target.e2e.p95);
  assert.ok(!(stdout + stderr).includes(CLIENT_KEY));
});

test('bench-job.yaml: it fails by exit 1 where the gateway has no quota left', async (t) => {
  const there = await world(t, { resources: 1 });
  await there.throttle(1, 60);
  const { code, stderr } = await new Command(argumentsFor(there.gateway.url), { OPENAI_API_KEY: CLIENT_KEY }).ended;
  assert.equal(code, 1);
  assert.match(stderr, /throttledShare>0%: it is/);
});

test('bench-job.yaml: the job may take longer than its run', () => {
  const seconds = (flag: string): number =>
    Number(
      words()
        .find((word) => word.startsWith(`${flag}=`))
        ?.split('=')[1],
    );
  const replicaTimeout = Number(at(resourceOf(JOB), 'properties', 'configuration', 'replicaTimeout'));
  assert.ok(replicaTimeout > seconds('--warm-up') + seconds('--duration') + seconds('--drain') + 60);
});
