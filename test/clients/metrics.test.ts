/**
 * Azure's own metrics client, unmodified, reads what the deployments of a simulated resource did. Time is held by hand: what a minute
 * holds does not depend on how fast the machine is.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MetricsClient, type MetricsQueryResult } from '@azure/monitor-query-metrics';
import { FakeClock } from '@spillway/clock';
import { type Simulator, startSimulator } from '@spillway/simulator';
import { APIError, AzureOpenAI } from 'openai';

const ACCOUNT = '/subscriptions/simulated/resourceGroups/simulated/providers/Microsoft.CognitiveServices/accounts';
const NAMESPACE = 'Microsoft.CognitiveServices/accounts';
const UTILISATION = 'AzureOpenAIProvisionedManagedUtilizationV2';
const START_MS = Date.UTC(2026, 2, 2, 9, 0, 0);
const MINUTE_MS = 60_000;
/** 50 units of gpt-4o: 125,000 tokens of prompts a minute (wire §7.3). */
const DEPLOYMENTS = [
  { name: 'units', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 50 },
  { name: 'others', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 100, spilloverDeploymentName: 'chat' },
  { name: 'chat', model: 'gpt-4o', capacity: 1000 },
] as const;

interface Metered {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  readonly metrics: MetricsClient;
  /** A prompt of some 25,000 tokens that no other request had. @returns the status. */
  readonly ask: (deployment: string) => Promise<number>;
}

/** The request that a deployment refuses while the admin port holds it shut. */
async function throttle(simulator: Simulator, deployment: string): Promise<void> {
  const url = `${simulator.adminUrl}/admin/resources/openai1/deployments/${deployment}/throttle`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ seconds: 30 }) });
  assert.equal(answer.status, 200, await answer.text());
}

async function metered(t: TestContext): Promise<Metered> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-metrics-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const clock = new FakeClock(START_MS);
  const latency = { firstTokenMs: 0, perTokenMs: 0 };
  const resources = ['openai1', 'openai2'].map((name) => ({
    name,
    region: 'East US',
    deployments: DEPLOYMENTS,
    latency,
  }));
  const simulator = await startSimulator({ port: 0, clock, resources, tls: { caFile: join(folder, 'ca.pem') } });
  t.after(() => simulator.close());
  const credential = { getToken: async () => ({ token: 'any', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const metrics = new MetricsClient(simulator.adminHttpsUrl ?? '', credential, {
    tlsOptions: { ca: simulator.tls?.ca ?? '' },
    retryOptions: { maxRetries: 0 },
  });
  const { url = '', key = '' } = simulator.resources[0] ?? {};
  const client = new AzureOpenAI({ endpoint: url, apiKey: key, apiVersion: '2024-10-21', maxRetries: 0 });
  let asked = 0;
  const ask = async (model: string): Promise<number> => {
    const content = `${asked++} ${'some words to read '.repeat(5_000)}`;
    try {
      await client.chat.completions.create({ model, messages: [{ role: 'user', content }], max_tokens: 1 });
      return 200;
    } catch (error) {
      if (error instanceof APIError) return Number(error.status);
      throw error;
    }
  };
  return { simulator, clock, metrics, ask };
}

/** Of each series, by what it is told apart by: one aggregation, minute by minute. */
function valuesOf(result: MetricsQueryResult | undefined, aggregation: 'average' | 'maximum' | 'total') {
  const series = result?.metrics[0]?.timeseries ?? [];
  return Object.fromEntries(
    series.map(({ metadatavalues = [], data = [] }) => [
      metadatavalues.map(({ value }) => value).join(' '),
      data.map((point) => Math.round(point[aggregation] ?? Number.NaN)),
    ]),
  );
}

test('@azure/monitor-query-metrics: utilisation rises with load, split by deployment, and passes 100 % in the minute of the first 429', async (t) => {
  const { clock, metrics, ask } = await metered(t);
  const statuses: number[][] = [];
  for (const requests of [1, 3, 8]) {
    const minute: number[] = [];
    for (let i = 0; i < requests; i++) minute.push(await ask('units'));
    statuses.push(minute);
    clock.advance(MINUTE_MS);
  }
  assert.deepEqual(statuses.slice(0, 2), [[200], [200, 200, 200]]);
  assert.ok(statuses[2]?.includes(429), 'the third minute asks for more than there is');
  const [result] = await metrics.queryResources([`${ACCOUNT}/openai1`], [UTILISATION], NAMESPACE, {
    startTime: new Date(START_MS),
    endTime: new Date(START_MS + 3 * MINUTE_MS),
    aggregation: 'Average,Maximum',
    interval: 'PT1M',
    filter: "ModelDeploymentName eq '*'",
  });
  assert.equal(result?.metrics[0]?.name, 'Provisioned-managed Utilization V2');
  assert.equal(result?.metrics[0]?.unit, 'Percent');
  const { units = [], others = [], ...more } = valuesOf(result, 'average');
  assert.deepEqual(more, {}, 'a Standard deployment has no units');
  assert.deepEqual(others, [0, 0, 0], 'no use is 0, not nothing');
  const [first = 0, second = 0, third = 0] = units;
  assert.ok(first > 10 && first < 35, `a minute of one request: ${first} %`);
  assert.equal(Math.round((3 * first) / 10), Math.round(second / 10), `three times as many: ${second} %`);
  assert.ok(third > 100, `a minute of 429s: ${third} %`);
});

test('@azure/monitor-query-metrics: requests by status and spillover, of two accounts at once, in any case', async (t) => {
  const { simulator, clock, metrics, ask } = await metered(t);
  assert.equal(await ask('chat'), 200);
  await throttle(simulator, 'others');
  assert.equal(await ask('others'), 200, 'chat took it');
  await throttle(simulator, 'units');
  assert.equal(await ask('units'), 429);
  clock.advance(MINUTE_MS);
  const ids = [`${ACCOUNT.toLowerCase()}/OPENAI1`, `${ACCOUNT}/openai2`];
  const [first, second] = await metrics.queryResources(ids, ['azureopenairequests'], NAMESPACE.toLowerCase(), {
    interval: 'FULL',
    filter: "ModelDeploymentName eq '*' and StatusCode eq '*' and IsSpillover eq '*'",
  });
  const want = { 'chat 200 False': [1], 'chat 200 True': [1], 'units 429 False': [1] };
  assert.deepEqual(valuesOf(first, 'total'), want);
  assert.deepEqual([first?.resourceId, first?.resourceRegion], [`${ACCOUNT}/openai1`, 'eastus']);
  assert.deepEqual(valuesOf(second, 'total'), {}, 'nothing was asked of the other account');
  const [utilised] = await metrics.queryResources([ids[0] ?? ''], [UTILISATION], NAMESPACE, {
    aggregation: 'Maximum',
    filter: "ModelDeploymentName eq '*'",
    interval: 'FULL',
  });
  assert.deepEqual(valuesOf(utilised, 'maximum'), { units: [100], others: [100] }, 'a refusal is 100 % at least');
});

test('@azure/monitor-query-metrics: tokens are those of answers, and usage says the same', async (t) => {
  const { clock, metrics, ask } = await metered(t);
  for (const deployment of ['chat', 'units', 'chat']) assert.equal(await ask(deployment), 200);
  clock.advance(MINUTE_MS);
  const names = ['ProcessedPromptTokens', 'GeneratedTokens', 'TokenTransaction'];
  const options = { interval: 'FULL', filter: "ModelDeploymentName eq 'chat'" };
  const [result] = await metrics.queryResources([`${ACCOUNT}/openai1`], names, NAMESPACE, options);
  const totals = result?.metrics.map(({ timeseries }) => timeseries[0]?.data?.[0]?.total ?? -1) ?? [];
  const [prompt = 0, generated = 0, all = 0] = totals;
  assert.equal(generated, 2, 'a token for each of two requests');
  assert.ok(prompt > 40_000, `${prompt} tokens of two prompts`);
  assert.equal(all, prompt + generated);
});

const REFUSED: ReadonlyArray<
  readonly [what: string, ids: readonly string[], names: readonly string[], filter: string, want: RegExp]
> = [
  [
    'a metric that there is not',
    [`${ACCOUNT}/openai1`],
    ['Foo'],
    '',
    /metric: Foo, Valid metrics: AzureOpenAIRequests,/,
  ],
  [
    'a dimension that it has not',
    [`${ACCOUNT}/openai1`],
    ['ActiveTokens'],
    "StatusCode eq '*'",
    /does not support requested dimension combination: StatusCode, supported ones are: Region,/,
  ],
  [
    'an account that there is not',
    [`${ACCOUNT}/openai9`],
    ['ActiveTokens'],
    '',
    /openai9' under resource group 'simulated' was not found/,
  ],
];

for (const [what, ids, names, filter, want] of REFUSED) {
  test(`@azure/monitor-query-metrics: is refused ${what}, in Azure's words`, async (t) => {
    const { metrics } = await metered(t);
    const options = filter === '' ? {} : { filter };
    await assert.rejects(metrics.queryResources([...ids], [...names], NAMESPACE, options), want);
  });
}
