/** Clients and backends that speak different dialects: the official `openai` package, and frameworks that use Responses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAzure } from '@ai-sdk/azure';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import type OpenAI from 'openai';
import { toFile } from 'openai';
import { CLIENT_KEY, CLIENTS, type Front, front } from './gateways.ts';

const PATHS: Readonly<Record<string, RegExp>> = {
  classic: /^\/openai\/(?!v1\/)/,
  v1: /^\/openai\/v1\//,
};

/** What every application does somewhere. */
async function aDay(client: OpenAI): Promise<void> {
  const messages = [{ role: 'user' as const, content: 'Say something in 5 words.' }];
  const chat = await client.chat.completions.create({ model: 'chat', messages });
  assert.ok((chat.choices[0]?.message.content ?? '').length > 0);
  let streamed = '';
  const stream = await client.chat.completions.create({ model: 'chat', messages, stream: true });
  for await (const chunk of stream) streamed += chunk.choices[0]?.delta?.content ?? '';
  assert.ok(streamed.length > 0);
  const completion = await client.completions.create({ model: 'text', prompt: 'Once', max_tokens: 5 });
  assert.ok((completion.choices[0]?.text ?? '').length > 0);
  assert.equal((await client.embeddings.create({ model: 'embedding', input: ['a', 'b'] })).data.length, 2);
  const speech = await client.audio.speech.create({
    model: 'voice',
    voice: 'alloy',
    input: 'Hi',
    response_format: 'wav',
  });
  const file = await toFile(Buffer.from(await speech.arrayBuffer()), 'speech.wav');
  assert.equal((await client.audio.transcriptions.create({ model: 'ear', file })).text, 'Hi');
  assert.equal((await client.images.generate({ model: 'drawing', prompt: 'A dam' })).data?.length, 1);
  const image = await toFile(Buffer.from('not looked at'), 'dam.png', { type: 'image/png' });
  assert.equal((await client.images.edit({ model: 'drawing', prompt: 'Red', image })).data?.length, 1);
  const first = await client.responses.create({ model: 'chat', input: 'Hi' });
  const second = await client.responses.create({ model: 'chat', input: 'And?', previous_response_id: first.id });
  assert.equal((await client.responses.retrieve(second.id)).previous_response_id, first.id);
  const kept = await client.files.create({ file: await toFile(Buffer.from('x'), 'x.txt'), purpose: 'assistants' });
  assert.equal(await (await client.files.content(kept.id)).text(), 'x');
  assert.ok((await client.models.list()).data.length > 0);
}

for (const [name, make] of CLIENTS) {
  for (const dialect of ['classic', 'v1'] as const) {
    test(`${name}: a day's work with backends that serve ${dialect} paths alone`, async (t) => {
      const of = await front(t, { backend: `dialect: ${dialect}` });
      await aDay(make(of));
      const { entries } = of.fleet.simulator.journal;
      const others = entries
        .call(of.fleet.simulator.journal)
        .filter(({ path }) => !PATHS[dialect]?.test(path))
        .map(({ path }) => path);
      assert.deepEqual(others, []);
    });
  }

  test(`${name}: a backend gets the api-version that its configuration names`, async (t) => {
    const of = await front(t, { backend: 'dialect: classic\n    apiVersion: 2024-10-21' });
    const { chat } = make(of);
    await chat.completions.create({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] });
    const [entry] = of.fleet.simulator.journal.entries();
    assert.equal(entry?.query, 'api-version=2024-10-21');
  });
}

/** As an application for OpenAI itself is pointed at another URL. */
function langchain(of: Front): ChatOpenAI {
  const configuration = { baseURL: `${of.gateway.url}/openai/v1/` };
  return new ChatOpenAI({ model: 'chat', apiKey: CLIENT_KEY, configuration, useResponsesApi: true, maxRetries: 0 });
}

test('langchain: Responses, one answer after the other, by id', async (t) => {
  const model = langchain(await front(t));
  let previous_response_id: string | undefined;
  for (let i = 0; i < 6; i++) {
    const answer = await model.invoke('Say something.', previous_response_id ? { previous_response_id } : {});
    const { id } = answer.response_metadata;
    assert.match(String(id), /^resp_/);
    previous_response_id = String(id);
  }
  let streamed = '';
  for await (const chunk of await model.stream('Say something.')) streamed += chunk.text;
  assert.ok(streamed.length > 0);
});

test('ai: Responses, its default, one answer after the other, by id', async (t) => {
  const of = await front(t);
  const azure = createAzure({ apiKey: CLIENT_KEY, baseURL: `${of.gateway.url}/openai/v1` });
  let previousResponseId: string | undefined;
  for (let i = 0; i < 6; i++) {
    const { text, response } = await generateText({
      model: azure('chat'),
      prompt: 'Say something.',
      maxRetries: 0,
      ...(previousResponseId !== undefined && { providerOptions: { azure: { previousResponseId } } }),
    });
    assert.ok(text.length > 0);
    assert.match(response.id, /^resp_/);
    previousResponseId = response.id;
  }
  const seen = of.fleet.seen(/responses$/);
  assert.equal(
    Object.values(seen).reduce((sum, count) => sum + count),
    6,
    'none was asked in vain',
  );
  const stream = streamText({ model: azure('chat'), prompt: 'Say something.', maxRetries: 0 });
  let streamed = '';
  for await (const part of stream.textStream) streamed += part;
  assert.ok(streamed.length > 0);
});
