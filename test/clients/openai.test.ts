/** The official `openai` package, unmodified, against simulator and gateway. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { textOf, type World, world } from '../world.ts';

const MESSAGES = [{ role: 'user', content: 'Say something about spillways.' }] as const;

const CLIENTS: ReadonlyArray<readonly [name: string, make: (world: World) => OpenAI]> = [
  ['AzureOpenAI', (w) => w.azure()],
  ['OpenAI with /openai/v1', (w) => w.openai()],
];

for (const [name, make] of CLIENTS) {
  test(`${name}: a chat completion`, async (t) => {
    const client = make(await world(t));
    const { data, response } = await client.chat.completions
      .create({ model: 'chat', messages: [...MESSAGES], max_tokens: 40 })
      .withResponse();
    assert.equal(data.object, 'chat.completion');
    assert.ok((data.choices[0]?.message.content ?? '').length > 0);
    assert.ok((data.usage?.prompt_tokens ?? 0) > 0);
    assert.equal(response.headers.get('x-spillway-deployment'), 'openai1/chat');
  });

  test(`${name}: a streamed chat completion, with usage`, async (t) => {
    const client = make(await world(t));
    const stream = await client.chat.completions.create({
      model: 'chat',
      messages: [...MESSAGES],
      max_tokens: 40,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | null = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? '';
      usage = chunk.usage ?? usage;
    }
    assert.ok(text.length > 0);
    assert.ok((usage?.completion_tokens ?? 0) > 0);
  });

  test(`${name}: embeddings, as numbers and as the base64 it asks for by itself`, async (t) => {
    const client = make(await world(t));
    const input = ['a spillway lets water pass', 'a spillway lets the water pass', 'quarterly tax report'];
    const packed = await client.embeddings.create({ model: 'embedding', input, dimensions: 64 });
    const plain = await client.embeddings.create({
      model: 'embedding',
      input,
      dimensions: 64,
      encoding_format: 'float',
    });
    const [a, b, c] = plain.data.map((each) => each.embedding);
    assert.ok(a && b && c);
    assert.equal(a.length, 64);
    assert.ok(dot(a, b) > dot(a, c), 'texts that are alike are near');
    for (const [i, each] of packed.data.entries()) {
      for (const [k, value] of each.embedding.entries())
        assert.ok(Math.abs(value - (plain.data[i]?.embedding[k] ?? 9)) < 1e-6);
    }
  });

  test(`${name}: tools pass through, and the call fits the schema`, async (t) => {
    const client = make(await world(t));
    const completion = await client.chat.completions.create({
      model: 'chat',
      messages: [...MESSAGES],
      tool_choice: 'required',
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            parameters: {
              type: 'object',
              properties: { city: { type: 'string' }, days: { type: 'integer' } },
              required: ['city'],
            },
          },
        },
      ],
    });
    const call = completion.choices[0]?.message.tool_calls?.[0];
    assert.ok(call?.type === 'function');
    assert.equal(call.function.name, 'weather');
    assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
  });

  test(`${name}: models are listed`, async (t) => {
    const models = await make(await world(t)).models.list();
    assert.ok(models.data.length > 0);
  });

  test(`${name}: aborting a stream ends it, and cancels it at the backend`, async (t) => {
    const w = await world(t, { latency: { firstTokenMs: 0, perTokenMs: 20 } });
    const abort = new AbortController();
    const stream = await make(w).chat.completions.create(
      { model: 'chat', messages: [...MESSAGES], max_tokens: 4_000, stream: true },
      { signal: abort.signal },
    );
    let chunks = 0;
    for await (const _ of stream) if (++chunks === 3) abort.abort();
    assert.ok(chunks < 100);
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

test('openai: error classes are those of Azure itself', async (t) => {
  const w = await world(t);
  const ask = (client: OpenAI, model = 'chat', messages: readonly OpenAI.ChatCompletionMessageParam[] = MESSAGES) =>
    client.chat.completions.create({ model, messages: [...messages] });
  await assert.rejects(ask(w.azure({ apiKey: 'wrong' })), OpenAI.AuthenticationError);
  await assert.rejects(
    ask(w.azure(), 'nowhere'),
    (error) => error instanceof OpenAI.NotFoundError && error.code === 'DeploymentNotFound',
  );
  await assert.rejects(ask(w.azure(), 'chat', []), OpenAI.BadRequestError);
  for (const n of [1, 2, 3]) await w.throttle(n, 5);
  await assert.rejects(ask(w.azure()), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.ok(Number(error.headers.get('retry-after-ms')) > 0);
    assert.ok(Number(error.headers.get('retry-after')) >= 1);
    return true;
  });
});

test('openai: throttle two of three and no client sees it', async (t) => {
  const w = await world(t);
  await w.throttle(1, 30);
  await w.throttle(2, 30);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      w
        .azure()
        .chat.completions.create({ model: 'chat', messages: [...MESSAGES], max_tokens: 5 })
        .withResponse(),
    ),
  );
  assert.deepEqual(
    new Set(answers.map((each) => each.response.headers.get('x-spillway-deployment'))),
    new Set(['openai3/chat']),
  );
});

test("openai: throttle all, and the SDK's own retry comes at the earliest time of all and succeeds", async (t) => {
  const w = await world(t);
  await w.throttle(1, 30);
  await w.throttle(2, 0.4);
  await w.throttle(3, 30);
  const startedMs = performance.now();
  const { response } = await w
    .azure({ maxRetries: 2 })
    .chat.completions.create({ model: 'chat', messages: [...MESSAGES], max_tokens: 5 })
    .withResponse();
  const waitedMs = performance.now() - startedMs;
  assert.equal(response.headers.get('x-spillway-deployment'), 'openai2/chat');
  assert.ok(waitedMs >= 300 && waitedMs < 3_000, `waited ${waitedMs} ms`);
});

test('openai: what a client gets through the gateway is what it gets directly', async (t) => {
  const w = await world(t);
  const ask = (client: OpenAI) =>
    client.chat.completions.create({ model: 'chat', messages: [...MESSAGES], max_tokens: 20, seed: 7 });
  const [direct, through] = [await ask(w.direct(1)), await ask(w.azure())];
  assert.deepEqual(Object.keys(through), Object.keys(direct));
  assert.deepEqual(through.usage?.prompt_tokens, direct.usage?.prompt_tokens);
});

test('openai: a stream cut after its first content is seen broken, once; cut before the first byte, the answer is whole', async (t) => {
  const w = await world(t);
  const ask = () =>
    w.azure().chat.completions.create({ model: 'chat', messages: [...MESSAGES], max_tokens: 200, stream: true });
  await w.fault(1, { kind: 'cut', afterEvents: 3 });
  await assert.rejects(async () => textOf(await ask()));
  await w.fault(1, { kind: 'cut-before-body' });
  assert.ok((await textOf(await ask())).length > 0);
});
