import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { configFromYaml } from '@spillway/config';
import { startSimulator } from '@spillway/simulator';
import { ACCOUNTS_MAX } from '../deployments/discover.ts';
import type { CreateFlags } from '../deployments/flags.ts';
import { PAGES_MAX } from '../deployments/pages.ts';
import { type Answer, type Asked, armDeployment, FakeArm, heldIo } from '../deployments/testing/fake-arm.ts';
import { EXIT, UsedWrongly } from '../exit.ts';
import { Command } from '../testing/command.ts';
import { create, discover, list, remove, show } from './deployments.ts';

const ACCOUNT = '/subscriptions/simulated/resourceGroups/group/providers/Microsoft.CognitiveServices/accounts/openai1';
const PATH = `${ACCOUNT}/deployments/MyModel?api-version=2025-09-01`;
const AT = { name: 'openai1', resourceGroup: 'group' };
const MY_MODEL = { ...AT, deploymentName: 'MyModel' };
const ARTICLE = {
  ...MY_MODEL,
  modelName: 'GPT-4',
  modelVersion: '0613',
  modelFormat: 'OpenAI',
  skuName: 'ProvisionedManaged',
  skuCapacity: 100,
};
const REFUSED = { status: 400, body: { error: { code: 'InsufficientQuota', message: 'No capacity.' } } };

test('create: puts what the flags say, follows the operation on standard error, and shows what there is then', async () => {
  const operation = { 'azure-asyncoperation': '/operations/1?api-version=1', 'retry-after': '3' };
  const answers: readonly Answer[] = [
    { status: 201, headers: operation, body: armDeployment('MyModel', { provisioningState: 'Creating' }) },
    { status: 200, body: { status: 'Succeeded' } },
    { status: 200, body: armDeployment('MyModel') },
  ];
  await using arm = await FakeArm.start((_, count) => answers[count - 1] ?? null);
  const io = heldIo({ SPILLWAY_ADMIN_KEY: 'admin' });
  assert.equal(await create({ ...ARTICLE, endpoint: arm.url }, io.env, io), EXIT.done);
  assert.deepEqual(
    arm.asked.map(({ method, path }) => [method, path]),
    [
      ['PUT', PATH],
      ['GET', '/operations/1?api-version=1'],
      ['GET', PATH],
    ],
  );
  const [put] = arm.asked;
  assert.deepEqual(put?.body, {
    sku: { name: 'ProvisionedManaged', capacity: 100 },
    properties: { model: { format: 'OpenAI', name: 'GPT-4', version: '0613' } },
  });
  assert.deepEqual([put?.headers['api-key'], put?.headers.authorization], ['admin', undefined]);
  assert.match(io.written.out, /^deployment +MyModel\n.*capacity +100 PTU\n.*state +Succeeded\n/s);
  assert.equal(io.written.err, 'creating MyModel: Creating, 0 s\n');
});

test('create: each further flag reaches its place in the body; what is not given is left to Azure', async () => {
  await using arm = await FakeArm.start(() => ({ status: 200, body: armDeployment('MyModel') }));
  const io = heldIo({ AZURE_SUBSCRIPTION_ID: 'from-env' });
  const { skuCapacity, modelVersion, ...least } = ARTICLE;
  const full = {
    ...ARTICLE,
    raiPolicyName: 'strict',
    versionUpgradeOption: 'NoAutoUpgrade',
    spilloverDeploymentName: 'overflow',
    dynamicThrottling: true,
    json: true,
    subscription: 'given',
  } as const;
  await create({ ...full, endpoint: arm.url }, io.env, io);
  assert.deepEqual(JSON.parse(io.written.out), armDeployment('MyModel'));
  await create({ ...least, endpoint: arm.url }, io.env, io);
  const puts = arm.asked.filter(({ method }) => method === 'PUT');
  assert.deepEqual(
    puts.map(({ path }) => path.split('/')[2]),
    ['given', 'from-env'],
  );
  assert.deepEqual(
    puts.map(({ body }) => body),
    [
      {
        sku: { name: 'ProvisionedManaged', capacity: skuCapacity },
        properties: {
          model: { format: 'OpenAI', name: 'GPT-4', version: modelVersion },
          raiPolicyName: 'strict',
          versionUpgradeOption: 'NoAutoUpgrade',
          spilloverDeploymentName: 'overflow',
          dynamicThrottlingEnabled: true,
        },
      },
      { sku: { name: 'ProvisionedManaged' }, properties: { model: { format: 'OpenAI', name: 'GPT-4' } } },
    ],
  );
});

test('create: --no-wait asks once, and says how to see how far it is', async () => {
  const creating = armDeployment('MyModel', { provisioningState: 'Creating' });
  await using arm = await FakeArm.start(() => ({ status: 201, body: creating }));
  const io = heldIo();
  assert.equal(await create({ ...ARTICLE, wait: false, endpoint: arm.url }, {}, io), EXIT.done);
  assert.equal(arm.asked.length, 1);
  assert.match(io.written.out, /state +Creating/);
  assert.match(io.written.err, /spillway deployments show --name openai1 .*--deployment-name MyModel --endpoint http:/);
});

test('create: a refusal ends with exit 1, in words of Azure with the way out; so does Ctrl-C', async () => {
  await using arm = await FakeArm.start(() => REFUSED);
  const io = heldIo();
  assert.equal(await create({ ...ARTICLE, endpoint: arm.url }, {}, io), EXIT.failed);
  assert.match(io.written.err, /^error: InsufficientQuota: No capacity\.\n {2}do: lower --sku-capacity/);
  assert.equal(io.written.out, '');

  const asked = Promise.withResolvers<void>();
  await using silent = await FakeArm.start(() => {
    asked.resolve();
    return null;
  });
  const stopped = { ...heldIo(), stopAsked: () => asked.promise };
  assert.equal(await create({ ...ARTICLE, endpoint: silent.url }, {}, stopped), EXIT.failed);
  assert.match(stopped.written.err, /^error: Interrupted: .*\n {2}do: a change that was begun goes on/);
});

test('create: what is missing or no name is told all at once, and nothing is sent', async () => {
  const io = heldIo();
  const rows: ReadonlyArray<readonly [() => Promise<number>, RegExp]> = [
    [
      () => create({ modelFormat: 'OpenAI', name: '-x' }, {}, io),
      /--name "-x" is not a name; use 2 to 64 letters, digits, .* first\n.*--resource-group is not given.*SPILLWAY_RESOURCE_GROUP.*--deployment-name is not given.*--model-name is not given.*--sku-name is not given/s,
    ],
    [
      () => list({ name: 'openai1' }, {}, io),
      /^--resource-group is not given: its resource group; add it, or set SPILLWAY_RESOURCE_GROUP$/,
    ],
    [
      () => show(MY_MODEL, {}, io),
      /--subscription is not given, nor is AZURE_SUBSCRIPTION_ID set.*--endpoint http:\/\/127\.0\.0\.1:9000/s,
    ],
    [() => remove({ ...MY_MODEL, endpoint: 'http://10.0.0.1' }, {}, io), /plain http to another machine/],
    [() => discover({ auth: 'key', json: true, out: 'x' }, {}, io), /--json and --out do not go together/],
  ];
  for (const [run, want] of rows) {
    await assert.rejects(run(), (error: unknown) => {
      assert.ok(error instanceof UsedWrongly);
      assert.match(error.message, want);
      return true;
    });
  }
  assert.deepEqual(io.written, { out: '', err: '' });
});

test('create: for Azure a token is sent, and where nobody is signed in nothing is', async () => {
  const io = heldIo({ AZURE_SUBSCRIPTION_ID: 'sub' });
  assert.equal(await create(ARTICLE, io.env, io), EXIT.failed);
  assert.match(
    io.written.err,
    /^error: NotSignedIn: .*nobody is signed in.*az login.*--endpoint http:\/\/127\.0\.0\.1:9000 for the simulator/,
  );
});

test('create, show, list, remove: --print sends nothing', async () => {
  const io = heldIo({ SPILLWAY_ADMIN_KEY: 'secret' });
  const endpoint = 'http://127.0.0.1:9';
  await create({ ...ARTICLE, print: 'bicep' }, {}, io);
  await create({ ...ARTICLE, print: 'az', endpoint }, {}, io);
  await show({ ...MY_MODEL, print: 'az' }, {}, io);
  await list({ ...AT, print: 'rest', endpoint }, {}, io);
  await remove({ ...MY_MODEL, print: 'rest', subscription: 'sub' }, {}, io);
  const { out, err } = io.written;
  assert.match(
    out,
    /name: 'MyModel'.*--sku-name ProvisionedManaged\naz cogn.* show .*subscriptions\/simulated\/.*\$SPILLWAY_ADMIN_KEY.*DELETE.*subscriptions\/sub\//s,
  );
  assert.doesNotMatch(out, /--subscription|secret/);
  assert.match(err, /^save it as deployment\.bicep/);
});

test('show, list: as a table, and as JSON all that Azure says', async () => {
  await using arm = await FakeArm.start(({ path }) => ({
    status: 200,
    body: path === PATH ? armDeployment('MyModel') : { value: [armDeployment('MyModel'), armDeployment('second')] },
  }));
  const io = heldIo();
  await show({ ...MY_MODEL, endpoint: arm.url }, {}, io);
  await list({ ...AT, endpoint: arm.url }, {}, io);
  assert.match(
    io.written.out,
    /^deployment +MyModel\n.*\nname +model .*\nMyModel .* 100 PTU +Succeeded\nsecond .*\n$/s,
  );
  const json = heldIo();
  await list({ ...AT, endpoint: arm.url, json: true }, {}, json);
  assert.deepEqual(JSON.parse(json.written.out), [armDeployment('MyModel'), armDeployment('second')]);
});

test('list: goes from page to page, and not without end', async () => {
  const page = (asked: Asked, pages: number): Answer => {
    const at = Number(/skip=(\d+)/.exec(asked.path)?.[1] ?? 0);
    const nextLink = at + 1 < pages ? `https://management.azure.com${ACCOUNT}/deployments?skip=${at + 1}` : null;
    return { status: 200, body: { value: [armDeployment(`d${at}`)], nextLink } };
  };
  await using some = await FakeArm.start((asked) => page(asked, PAGES_MAX));
  const io = heldIo();
  assert.equal(await list({ ...AT, endpoint: some.url }, {}, io), EXIT.done);
  assert.equal(io.written.out.split('\n').length, PAGES_MAX + 2);
  await using endless = await FakeArm.start((asked) => page(asked, Number.POSITIVE_INFINITY));
  const lost = heldIo();
  assert.equal(await list({ ...AT, endpoint: endless.url }, {}, lost), EXIT.failed);
  assert.match(lost.written.err, /ListTooLong/);
  await using none = await FakeArm.start(() => ({ status: 200, body: { hello: 'world' } }));
  const other = heldIo();
  assert.equal(await list({ ...AT, endpoint: none.url }, {}, other), EXIT.failed);
  assert.match(other.written.err, /^error: NoList: .*check that --endpoint is the control/s);
});

test('remove: waits until it is gone, and tells one that never was', async () => {
  const answers: readonly Answer[] = [
    { status: 202, headers: { location: '/operations/2' } },
    { status: 202 },
    { status: 204 },
  ];
  await using arm = await FakeArm.start((_, count) => answers[count - 1] ?? { status: 204 });
  const io = heldIo();
  assert.equal(await remove({ ...MY_MODEL, endpoint: arm.url }, {}, io), EXIT.done);
  assert.deepEqual(io.written, { out: 'MyModel is deleted.\n', err: 'deleting MyModel: InProgress, 0 s\n' });
  const again = heldIo();
  assert.equal(await remove({ ...MY_MODEL, endpoint: arm.url }, {}, again), EXIT.done);
  assert.equal(again.written.out, 'openai1 has no deployment MyModel.\n');
  const json = heldIo();
  await remove({ ...MY_MODEL, json: true, wait: false, endpoint: arm.url }, {}, json);
  assert.deepEqual(JSON.parse(json.written.out), { name: 'MyModel', existed: false, waited: false });
});

const accountJson = (name: string, kind = 'OpenAI') => ({
  id: ACCOUNT.replace(/openai1$/, name),
  name,
  kind,
  location: 'eastus',
  properties: { endpoint: `https://${name}.openai.azure.com/`, provisioningState: 'Succeeded' },
});

function subscriptionWith(accounts: readonly unknown[]) {
  return ({ path }: Asked): Answer => ({
    status: 200,
    body: { value: path.includes('/deployments') ? [armDeployment('MyModel')] : accounts },
  });
}

test('discover: writes the file, once; --force writes over it; --json says the same', async () => {
  await using arm = await FakeArm.start(subscriptionWith([accountJson('openai1'), accountJson('face', 'Face')]));
  const folder = mkdtempSync(join(tmpdir(), 'spillway-'));
  const out = join(folder, 'spillway.yaml');
  try {
    const flags = { auth: 'key', endpoint: arm.url, out } as const;
    const io = heldIo();
    assert.equal(await discover(flags, {}, io), EXIT.done);
    assert.equal(io.written.out, '');
    assert.match(io.written.err, /^openai1: 1 deployment\n.*spillway\.yaml is written; .*spillway check/s);
    const text = readFileSync(out, 'utf8');
    assert.match(text, /- name: openai1\n {4}url: https:\/\/openai1\.openai\.azure\.com\n.*MyModel/s);
    const askedBefore = arm.asked.length;
    await assert.rejects(discover(flags, {}, heldIo()), /is there already; give another name, or --force/);
    assert.equal(arm.asked.length, askedBefore, 'nothing was asked for');
    assert.equal(await discover({ ...flags, force: true }, {}, heldIo()), EXIT.done);
    await assert.rejects(discover({ ...flags, out: join(folder, 'no', 'x') }, {}, heldIo()), /cannot be written/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const json = heldIo();
  await discover({ auth: 'entra', endpoint: arm.url, json: true }, {}, json);
  const draft: unknown = JSON.parse(json.written.out);
  assert.ok(typeof draft === 'object' && draft !== null && 'leftOut' in draft && Array.isArray(draft.leftOut));
  assert.match(String(draft.leftOut[0]), /^face: is of kind Face/);
});

test('discover: one resource group where asked; nothing to serve, or too much, is told', async () => {
  await using empty = await FakeArm.start(subscriptionWith([accountJson('face', 'Face')]));
  const io = heldIo();
  assert.equal(await discover({ auth: 'key', endpoint: empty.url, resourceGroup: 'group' }, {}, io), EXIT.failed);
  assert.deepEqual(
    empty.asked.map(({ path }) => path),
    [
      '/subscriptions/simulated/resourceGroups/group/providers/Microsoft.CognitiveServices/accounts?api-version=2025-09-01',
    ],
  );
  assert.match(
    io.written.err,
    /^error: NothingFound: .* in resource group group, .*check --resource-group.*\n.* {2}face: is of kind Face/s,
  );
  assert.equal(io.written.out, '');
  const many = Array.from({ length: ACCOUNTS_MAX + 1 }, (_, i) => accountJson(`a${i}`));
  await using full = await FakeArm.start(subscriptionWith(many));
  const lost = heldIo();
  assert.equal(await discover({ auth: 'key', endpoint: full.url }, {}, lost), EXIT.failed);
  assert.match(lost.written.err, /TooMany: there are 501 resources, above 500; narrow it with --resource-group/);
});

test('spillway deployments: the command of the article, as printed, makes a deployment on the simulator that answers', async () => {
  await using simulator = await simulated({ control: { retiredModels: 'allow' } });
  const { adminUrl, resources } = simulator;
  const args = `deployments create
    --name openai1 --resource-group simulated --deployment-name MyModel
    --model-name GPT-4 --model-version 0613 --model-format OpenAI --sku-capacity 100 --sku-name ProvisionedManaged`;
  const made = await new Command([...args.split(/\s+/), '--endpoint', adminUrl]).ended;
  assert.equal(made.code, 0, made.stderr);
  assert.match(
    made.stdout,
    /^deployment +MyModel\nmodel +OpenAI gpt-4 0613\ntype +ProvisionedManaged\ncapacity +100 PTU\n/,
  );
  const [openai1] = resources;
  const answer = await fetch(`${openai1?.url}/openai/deployments/MyModel/chat/completions?api-version=2024-02-01`, {
    method: 'POST',
    headers: { 'api-key': openai1?.key ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }] }),
  });
  assert.equal(answer.status, 200, await answer.text());
  const twins = { SPILLWAY_ENDPOINT: adminUrl, SPILLWAY_NAME: 'openai1', SPILLWAY_RESOURCE_GROUP: 'simulated' };
  const listed = await new Command(['deployments', 'list', '--json'], twins).ended;
  assert.match(listed.stdout, /"name": "MyModel"/);
});

test('create, show, list, remove, discover: go together against the simulator, which takes its time', async () => {
  const clock = new FakeClock();
  await using simulator = await simulated({ clock, control: { provisioningSeconds: 20 } });
  const io = heldIo({}, undefined, (ms) => clock.advance(ms));
  const at = { name: 'openai1', resourceGroup: 'simulated', endpoint: simulator.adminUrl } as const;
  const of = { ...at, deploymentName: 'ptu' } as const;
  const wanted = {
    ...of,
    modelName: 'GPT-4o',
    modelVersion: '2024-11-20',
    modelFormat: 'OpenAI',
    skuName: 'ProvisionedManaged',
  };
  assert.equal(
    await create({ ...wanted, skuCapacity: 100, spilloverDeploymentName: 'chat' }, {}, io),
    EXIT.done,
    io.written.err,
  );
  assert.match(io.written.err, /^creating ptu: \w+, 0 s\n/);
  assert.match(io.written.out, /spillover to +chat/);
  assert.equal(await show(of, {}, io), EXIT.done, io.written.err);
  assert.equal(await list(at, {}, io), EXIT.done, io.written.err);
  assert.match(io.written.out, /^ptu +gpt-4o +2024-11-20 +ProvisionedManaged +100 PTU +Succeeded$/m);
  const found = heldIo();
  assert.equal(await discover({ auth: 'key', endpoint: simulator.adminUrl }, {}, found), EXIT.done, found.written.err);
  const env = { OPENAI1_KEY: 'a', OPENAI2_KEY: 'b', OPENAI3_KEY: 'c' };
  const loaded = configFromYaml({ text: found.written.out, file: 'spillway.yaml', env, secrets: new Map() });
  assert.equal(loaded.kind, 'ok', JSON.stringify(loaded));
  assert.equal(await remove(of, {}, io), EXIT.done, io.written.err);
  assert.match(io.written.out, /\nptu is deleted\.\n$/);
  assert.equal(await show(of, {}, io), EXIT.failed);
  assert.match(io.written.err, /error: DeploymentNotFound: .*\n {2}do: those there are: spillway deployments list/);
});

test('create: what the simulator refuses is told in words of Azure, with the way out', async () => {
  await using simulator = await simulated({ control: { quotas: [{ type: 'Standard', limit: 50 }] } });
  const at = { ...MY_MODEL, resourceGroup: 'simulated', modelFormat: 'OpenAI', endpoint: simulator.adminUrl };
  const rows: ReadonlyArray<readonly [Partial<CreateFlags>, RegExp]> = [
    [
      { modelName: 'gpt-4o', skuName: 'Standard', skuCapacity: 500 },
      /InsufficientQuota: .*do: lower --sku-capacity.*usages/s,
    ],
    [
      { modelName: 'gpt-4', modelVersion: '0613', skuName: 'ProvisionedManaged', skuCapacity: 100 },
      /ServiceModelDeprecated: .*retiredModels: allow/s,
    ],
    [{ modelName: 'gpt-4o', skuName: 'ProvisionedManaged', skuCapacity: 1 }, /InvalidCapacity: .*do: models/s],
    [{ modelName: 'no-such', skuName: 'Standard' }, /DeploymentModelNotSupported: .*do: models/s],
    [{ name: 'elsewhere', modelName: 'gpt-4o', skuName: 'Standard' }, /ResourceNotFound: .*do: check --name/s],
  ];
  for (const [flags, want] of rows) {
    const io = heldIo();
    assert.equal(await create({ ...at, ...flags }, {}, io), EXIT.failed, JSON.stringify(flags));
    assert.match(io.written.err, want);
  }
});

async function simulated(options: Parameters<typeof startSimulator>[0]) {
  const simulator = await startSimulator({ port: 0, ...options });
  const { adminUrl, resources } = simulator;
  return { adminUrl, resources, [Symbol.asyncDispose]: () => simulator.close() };
}
