/** The official client against the simulator: what a user of Azure OpenAI writes works here unchanged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { AzureOpenAI } from 'openai';
import { type Bench, until, withSimulator } from './testing.ts';

const HELLO: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];
const WEATHER: OpenAI.ChatCompletionTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

function classic({ simulator }: Bench, options: { maxRetries?: number } = {}): OpenAI {
  const { url = '', key = '' } = simulator.resources[0] ?? {};
  return new AzureOpenAI({ endpoint: url, apiKey: key, apiVersion: '2024-10-21', maxRetries: 0, ...options });
}

function v1({ simulator }: Bench): OpenAI {
  const { url = '', key = '' } = simulator.resources[0] ?? {};
  return new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey: key, maxRetries: 0 });
}

for (const [name, client] of [
  ['AzureOpenAI', classic],
  ['OpenAI with /openai/v1', v1],
] as const) {
  test(`${name}: chat`, () =>
    withSimulator(async (bench) => {
      const answer = await client(bench).chat.completions.create({ model: 'chat', messages: HELLO, n: 2 });
      assert.equal(answer.model, 'gpt-4o-2024-11-20');
      assert.equal(answer.choices.length, 2);
      assert.match(answer.choices[0]?.message.content ?? '', /\w/);
      assert.equal(
        answer.usage?.total_tokens,
        (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
      );
    }));

  test(`${name}: stream with usage`, () =>
    withSimulator(async (bench) => {
      const chat = client(bench).chat.completions;
      const stream = await chat.create({
        model: 'chat',
        messages: HELLO,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = '';
      let usage: OpenAI.CompletionUsage | null | undefined = null;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        usage = chunk.usage ?? usage;
      }
      const plain = await chat.create({ model: 'chat', messages: HELLO });
      assert.equal(text, plain.choices[0]?.message.content);
      assert.deepEqual(usage, plain.usage);
    }));

  test(`${name}: the stream helper puts choices and tool calls together`, () =>
    withSimulator(async (bench) => {
      const stream = client(bench).chat.completions.stream({
        model: 'chat',
        messages: HELLO,
        tools: [WEATHER],
        tool_choice: 'required',
      });
      const answer = await stream.finalChatCompletion();
      assert.equal(answer.choices[0]?.finish_reason, 'tool_calls');
      const call = answer.choices[0]?.message.tool_calls?.[0];
      assert.equal(call?.type === 'function' ? call.function.name : null, 'get_weather');
      assert.deepEqual(Object.keys(JSON.parse(call?.type === 'function' ? call.function.arguments : '{}')), ['city']);
    }));

  test(`${name}: embeddings, which the client asks for as base64, and as floats`, () =>
    withSimulator(async (bench) => {
      const { embeddings } = client(bench);
      const packed = await embeddings.create({ model: 'embedding', input: ['a boat', 'a coat'], dimensions: 64 });
      const floats = await embeddings.create({
        model: 'embedding',
        input: 'a boat',
        dimensions: 64,
        encoding_format: 'float',
      });
      assert.equal(packed.data.length, 2);
      assert.equal(packed.data[0]?.embedding.length, 64);
      floats.data[0]?.embedding.forEach((value, i) => {
        assert.ok(Math.abs(value - (packed.data[0]?.embedding[i] ?? 0)) < 1e-6);
      });
    }));

  test(`${name}: lists models`, () =>
    withSimulator(async (bench) => {
      const models = await client(bench).models.list();
      assert.deepEqual(
        models.data.map((model) => model.id),
        ['gpt-4o-2024-11-20', 'text-embedding-3-small'],
      );
    }));

  test(`${name}: a full quota is a RateLimitError with the wait in its headers`, () =>
    withSimulator(async (bench) => {
      const asked = client(bench).chat.completions.create({ model: 'chat', messages: HELLO, max_tokens: 10_000, n: 4 });
      await assert.rejects(asked, (error: unknown) => {
        assert.ok(error instanceof OpenAI.RateLimitError);
        assert.equal(error.status, 429);
        assert.equal(error.code, 'RateLimitReached');
        assert.equal(error.headers.get('retry-after'), '86400');
        return true;
      });
    }));

  test(`${name}: aborting a stream ends it on the simulator too`, () =>
    withSimulator(
      async (bench) => {
        const stream = await client(bench).chat.completions.create({ model: 'chat', messages: HELLO, stream: true });
        for await (const _ of stream) stream.controller.abort();
        await until('the request was over', () => bench.lines.length === 1);
        assert.equal(bench.lines[0]?.status, 499);
        assert.equal(bench.clock.pending, 0);
      },
      { latency: { firstTokenMs: 50, perTokenMs: 50 } },
    ));
}

test('AzureOpenAI: after a 429 the client waits what the headers say, and is served', () =>
  withSimulator(async (bench) => {
    await bench.admin('POST', '/admin/resources/openai1/deployments/chat/throttle', { seconds: 0.02 });
    const asked = classic(bench, { maxRetries: 1 }).chat.completions.create({ model: 'chat', messages: HELLO });
    await until('the refusal', () => bench.lines.length === 1);
    bench.clock.advance(20);
    assert.equal((await asked).object, 'chat.completion');
    assert.deepEqual(
      bench.lines.map((line) => line.status),
      [429, 200],
    );
  }));

test('AzureOpenAI: error classes follow the status', () =>
  withSimulator(async (bench) => {
    const client = classic(bench);
    const ask = (model: string, content = 'Hello') =>
      client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
    await assert.rejects(ask('none'), OpenAI.NotFoundError);
    await assert.rejects(ask('embedding'), OpenAI.BadRequestError);
    await assert.rejects(ask('chat', 'simulate a content filter refusal'), { code: 'content_filter', status: 400 });
    await bench.addFault({ kind: 'status', status: 500 });
    await assert.rejects(ask('chat'), OpenAI.InternalServerError);
    await bench.addFault({ kind: 'reset' });
    await assert.rejects(ask('chat'), OpenAI.APIConnectionError);
    const stranger = new AzureOpenAI({
      endpoint: bench.simulator.resources[0]?.url ?? '',
      apiKey: 'wrong',
      apiVersion: '2024-10-21',
    });
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  }));
