/**
 * The get-started article on provisioned deployments, step by step, against the simulator: create the deployment with the printed
 * command, call it, watch its utilisation with Azure's own metrics client, meet the 429, wait or overflow through the gateway.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MetricsClient } from '@azure/monitor-query-metrics';
import { FakeClock } from '@spillway/clock';
import { configFromYaml } from '@spillway/config';
import { startGateway } from '@spillway/gateway';
import { type Simulator, startSimulator } from '@spillway/simulator';
import { APIError, AzureOpenAI } from 'openai';
import { Command } from '../../apps/cli/src/testing/command.ts';

const START_MS = Date.UTC(2026, 2, 2, 9, 0, 0);
const MINUTE_MS = 60_000;
const ACCOUNT =
  '/subscriptions/simulated/resourceGroups/simulated/providers/Microsoft.CognitiveServices/accounts/myResource';
const UTILISATION = 'AzureOpenAIProvisionedManagedUtilizationV2';

/** As the article prints it, but for the names of one's own. */
const CREATE =
  'deployments create --name myResource --resource-group simulated --deployment-name MyModel --model-name GPT-4 --model-version 0613 --model-format OpenAI --sku-capacity 100 --sku-name ProvisionedManaged';

interface Stage {
  readonly simulator: Simulator;
  readonly clock: FakeClock;
  readonly client: AzureOpenAI;
}

async function stage(t: TestContext): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-article-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const clock = new FakeClock(START_MS);
  const simulator = await startSimulator({
    port: 0,
    clock,
    tls: { caFile: join(folder, 'ca.pem') },
    // The article deploys a version that Azure has retired since.
    control: { retiredModels: 'allow' },
    resources: [
      {
        name: 'myResource',
        region: 'East US',
        latency: { firstTokenMs: 0, perTokenMs: 0 },
        deployments: [{ name: 'overflow', model: 'gpt-4', modelVersion: '0613', capacity: 1_000 }],
      },
    ],
  });
  t.after(() => simulator.close());
  const { url = '', key = '' } = simulator.resources[0] ?? {};
  const client = new AzureOpenAI({ endpoint: url, apiKey: key, apiVersion: '2024-02-01', maxRetries: 0 });
  return { simulator, clock, client };
}

async function spillway(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await new Command(line.split(' '), env).ended;
  assert.equal(code, 0, `spillway ${line}\n${stdout}\n${stderr}`);
  return stdout;
}

let asked = 0;

/** Some 7,000 tokens that nobody asked before. */
function longPrompt(): { readonly messages: [{ readonly role: 'user'; readonly content: string }] } {
  return { messages: [{ role: 'user', content: `${asked++} ${'some words to read '.repeat(1_400)}` }] };
}

/** @returns the 429 that ended it, or null where all were answered. */
async function load(client: AzureOpenAI, requests: number): Promise<APIError | null> {
  for (let i = 0; i < requests; i++) {
    try {
      await client.chat.completions.create({ model: 'MyModel', max_tokens: 1, ...longPrompt() });
    } catch (error) {
      if (error instanceof APIError && error.status === 429) return error;
      throw error;
    }
  }
  return null;
}

/** Percent of each minute from the start, of the deployment MyModel. */
async function utilisation({ simulator }: Stage, minutes: number): Promise<readonly number[]> {
  const credential = { getToken: async () => ({ token: 'any', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const ca = simulator.tls?.ca ?? '';
  const metrics = new MetricsClient(simulator.adminHttpsUrl ?? '', credential, { tlsOptions: { ca } });
  const [result] = await metrics.queryResources([ACCOUNT], [UTILISATION], 'Microsoft.CognitiveServices/accounts', {
    startTime: new Date(START_MS),
    endTime: new Date(START_MS + minutes * MINUTE_MS),
    interval: 'PT1M',
    aggregation: 'Average',
    filter: "ModelDeploymentName eq 'MyModel'",
  });
  return (result?.metrics[0]?.timeseries[0]?.data ?? []).map(({ average }) => average ?? Number.NaN);
}

test('article: create a provisioned deployment, call it, watch its utilisation, meet the 429, wait or overflow', async (t) => {
  const all = await stage(t);
  const { simulator, clock, client } = all;
  const endpoint = `--endpoint ${simulator.adminUrl}`;

  // 2: create it
  await spillway(`${CREATE} ${endpoint}`);
  const shown = await spillway(`deployments show -n myResource -g simulated --deployment-name MyModel ${endpoint}`);
  assert.match(shown, /capacity +100 PTU/);

  // 3: the first calls, a conversation of several turns
  const messages: { role: 'system' | 'user' | 'assistant'; content: string }[] = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: 'Does Azure OpenAI support customer managed keys?' },
  ];
  for (const next of ['Do other Azure AI services support this too?', 'Thank you.']) {
    const { choices, model } = await client.chat.completions.create({ model: 'MyModel', messages, max_tokens: 50 });
    assert.equal(model, 'gpt-4-0613');
    messages.push({ role: 'assistant', content: choices[0]?.message.content ?? '' }, { role: 'user', content: next });
  }

  // 5: utilisation per minute, by load
  clock.advance(MINUTE_MS);
  assert.equal(await load(client, 4), null);
  clock.advance(MINUTE_MS);
  assert.equal(await load(client, 12), null);
  clock.advance(MINUTE_MS);

  // 6: above 100 % the rest get 429, with the time to wait in seconds and in milliseconds
  const refusal = await load(client, 60);
  assert.ok(refusal !== null, 'more was asked than 100 units give');
  const waitMs = Number(refusal.headers?.get('retry-after-ms'));
  assert.ok(waitMs > 0 && Number(refusal.headers?.get('retry-after')) === Math.ceil(waitMs / 1_000));
  clock.advance(MINUTE_MS);
  const [first = 0, second = 0, third = 0, fourth = 0] = await utilisation(all, 4);
  assert.ok(first < 2 && second > 8 && second < 16, `a little, then a tenth: ${first} %, ${second} %`);
  assert.ok(third > 2.5 * second && third < 100, `three times as much: ${third} %`);
  assert.ok(fourth > 100, `more than there is: ${fourth} %`);

  // 7: wait as long as it says
  const again = await load(client, 60);
  assert.ok(again !== null);
  clock.advance(Number(again.headers?.get('retry-after-ms')));
  assert.equal(await load(client, 1), null);

  // 7: or redirect: the gateway, configured by what the resource has, overflows to the Standard deployment
  const found = await spillway(`deployments discover ${endpoint}`);
  const env = { MYRESOURCE_KEY: simulator.resources[0]?.key ?? '' };
  const loaded = configFromYaml({ text: found, file: 'spillway.yaml', env, secrets: new Map() });
  assert.equal(loaded.kind, 'ok', found);
  if (loaded.kind !== 'ok') return;
  const gateway = await startGateway({ config: loaded.config, port: 0, adminPort: 0 });
  t.after(() => gateway.close());
  const through = new AzureOpenAI({ endpoint: gateway.url, apiKey: 'any', apiVersion: '2024-02-01', maxRetries: 0 });
  clock.advance(2 * MINUTE_MS);
  const servedBy = new Set<string | null>();
  for (let i = 0; i < 60; i++) {
    const { response } = await through.chat.completions
      .create({ model: 'MyModel', max_tokens: 1, ...longPrompt() })
      .withResponse();
    servedBy.add(response.headers.get('x-spillway-deployment'));
  }
  assert.deepEqual([...servedBy].sort(), ['myResource/MyModel', 'myResource/overflow']);
});
