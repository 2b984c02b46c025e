/** The official `openai` package as a judge of the simulator: chat completions, completions, embeddings, models. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { CLIENTS, simulated } from './simulated.ts';

const HELLO: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello, say something in 30 words.' }];
const CITY = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

function tool(name: string, description: string): OpenAI.ChatCompletionTool {
  return { type: 'function', function: { name, description, parameters: CITY } };
}

const TOOLS = [tool('get_weather', 'Tells the weather of a city.'), tool('get_time', 'Tells the time in a city.')];
const BOTH: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'user', content: 'Call get_weather and get_time for Oslo, please.' },
];

/** Names and parsed arguments of the calls. */
function callsOf(message: OpenAI.ChatCompletionMessage | undefined) {
  return (message?.tool_calls ?? []).map((call) => {
    assert.ok(call.type === 'function');
    return { name: call.function.name, given: JSON.parse(call.function.arguments) };
  });
}

for (const [name, make] of CLIENTS) {
  test(`${name}: chat, whole and streamed, says the same and counts the same`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const plain = await chat.create({ model: 'chat', messages: HELLO });
    assert.equal(plain.object, 'chat.completion');
    assert.equal(plain.choices[0]?.finish_reason, 'stop');
    const stream = chat.stream({ model: 'chat', messages: HELLO, stream_options: { include_usage: true } });
    const put = await stream.finalChatCompletion();
    assert.equal(put.choices[0]?.message.content, plain.choices[0]?.message.content);
    assert.deepEqual(put.usage, plain.usage);
    assert.ok((plain.usage?.completion_tokens ?? 0) >= 30);
  });

  test(`${name}: several choices, a limit and a stop sequence`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const { choices, usage } = await chat.create({ model: 'chat', messages: HELLO, n: 3, max_tokens: 5 });
    assert.deepEqual(
      choices.map((choice) => [choice.index, choice.finish_reason]),
      [
        [0, 'length'],
        [1, 'length'],
        [2, 'length'],
      ],
    );
    assert.equal(usage?.completion_tokens, 15);
    const stopped = await chat.create({ model: 'chat', messages: HELLO, stop: ['.'] });
    assert.equal(stopped.choices[0]?.message.content?.includes('.'), false);
    const streamed = await chat.stream({ model: 'chat', messages: HELLO, n: 2, max_tokens: 5 }).finalChatCompletion();
    assert.equal(streamed.choices.length, 2);
  });

  test(`${name}: tools, one and several at once, whole and streamed`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const asked = { model: 'chat', messages: BOTH, tools: TOOLS } as const;
    const plain = await chat.create(asked);
    assert.equal(plain.choices[0]?.finish_reason, 'tool_calls');
    const calls = callsOf(plain.choices[0]?.message);
    assert.deepEqual(calls.map((call) => call.name).sort(), ['get_time', 'get_weather']);
    assert.ok(calls.every((call) => typeof call.given.city === 'string'));
    const streamed = await chat.stream(asked).finalChatCompletion();
    assert.deepEqual(callsOf(streamed.choices[0]?.message), calls);
    const one = await chat.create({ ...asked, parallel_tool_calls: false });
    assert.equal(callsOf(one.choices[0]?.message).length, 1);
    const named = { type: 'function', function: { name: 'get_time' } } as const;
    const forced = await chat.create({ ...asked, messages: HELLO, tool_choice: named });
    assert.deepEqual(
      callsOf(forced.choices[0]?.message).map((call) => call.name),
      ['get_time'],
    );
  });

  test(`${name}: the result of a tool is answered in words`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const first = await chat.create({ model: 'chat', messages: BOTH, tools: TOOLS });
    const message = first.choices[0]?.message;
    assert.ok(message);
    const results = (message.tool_calls ?? []).map(
      ({ id }): OpenAI.ChatCompletionToolMessageParam => ({
        role: 'tool',
        tool_call_id: id,
        content: '{"sky":"clear"}',
      }),
    );
    const second = await chat.create({ model: 'chat', messages: [...BOTH, message, ...results], tools: TOOLS });
    assert.ok((second.choices[0]?.message.content ?? '').length > 0);
    assert.equal(second.choices[0]?.message.tool_calls, undefined);
  });

  test(`${name}: an answer by a schema is parsed by the helper, and so are strict tools`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const schema = z.object({ title: z.string(), steps: z.array(z.string()), score: z.number().int() });
    const format = zodResponseFormat(schema, 'plan');
    const parsed = await chat.parse({ model: 'chat', messages: HELLO, response_format: format });
    schema.parse(parsed.choices[0]?.message.parsed);
    const strict = zodFunction({ name: 'get_weather', parameters: z.object({ city: z.string() }) });
    const called = await chat.parse({ model: 'chat', messages: BOTH, tools: [strict], tool_choice: 'required' });
    const call = called.choices[0]?.message.tool_calls?.[0];
    z.object({ city: z.string() }).parse(call?.type === 'function' ? call.function.parsed_arguments : null);
    const streamed = chat.stream({ model: 'chat', messages: HELLO, response_format: format });
    schema.parse((await streamed.finalChatCompletion()).choices[0]?.message.parsed);
  });

  test(`${name}: log probabilities, whole and streamed`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const asked = { model: 'chat', messages: HELLO, logprobs: true, top_logprobs: 2, max_tokens: 4 } as const;
    const plain = await chat.create(asked);
    const entries = plain.choices[0]?.logprobs?.content ?? [];
    assert.equal(entries.length, 4);
    assert.equal(entries.map((entry) => entry.token).join(''), plain.choices[0]?.message.content);
    assert.ok(entries.every((entry) => entry.logprob <= 0 && entry.top_logprobs.length === 2));
    assert.deepEqual(entries[0]?.bytes, [...Buffer.from(entries[0]?.token ?? '')]);
    const streamed = await chat.stream(asked).finalChatCompletion();
    assert.deepEqual(streamed.choices[0]?.logprobs?.content, entries);
  });

  test(`${name}: a model that thinks bills its thoughts, and refuses what such models refuse`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const { usage } = await chat.create({ model: 'thinker', messages: HELLO, reasoning_effort: 'high' });
    assert.ok((usage?.completion_tokens_details?.reasoning_tokens ?? 0) > 0);
    assert.ok((usage?.completion_tokens ?? 0) > (usage?.completion_tokens_details?.reasoning_tokens ?? 0));
    const refused = chat.create({ model: 'thinker', messages: HELLO, max_tokens: 50 });
    await assert.rejects(refused, { status: 400, code: 'unsupported_parameter', param: 'max_tokens' });
  });

  test(`${name}: a long prompt sent twice is found in the cache`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const system = { role: 'system', content: 'Everything about spillways, at length. '.repeat(200) } as const;
    const ask = async (content: string) => {
      const { usage } = await chat.create({ model: 'chat', messages: [system, { role: 'user', content }] });
      return usage?.prompt_tokens_details?.cached_tokens;
    };
    assert.equal(await ask('One?'), 0);
    const cached = (await ask('Two?')) ?? 0;
    assert.ok(cached >= 1024 && cached % 128 === 0, `${cached}`);
  });

  test(`${name}: an asynchronous filter does not disturb a reader of the stream`, async (t) => {
    const stream = make(await simulated(t)).chat.completions.stream({
      model: 'beside',
      messages: [{ role: 'user', content: 'Write 300 words.' }],
    });
    let words = '';
    for await (const chunk of stream) words += chunk.choices[0]?.delta?.content ?? '';
    assert.ok(words.split(' ').length >= 300);
  });

  test(`${name}: a filtered answer ends with its reason`, async (t) => {
    const chat = make(await simulated(t)).chat.completions;
    const content = 'Please simulate a filtered answer of 50 words.';
    const { choices } = await chat.create({ model: 'chat', messages: [{ role: 'user', content }] });
    assert.equal(choices[0]?.finish_reason, 'content_filter');
  });

  test(`${name}: completions, whole and streamed`, async (t) => {
    const { completions } = make(await simulated(t));
    const asked = { model: 'text', prompt: 'Once upon a time', max_tokens: 12 } as const;
    const plain = await completions.create({ ...asked, echo: true, logprobs: 2 });
    assert.equal(plain.object, 'text_completion');
    assert.ok(plain.choices[0]?.text.startsWith('Once upon a time'));
    assert.equal(plain.usage?.completion_tokens, 12);
    assert.equal(plain.choices[0]?.logprobs?.tokens?.join(''), plain.choices[0]?.text);
    let text = '';
    for await (const chunk of await completions.create({ ...asked, stream: true }))
      text += chunk.choices[0]?.text ?? '';
    assert.equal(`Once upon a time${text}`, plain.choices[0]?.text);
    const several = await completions.create({ ...asked, prompt: ['One', 'Two'], n: 2, best_of: 3 });
    assert.equal(several.choices.length, 4);
    const refused = completions.create({ ...asked, model: 'chat' });
    await assert.rejects(refused, { status: 400, code: 'OperationNotSupported' });
  });

  test(`${name}: embeddings as base64 and as numbers, shortened, of tokens`, async (t) => {
    const { embeddings } = make(await simulated(t));
    const input = ['a spillway lets water pass', 'quarterly tax report'];
    const packed = await embeddings.create({ model: 'embedding', input, dimensions: 64 });
    const plain = await embeddings.create({ model: 'embedding', input, dimensions: 64, encoding_format: 'float' });
    assert.deepEqual(
      packed.data.map((each) => each.embedding.length),
      [64, 64],
    );
    for (const [i, each] of packed.data.entries()) {
      each.embedding.forEach((value, k) => {
        assert.ok(Math.abs(value - (plain.data[i]?.embedding[k] ?? 9)) < 1e-6);
      });
    }
    const tokens = await embeddings.create({ model: 'embedding', input: [[1, 2, 3], [4]] });
    assert.equal(tokens.usage.prompt_tokens, 4);
    assert.equal(tokens.data[0]?.embedding.length, 1536);
  });

  test(`${name}: lists models, each once, with a date`, async (t) => {
    const client = make(await simulated(t));
    const { data } = await client.models.list();
    const ids = data.map((model) => model.id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.includes('gpt-4o-2024-11-20'));
    assert.equal((await client.models.retrieve('gpt-4o-2024-11-20')).object, 'model');
  });
}
