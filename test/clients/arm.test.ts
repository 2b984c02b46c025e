/** Azure's own management client, unmodified, over TLS with the simulator's CA: what it makes are running resources and deployments. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  type Account,
  CognitiveServicesManagementClient,
  type CognitiveServicesManagementClientOptionalParams,
  type Deployment,
} from '@azure/arm-cognitiveservices';
import { FakeClock } from '@spillway/clock';
import { type Simulator, type StartOptions, startSimulator } from '@spillway/simulator';
import { APIError, AzureOpenAI } from 'openai';

const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
const GROUP = 'rg';
const START_MS = Date.UTC(2026, 10, 21, 9, 0, 0);
const ACCOUNT = { kind: 'OpenAI', sku: { name: 'S0' }, location: 'eastus' } satisfies Account;
/** The deployment of the get-started article, of a model that is not retired. */
const UNITS = units(100);

function units(capacity: number): Deployment {
  return {
    sku: { name: 'ProvisionedManaged', capacity },
    properties: { model: { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' } },
  };
}

function standard(capacity: number, name = 'gpt-4o', type = 'Standard'): Deployment {
  return { sku: { name: type, capacity }, properties: { model: { format: 'OpenAI', name } } };
}

interface Managed {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  readonly client: CognitiveServicesManagementClient;
  readonly folder: string;
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-arm-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function clientOf(simulator: Simulator, subscription = SUBSCRIPTION, token = 'any'): CognitiveServicesManagementClient {
  const options: CognitiveServicesManagementClientOptionalParams = {
    endpoint: simulator.adminHttpsUrl ?? '',
    tlsOptions: { ca: simulator.tls?.ca ?? '' },
    retryOptions: { maxRetries: 0 },
  };
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return new CognitiveServicesManagementClient(credential, subscription, options);
}

async function managed(t: TestContext, options: Partial<StartOptions> = {}): Promise<Managed> {
  const folder = temporaryFolder(t);
  const clock = new FakeClock(START_MS);
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const simulator = await startSimulator({
    port: 0,
    clock,
    resources: [{ name: 'openai1', region: 'East US', latency }],
    tls: { caFile: join(folder, 'ca.pem') },
    ...options,
  });
  t.after(() => simulator.close());
  return { simulator, clock, client: clientOf(simulator), folder };
}

async function all<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** What the client throws: status, code and message of ARM's envelope. */
function refusal(status: number, code: string, message: RegExp = /./) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof Error && 'statusCode' in error && 'code' in error, String(error));
    assert.deepEqual([error.statusCode, error.code], [status, code], error.message);
    assert.match(error.message, message);
    return true;
  };
}

/** @returns the status. Answers take no time: nobody moves the clock meanwhile. */
async function chat({ simulator }: Managed, account: string, deployment: string): Promise<number> {
  const body = JSON.stringify({ latency: { firstTokenMs: 0, perTokenMs: 0 } });
  await fetch(`${simulator.adminUrl}/admin/resources/${account}`, { method: 'PATCH', body });
  const { url = '', key = '' } = simulator.resources.find(({ name }) => name === account) ?? {};
  const client = new AzureOpenAI({ endpoint: url, apiKey: key, apiVersion: '2024-10-21', maxRetries: 0 });
  try {
    await client.chat.completions.create({ model: deployment, messages: [{ role: 'user', content: 'Hello' }] });
    return 200;
  } catch (error) {
    if (error instanceof APIError && typeof error.status === 'number') return error.status;
    throw error;
  }
}

test('arm: the official client makes an account, which is a running resource with keys of its own', async (t) => {
  const of = await managed(t);
  const { accounts } = of.client;
  const properties = { customSubDomainName: 'my-openai' };
  const made = await accounts.beginCreateAndWait(GROUP, 'acme', { ...ACCOUNT, tags: { team: 'a' }, properties });
  assert.equal(
    made.id,
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.CognitiveServices/accounts/acme`,
  );
  const { provisioningState, endpoint = '', customSubDomainName } = made.properties ?? {};
  assert.deepEqual(
    [made.location, made.kind, made.sku?.name, made.tags, provisioningState, customSubDomainName],
    ['eastus', 'OpenAI', 'S0', { team: 'a' }, 'Succeeded', 'my-openai'],
  );
  assert.match(endpoint, /^https:\/\/127\.0\.0\.1:\d+\/$/);
  const { key1, key2 } = await accounts.listKeys(GROUP, 'acme');
  assert.ok(key1 && key2 && key1 !== key2);
  const renewed = await accounts.regenerateKey(GROUP, 'acme', 'Key1');
  assert.ok(renewed.key1 !== key1 && renewed.key2 === key2);
  await of.client.deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'chat', standard(30));
  assert.equal(await chat(of, 'acme', 'chat'), 200);
  const changed = await accounts.beginUpdateAndWait(GROUP, 'ACME', { tags: { team: 'b' } });
  assert.deepEqual([changed.tags, changed.name], [{ team: 'b' }, 'acme']);
  assert.deepEqual(
    (await all(accounts.listByResourceGroup('RG'))).map(({ name }) => name),
    ['acme'],
  );
  assert.deepEqual(
    (await all(accounts.list())).map(({ name }) => name),
    ['acme'],
  );
  const kept = await accounts.beginUpdateAndWait(GROUP, 'acme', { properties: { disableLocalAuth: true } });
  assert.equal(kept.properties?.disableLocalAuth, true);
  await assert.rejects(accounts.listKeys(GROUP, 'acme'), refusal(400, 'BadRequest', /disableLocalAuth/));
});

test('arm: resources of the file are accounts too, and what they have is deployments', async (t) => {
  const of = await managed(t);
  const client = clientOf(of.simulator, 'simulated');
  const [account, ...others] = await all(client.accounts.list());
  assert.deepEqual([account?.name, account?.location, others], ['openai1', 'eastus', []]);
  const deployments = await all(client.deployments.list('simulated', 'openai1'));
  assert.deepEqual(
    deployments.map(({ name, sku, properties }) => [name, sku?.name, sku?.capacity, properties?.model?.name]),
    [
      ['chat', 'Standard', 30, 'gpt-4o'],
      ['embedding', 'Standard', 30, 'text-embedding-3-small'],
    ],
  );
  assert.deepEqual(
    deployments[0]?.properties?.rateLimits?.map(({ key, renewalPeriod, count }) => [key, renewalPeriod, count]),
    [
      ['request', 10, 30],
      ['token', 60, 30_000],
    ],
  );
});

test('arm: a provisioned deployment is made, seen in usages, resized, listed and deleted', async (t) => {
  const of = await managed(t);
  const { accounts, deployments, usages } = of.client;
  await accounts.beginCreateAndWait(GROUP, 'acme', ACCOUNT);
  const named = { ...UNITS, properties: { model: { format: 'OpenAI', name: 'GPT-4O', version: '2024-11-20' } } };
  const made = await deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'MyModel', named);
  const { model, provisioningState, currentCapacity, raiPolicyName, versionUpgradeOption } = made.properties ?? {};
  assert.deepEqual(
    [made.name, made.sku?.name, model?.name, provisioningState, currentCapacity, raiPolicyName, versionUpgradeOption],
    [
      'MyModel',
      'ProvisionedManaged',
      'gpt-4o',
      'Succeeded',
      100,
      'Microsoft.DefaultV2',
      'OnceNewDefaultVersionAvailable',
    ],
  );
  assert.equal(await chat(of, 'acme', 'MyModel'), 200);
  const unitsUsed = async (): Promise<number | undefined> => {
    const rows = await all(usages.list('eastus'));
    return rows.find(({ name }) => name?.value === 'OpenAI.ProvisionedManaged')?.currentValue;
  };
  assert.equal(await unitsUsed(), 100);
  const grown = await deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'mymodel', units(150));
  assert.deepEqual([grown.name, grown.sku?.capacity, await unitsUsed()], ['MyModel', 150, 150]);
  assert.notEqual(grown.etag, made.etag);
  assert.equal((await all(deployments.list(GROUP, 'acme'))).length, 1);
  const tagged = await deployments.beginUpdateAndWait(GROUP, 'acme', 'MyModel', { tags: { a: 'b' } });
  assert.deepEqual([tagged.tags, tagged.sku?.capacity], [{ a: 'b' }, 150]);
  const sizes = await all(deployments.listSkus(GROUP, 'acme', 'MyModel'));
  const { minimum, step } = sizes.find(({ sku }) => sku?.name === 'ProvisionedManaged')?.capacity ?? {};
  assert.deepEqual([minimum, step], [50, 50]);
  await deployments.beginDeleteAndWait(GROUP, 'acme', 'MyModel');
  assert.equal(await unitsUsed(), 0);
  await assert.rejects(deployments.get(GROUP, 'acme', 'MyModel'), refusal(404, 'DeploymentNotFound'));
  assert.equal(await chat(of, 'acme', 'MyModel'), 404);
});

const REFUSED: ReadonlyArray<readonly [name: string, body: Deployment, code: string, message: RegExp]> = [
  [
    'units between two steps',
    units(120),
    'InvalidCapacity',
    /at least 50, in increments of 50\. The next capacity that fits is 150/,
  ],
  [
    'more than the quota',
    units(300),
    'InsufficientQuota',
    /^This operation require 300 new capacity in quota Provisioned Managed Throughput Unit, which is bigger than the current available capacity 200\. The current quota usage is 0 and the quota limit is 200 for quota /,
  ],
  [
    'a retired version',
    { sku: UNITS.sku ?? { name: '' }, properties: { model: { format: 'OpenAI', name: 'GPT-4', version: '0613' } } },
    'ServiceModelDeprecated',
    /^The model 'Format:OpenAI,Name:gpt-4,Version:0613' has been deprecated since 06\/06\/2025 00:00:00\.$/,
  ],
  ['a model that nobody knows', standard(1, 'gpt-none'), 'DeploymentModelNotSupported', /Name:gpt-none/],
  [
    'a type that the model has not',
    standard(50, 'text-embedding-3-small', 'ProvisionedManaged'),
    'InvalidResourceProperties',
    /SKU 'ProvisionedManaged'/,
  ],
  ['no capacity at all', standard(0), 'InvalidCapacity', /capacity '0'/],
];

test('arm: what Azure refuses is refused, with its code and its words', async (t) => {
  const quotas = [{ type: 'ProvisionedManaged', limit: 200 }] as const;
  const { client } = await managed(t, { control: { quotas } });
  await client.accounts.beginCreateAndWait(GROUP, 'acme', ACCOUNT);
  for (const [name, body, code, message] of REFUSED) {
    const asked = client.deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'x', body);
    await assert.rejects(asked, refusal(400, code, message), name);
  }
  assert.deepEqual(await all(client.deployments.list(GROUP, 'acme')), []);
  const nowhere = client.deployments.beginCreateOrUpdateAndWait(GROUP, 'other', 'x', standard(1));
  await assert.rejects(nowhere, refusal(404, 'ResourceNotFound', /accounts\/other' under resource group 'rg'/));
});

test('arm: the retired model of the article can be deployed where the simulator is told so', async (t) => {
  const of = await managed(t, { control: { retiredModels: 'allow' } });
  await of.client.accounts.beginCreateAndWait(GROUP, 'acme', ACCOUNT);
  const model = { format: 'OpenAI', name: 'GPT-4', version: '0613' };
  const body = { sku: { name: 'ProvisionedManaged', capacity: 100 }, properties: { model } };
  const made = await of.client.deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'MyModel', body);
  assert.deepEqual(made.properties?.model, { format: 'OpenAI', name: 'gpt-4', version: '0613' });
  assert.equal(await chat(of, 'acme', 'MyModel'), 200);
});

test('arm: Standard quota is by region, model and type, and can be raised by hand', async (t) => {
  const quotas = [{ type: 'Standard', model: 'gpt-4o', region: 'eastus', limit: 40 }] as const;
  const { client, simulator } = await managed(t, { control: { quotas } });
  await client.accounts.beginCreateAndWait(GROUP, 'acme', ACCOUNT);
  const put = (body: Deployment) => client.deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'chat', body);
  await put(standard(40));
  await assert.rejects(put(standard(41)), refusal(400, 'InsufficientQuota', /require 1 new .* available capacity 0\./));
  const url = `${simulator.adminUrl}/admin/control/quotas`;
  const raised = { type: 'Standard', model: 'gpt-4o', region: 'East US', limit: 60 };
  assert.equal((await fetch(url, { method: 'POST', body: JSON.stringify(raised) })).status, 200);
  await put(standard(60));
  const rows = await all(client.usages.list('eastus'));
  const row = rows.find(({ name }) => name?.value === 'OpenAI.Standard.gpt-4o');
  assert.deepEqual([row?.currentValue, row?.limit, row?.unit], [60, 60, 'Count']);
  const [here] = await all(client.modelCapacities.list('OpenAI', 'gpt-4o', '2024-11-20'));
  assert.deepEqual(
    [here?.location, here?.properties?.skuName, here?.properties?.availableCapacity],
    ['eastus', 'Standard', 0],
  );
});

test('arm: a deleted account keeps its name and its quota until it is purged, and can be restored', async (t) => {
  const of = await managed(t);
  const { accounts, deployments, deletedAccounts, usages } = of.client;
  await accounts.beginCreateAndWait(GROUP, 'acme', ACCOUNT);
  await deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'MyModel', UNITS);
  await accounts.beginDeleteAndWait(GROUP, 'acme');
  await assert.rejects(accounts.get(GROUP, 'acme'), refusal(404, 'ResourceNotFound'));
  const [deleted] = await all(deletedAccounts.list());
  assert.deepEqual([deleted?.name, deleted?.properties?.deletionDate], ['acme', new Date(START_MS).toISOString()]);
  const used = async () =>
    (await all(usages.list('eastus'))).find(({ name }) => name?.value === 'OpenAI.ProvisionedManaged')?.currentValue;
  assert.equal(await used(), 100);
  const again = accounts.beginCreateAndWait(GROUP, 'acme', ACCOUNT);
  await assert.rejects(again, refusal(409, 'FlagMustBeSetForRestore', /has been soft-deleted/));
  await accounts.beginCreateAndWait(GROUP, 'acme', { ...ACCOUNT, properties: { restore: true } });
  assert.equal(await chat(of, 'acme', 'MyModel'), 200);
  await accounts.beginDeleteAndWait(GROUP, 'acme');
  assert.equal((await deletedAccounts.get('eastus', GROUP, 'acme')).name, 'acme');
  await deletedAccounts.beginPurgeAndWait('eastus', GROUP, 'acme');
  assert.deepEqual([await all(deletedAccounts.list()), await used()], [[], 0]);
  await accounts.beginCreateAndWait(GROUP, 'acme', ACCOUNT);
  assert.deepEqual(await all(deployments.list(GROUP, 'acme')), []);
});

test('arm: with a time to provision, the client follows the operation, and the data plane waits for its end', async (t) => {
  const of = await managed(t, { control: { provisioningSeconds: 30 } });
  const { accounts, deployments } = of.client;
  const account = await accounts.beginCreate(GROUP, 'acme', ACCOUNT);
  assert.equal((await accounts.get(GROUP, 'acme')).properties?.provisioningState, 'Creating');
  of.clock.advance(30_000);
  await account.poll();
  assert.equal(account.getOperationState().status, 'succeeded');
  const poller = await deployments.beginCreateOrUpdate(GROUP, 'acme', 'chat', standard(30));
  assert.equal((await deployments.get(GROUP, 'acme', 'chat')).properties?.provisioningState, 'Creating');
  assert.equal(await chat(of, 'acme', 'chat'), 404);
  of.clock.advance(29_999);
  await poller.poll();
  assert.equal(poller.isDone(), false);
  const meanwhile = deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'chat', standard(31));
  await assert.rejects(meanwhile, refusal(409, 'RequestConflict', /provisioning state is not terminal/));
  of.clock.advance(1);
  await poller.poll();
  assert.equal(poller.getResult()?.properties?.provisioningState, 'Succeeded');
  assert.equal(await chat(of, 'acme', 'chat'), 200);
});

test('arm: models, SKUs and names are told as they are', async (t) => {
  const { client } = await managed(t);
  const models = await all(client.models.list('eastus'));
  const gpt = models.find(({ kind, model }) => kind === 'OpenAI' && model?.name === 'gpt-4o' && model.isDefaultVersion);
  const sku = gpt?.model?.skus?.find(({ name }) => name === 'GlobalProvisionedManaged');
  assert.deepEqual([gpt?.model?.version, sku?.usageName], ['2024-11-20', 'OpenAI.GlobalProvisionedManaged']);
  assert.deepEqual([sku?.capacity?.minimum, sku?.capacity?.step], [15, 5]);
  assert.ok((await all(client.resourceSkus.list())).some(({ kind, name }) => kind === 'OpenAI' && name === 'S0'));
  const domain = await client.checkDomainAvailability('OPENAI1', 'Microsoft.CognitiveServices/accounts');
  assert.equal(domain.isSubdomainAvailable, false);
  const requestParameters = { avgPromptTokens: 100, avgGeneratedTokens: 50 };
  const workloads = [{ requestPerMinute: 1000, requestParameters }];
  const asked = { model: { format: 'OpenAI', name: 'gpt-5.2', version: '2025-12-11' }, skuName: 'ProvisionedManaged' };
  const { estimatedCapacity } = await client.calculateModelCapacity({ ...asked, workloads });
  assert.equal(estimatedCapacity?.deployableValue, 150);
});

test('arm: accounts and deployments outlive the process, and resources of the file stay as the file says', async (t) => {
  const folder = temporaryFolder(t);
  const options = { stateFile: join(folder, 'state.db'), tls: { caFile: join(folder, 'ca.pem') } };
  const first = await managed(t, options);
  await first.client.accounts.beginCreateAndWait(GROUP, 'acme', { ...ACCOUNT, tags: { team: 'a' } });
  const properties = { ...UNITS.properties, raiPolicyName: 'strict' };
  await first.client.deployments.beginCreateOrUpdateAndWait(GROUP, 'acme', 'MyModel', { ...UNITS, properties });
  await first.client.accounts.beginCreateAndWait(GROUP, 'gone', ACCOUNT);
  await first.client.accounts.beginDeleteAndWait(GROUP, 'gone');
  const ofFile = clientOf(first.simulator, 'simulated').deployments;
  await ofFile.beginCreateOrUpdateAndWait('simulated', 'openai1', 'more', standard(5));
  await ofFile.beginCreateOrUpdateAndWait('simulated', 'openai1', 'chat', standard(99));
  await ofFile.beginCreateOrUpdateAndWait('simulated', 'openai1', 'units', units(50));
  await ofFile.beginCreateOrUpdateAndWait('simulated', 'openai1', 'late', standard(6));
  const spilling = { ...UNITS.properties, spilloverDeploymentName: 'late' };
  await ofFile.beginCreateOrUpdateAndWait('simulated', 'openai1', 'units', { ...units(50), properties: spilling });
  await first.simulator.close();

  const second = await managed(t, options);
  const { accounts, deployments, deletedAccounts } = second.client;
  assert.deepEqual((await accounts.get(GROUP, 'acme')).tags, { team: 'a' });
  const model = await deployments.get(GROUP, 'acme', 'MyModel');
  assert.deepEqual([model.sku?.capacity, model.properties?.raiPolicyName], [100, 'strict']);
  assert.equal(await chat(second, 'acme', 'MyModel'), 200);
  assert.deepEqual(
    (await all(deletedAccounts.list())).map(({ name }) => name),
    ['gone'],
  );
  const there = await all(clientOf(second.simulator, 'simulated').deployments.list('simulated', 'openai1'));
  assert.deepEqual(
    there.map(({ name, sku }) => [name, sku?.capacity]),
    [
      ['chat', 30],
      ['embedding', 30],
      ['more', 5],
      ['late', 6],
      ['units', 50],
    ],
  );
});

test('arm: with an admin key, only who has it as token is served, and told so in the envelope of ARM', async (t) => {
  const { simulator } = await managed(t, { adminKey: 'the-key' });
  const denied = clientOf(simulator).accounts.listByResourceGroup(GROUP).next();
  await assert.rejects(denied, refusal(401, 'AuthenticationFailed', /admin key/));
  assert.deepEqual(await all(clientOf(simulator, SUBSCRIPTION, 'the-key').accounts.listByResourceGroup(GROUP)), []);
});
