/** The official `openai` package as a judge of the simulator: the Responses API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { CLIENTS, simulated } from './simulated.ts';

const INPUT = 'Say something in 30 words.';
const WEATHER: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
};

for (const [name, make] of CLIENTS) {
  test(`${name}: a response, plain, repeats what was asked`, async (t) => {
    const { responses } = make(await simulated(t));
    const metadata = { team: 'water' };
    const response = await responses.create({
      model: 'chat',
      input: INPUT,
      instructions: 'Be calm.',
      metadata,
      store: false,
    });
    assert.equal(response.object, 'response');
    assert.equal(response.status, 'completed');
    assert.ok(response.output_text.split(' ').length >= 30);
    assert.deepEqual(response.metadata, metadata);
    assert.equal(response.instructions, 'Be calm.');
    assert.equal(Reflect.get(response, 'store'), false);
    const { input_tokens = 0, output_tokens = 0, total_tokens } = response.usage ?? {};
    assert.equal(total_tokens, input_tokens + output_tokens);
    assert.match(response.id, /^resp_/);
  });

  test(`${name}: a streamed response, event by event and put together by the helper`, async (t) => {
    const { responses } = make(await simulated(t));
    const plain = await responses.create({ model: 'chat', input: INPUT });
    const types: string[] = [];
    let text = '';
    let last = -1;
    for await (const event of await responses.create({ model: 'chat', input: INPUT, stream: true })) {
      types.push(event.type);
      assert.equal(event.sequence_number, ++last);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    assert.equal(text, plain.output_text);
    assert.equal(types[0], 'response.created');
    assert.equal(types.at(-1), 'response.completed');
    const put = await responses.stream({ model: 'chat', input: INPUT }).finalResponse();
    assert.equal(put.output_text, plain.output_text);
    assert.deepEqual(put.usage, plain.usage);
  });

  test(`${name}: a function is called, and its result answered, whole and streamed, with nothing stored`, async (t) => {
    const { responses } = make(await simulated(t));
    const asked = { model: 'chat', tools: [WEATHER], store: false };
    const question: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'What is the weather in Oslo?' }];
    const first = await responses.create({ ...asked, input: question });
    const call = first.output.find((item) => item.type === 'function_call');
    assert.ok(call?.type === 'function_call');
    assert.equal(call.name, 'get_weather');
    assert.deepEqual(Object.keys(JSON.parse(call.arguments)), ['city']);
    const streamed = await responses.stream({ ...asked, input: question }).finalResponse();
    const again = streamed.output.find((item) => item.type === 'function_call');
    assert.equal(again?.type === 'function_call' ? again.arguments : null, call.arguments);
    const result = { type: 'function_call_output', call_id: call.call_id, output: '{"sky":"clear"}' } as const;
    const second = await responses.create({ ...asked, input: [...question, call, result] });
    assert.ok(second.output_text.length > 0);
  });

  test(`${name}: an answer by a schema is parsed by the helper`, async (t) => {
    const { responses } = make(await simulated(t));
    const schema = z.object({ title: z.string(), count: z.number().int() });
    const text = { format: zodTextFormat(schema, 'plan') };
    schema.parse((await responses.parse({ model: 'chat', input: INPUT, text })).output_parsed);
    schema.parse((await responses.stream({ model: 'chat', input: INPUT, text }).finalResponse()).output_parsed);
  });

  test(`${name}: thoughts are an item of their own; a limit leaves the response incomplete`, async (t) => {
    const { responses } = make(await simulated(t));
    const thought = await responses.create({ model: 'thinker', input: INPUT, reasoning: { effort: 'low' } });
    assert.equal(thought.output[0]?.type, 'reasoning');
    assert.ok((thought.usage?.output_tokens_details.reasoning_tokens ?? 0) > 0);
    assert.equal(thought.reasoning?.effort, 'low');
    const asked = { model: 'chat', input: 'Write 200 words.', max_output_tokens: 16 } as const;
    const cut = await responses.create(asked);
    assert.equal(cut.status, 'incomplete');
    assert.equal(cut.incomplete_details?.reason, 'max_output_tokens');
    const streamed = await responses.stream(asked).finalResponse();
    assert.equal(streamed.status, 'incomplete');
  });

  test(`${name}: log probabilities of a response`, async (t) => {
    const response = await make(await simulated(t)).responses.create({
      model: 'chat',
      input: INPUT,
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
    });
    const [item] = response.output;
    const part = item?.type === 'message' ? item.content[0] : undefined;
    const entries = part?.type === 'output_text' ? (part.logprobs ?? []) : [];
    assert.equal(entries.map((entry) => entry.token).join(''), response.output_text);
  });

  test(`${name}: what is not kept cannot be continued`, async (t) => {
    const { responses } = make(await simulated(t));
    const asked = responses.create({ model: 'chat', input: INPUT, previous_response_id: 'resp_abc' });
    await assert.rejects(asked, (error: unknown) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.code, 'previous_response_not_found');
      assert.equal(error.param, 'previous_response_id');
      assert.match(error.message, /Previous response with id 'resp_abc' not found\./);
      return true;
    });
  });

  test(`${name}: a prompt that the filter stops is refused`, async (t) => {
    const { responses } = make(await simulated(t));
    const input = 'simulate a content filter refusal';
    await assert.rejects(responses.create({ model: 'chat', input }), { status: 400, code: 'content_filter' });
    await assert.rejects(responses.create({ model: 'chat', input, stream: true }), { code: 'content_filter' });
    await assert.rejects(responses.create({ model: 'embedding', input }), { code: 'OperationNotSupported' });
  });
}
