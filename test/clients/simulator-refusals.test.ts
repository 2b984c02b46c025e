/** The official `openai` package as a judge of the simulator: its error classes, and what it makes of a 429. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import OpenAI from 'openai';
import { CLIENTS, type Simulated, simulated } from './simulated.ts';

function hello(client: OpenAI, model = 'chat', content = 'Hello'): Promise<OpenAI.ChatCompletion> {
  return client.chat.completions.create({ model, messages: [{ role: 'user', content }], max_tokens: 20 });
}

for (const [name, make] of CLIENTS) {
  test(`${name}: error classes follow the status, codes are those of Azure`, async (t) => {
    const of = await simulated(t);
    const client = make(of);
    const filtered = hello(client, 'chat', 'simulate a content filter refusal');
    await assert.rejects(
      filtered,
      (error) => error instanceof OpenAI.BadRequestError && error.code === 'content_filter',
    );
    await assert.rejects(
      hello(client, 'none'),
      (error) => error instanceof OpenAI.NotFoundError && error.code === 'DeploymentNotFound',
    );
    await assert.rejects(hello(client.withOptions({ apiKey: 'wrong' })), OpenAI.AuthenticationError);
    await of.admin('/admin/faults', { kind: 'status', status: 500, times: 1 });
    await assert.rejects(hello(client), OpenAI.InternalServerError);
    await of.admin('/admin/faults', { kind: 'reset', times: 1 });
    await assert.rejects(hello(client), OpenAI.APIConnectionError);
  });

  test(`${name}: a throttled deployment is a RateLimitError with both waits in its headers`, async (t) => {
    const of = await simulated(t);
    await throttle(of, 5);
    await assert.rejects(hello(make(of)), (error: unknown) => {
      assert.ok(error instanceof OpenAI.RateLimitError);
      assert.equal(error.code, 'RateLimitReached');
      assert.ok(Number(error.headers.get('retry-after')) >= 1);
      assert.ok(Number(error.headers.get('retry-after-ms')) > 4000);
      return true;
    });
  });
}

function throttle(of: Simulated, seconds: number): Promise<void> {
  return of.admin('/admin/resources/openai1/deployments/chat/throttle', { seconds });
}

/** Longer than the first back-off of the client's own, which is half a second: one more try only succeeds if the headers are heeded. */
const WAIT_MS = 800;
/** Machines are slow at times. Milliseconds. */
const WAITED_MS_MAX = 8000;

function statusesOf(of: Simulated): readonly unknown[] {
  return of.simulator.journal.entries().map((entry) => entry.status);
}

/** Asks a deployment that is throttled for {@link WAIT_MS}, by a client that may try again. */
async function waited(t: TestContext, clientOf: (of: Simulated) => OpenAI): Promise<void> {
  const of = await simulated(t);
  const client = clientOf(of);
  await throttle(of, WAIT_MS / 1000);
  const startedMs = performance.now();
  assert.equal((await hello(client)).object, 'chat.completion');
  assert.ok(performance.now() - startedMs < WAITED_MS_MAX);
  assert.deepEqual(statusesOf(of), [429, 200]);
}

test('AzureOpenAI: with maxRetries, after a 429 it waits what the headers say and succeeds', (t) =>
  waited(t, (of) => of.azure({ maxRetries: 1 })));

test('AzureOpenAI: withOptions gives one call its own retries', (t) =>
  waited(t, (of) => of.azure().withOptions({ maxRetries: 1 })));

test('AzureOpenAI: after a 429 of a full provisioned deployment it waits what the headers say and succeeds', async (t) => {
  const of = await simulated(t);
  const client = of.azure({ maxRetries: 1 });
  // The bucket holds what drains in 60 s.
  const path = '/admin/resources/openai1/deployments/units/counters';
  await of.admin(path, { utilisation: 1 + WAIT_MS / 60_000 }, 'PUT');
  const { response } = await client.chat.completions
    .create({ model: 'units', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 20 })
    .withResponse();
  assert.match(response.headers.get('azure-openai-deployment-utilization') ?? '', /^\d+(\.\d)?%$/);
  assert.deepEqual(statusesOf(of), [429, 200]);
});
