/** Streams through the gateway as the official client sees them: usage that it did not ask for, second tries, signs of life. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { configFromYaml } from '@spillway/config';
import { type GatewayEvent, startGateway } from '@spillway/gateway';
import { type Simulator, startSimulator } from '@spillway/simulator';
import { OpenAI } from 'openai';
import { textOf } from '../world.ts';

const NO_TIME = { firstTokenMs: 0, perTokenMs: 0 };

interface Streams {
  readonly client: OpenAI;
  readonly events: readonly GatewayEvent[];
  readonly simulator: Simulator;
}

async function streams(t: TestContext, settings: string, count = 2): Promise<Streams> {
  const deployments = [{ name: 'chat', model: 'gpt-4o', capacity: 1_000 }];
  const names = Array.from({ length: count }, (_, i) => `openai${i + 1}`);
  const resources = names.map((name) => ({ name, deployments, latency: NO_TIME }));
  const simulator = await startSimulator({ port: 0, resources });
  t.after(() => simulator.close());
  const backends = simulator.resources.map(
    ({ name, url }, i) => `  - { name: ${name}, url: "${url}", apiKey: "\${KEY_${i + 1}}", priority: ${i + 1} }`,
  );
  const env = Object.fromEntries(simulator.resources.map(({ key }, i) => [`KEY_${i + 1}`, key]));
  const text = `backends:\n${backends.join('\n')}\n${settings}\n`;
  const loaded = configFromYaml({ text, file: 'spillway.yaml', env, secrets: new Map() });
  assert.equal(loaded.kind, 'ok', JSON.stringify(loaded));
  if (loaded.kind !== 'ok') throw new Error('unreachable');
  const events: GatewayEvent[] = [];
  const emit = (event: GatewayEvent) => void events.push(event);
  const gateway = await startGateway({ config: loaded.config, port: 0, adminPort: 0, emit });
  t.after(() => gateway.close());
  const client = new OpenAI({ baseURL: `${gateway.url}/openai/v1/`, apiKey: 'any', maxRetries: 0 });
  return { client, events, simulator };
}

const ASK: OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming = {
  model: 'chat',
  messages: [{ role: 'user', content: 'Tell me something.' }],
  max_tokens: 20,
  stream: true,
};

test('openai: usage that only the gateway asked for is recorded, and is not in the stream', async (t) => {
  const { client, events } = await streams(t, 'usage: { includeUsage: ask }');
  const chunks = [];
  for await (const chunk of await client.chat.completions.create(ASK)) chunks.push(chunk);
  assert.ok(chunks.every(({ usage }) => usage === undefined || usage === null));
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason !== undefined, true);
  const ended = await exchange(events);
  assert.ok((ended.usage.completionTokens ?? 0) > 0);
  assert.equal(ended.usageEstimated, false);
});

test('openai: a slow first token is outpaced by a second try', async (t) => {
  const settings = 'streams: { hedge: { afterMs: 1, percentMax: 100 } }';
  const { client, events, simulator } = await streams(t, settings);
  await hangs(simulator);
  assert.ok((await textOf(await client.chat.completions.create(ASK))).length > 0);
  const ended = await exchange(events);
  assert.deepEqual([ended.deployment, ended.hedged, ended.attempts], ['openai2/chat', true, 2]);
});

/** The record is there a moment after the client has read its last byte. */
async function exchange(events: readonly GatewayEvent[]) {
  for (let turns = 0; turns < 1_000; turns++) {
    const ended = events.find((event) => event.kind === 'exchangeEnded');
    if (ended !== undefined) return ended.exchange;
    await new Promise(setImmediate);
  }
  throw new Error('the exchange has not ended');
}

/** The first resource takes the next request, and says nothing. */
async function hangs({ adminUrl }: Simulator): Promise<void> {
  const body = JSON.stringify({ resource: 'openai1', kind: 'hang' });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${adminUrl}/admin/faults`, { method: 'POST', headers, body });
  assert.ok(answer.ok, await answer.text());
}
