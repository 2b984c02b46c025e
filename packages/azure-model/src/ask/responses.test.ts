import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { refusalOf, responseAsk } from '../wire/testing.ts';
import { readResponse } from './responses.ts';

const WEATHER = {
  type: 'function',
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

test('readResponse: instructions come first, then the items in their order', () => {
  const ask = responseAsk({
    instructions: 'Be brief.',
    input: [
      { role: 'user', content: 'What is the weather?' },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It rains.' }] },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'In German.' }] },
    ],
  });
  assert.deepEqual(ask.turns, [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'What is the weather?' },
    { role: 'assistant', text: '' },
    { role: 'tool', text: 'Rain.' },
    { role: 'assistant', text: 'It rains.' },
    { role: 'system', text: 'In German.' },
  ]);
});

test('readResponse: functions stand flat, and the tools of the service are repeated and never called', () => {
  const ask = responseAsk({
    tools: [WEATHER, { type: 'web_search' }],
    tool_choice: { type: 'function', name: 'get_weather' },
  });
  assert.deepEqual(
    ask.tools?.tools.map((tool) => tool.name),
    ['get_weather'],
  );
  assert.equal(ask.tools?.named, 'get_weather');
  assert.equal(responseAsk({ tools: [WEATHER], parallel_tool_calls: false }).tools?.parallel, false);
  assert.equal(responseAsk({ tools: [{ type: 'web_search' }], tool_choice: 'required' }).tools, null);
  assert.equal(responseAsk({ tools: [WEATHER], tool_choice: { type: 'web_search' } }).tools?.choice, 'auto');
});

test('readResponse: what the request says is repeated, what it leaves open has its default', () => {
  const fields = Object(
    responseAsk({ metadata: { a: 'b' }, temperature: 0.5, store: false, tools: [WEATHER], max_output_tokens: 100 }).echo
      ?.fields,
  );
  assert.deepEqual(fields.metadata, { a: 'b' });
  assert.deepEqual([fields.temperature, fields.top_p, fields.store, fields.max_output_tokens], [0.5, 1, false, 100]);
  assert.deepEqual(fields.tools, [{ ...WEATHER, strict: true }]);
});

test('readResponse: limit, format, effort and log probabilities are read', () => {
  const schema = { type: 'object', properties: {}, required: [], additionalProperties: false };
  const ask = responseAsk({
    max_output_tokens: 50,
    text: { format: { type: 'json_schema', name: 'reply', schema, strict: true } },
    include: ['message.output_text.logprobs'],
    top_logprobs: 3,
  });
  assert.equal(ask.answerTokensMax, 50);
  assert.deepEqual(ask.format, { kind: 'jsonSchema', name: 'reply', schema });
  assert.equal(ask.topLogprobs, 3);
  assert.equal(responseAsk({ top_logprobs: 3 }).topLogprobs, null);
  const thinking = responseAsk({ reasoning: { effort: 'high' } }, 'gpt-5');
  assert.equal(thinking.reasoningEffort, 'high');
});

const REFUSED: ReadonlyArray<
  readonly [name: string, body: Record<string, unknown>, error: Record<string, unknown>, status?: number]
> = [
  ['no input', { input: undefined }, { param: 'input', code: 'missing_required_parameter' }],
  ['an empty input', { input: [] }, { param: 'input' }],
  ['an item that is no object', { input: ['Hello'] }, { param: 'input[0]' }],
  ['an unknown role', { input: [{ role: 'robot', content: 'a' }] }, { param: 'input[0].role', code: 'invalid_value' }],
  ['a message without content', { input: [{ role: 'user' }] }, { param: 'input[0].content' }],
  [
    'a part of chat completions',
    { input: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }] },
    { param: 'input[0].content[0].type', code: 'invalid_value' },
  ],
  [
    'a result without its call',
    { input: [{ type: 'function_call_output', call_id: 'call_9', output: 'x' }] },
    { param: 'input', message: 'No tool call found for function call output with call_id call_9.' },
  ],
  [
    'a call without its result',
    { input: [{ type: 'function_call', call_id: 'call_9', name: 'f', arguments: '{}' }] },
    { param: 'input', message: 'No tool output found for function call call_9.' },
  ],
  [
    'an item that is not kept',
    { input: [{ type: 'item_reference', id: 'msg_1' }] },
    { message: "Item with id 'msg_1' not found." },
    404,
  ],
  [
    'a response that is not kept',
    { previous_response_id: 'resp_abc' },
    {
      message: "Previous response with id 'resp_abc' not found.",
      type: 'invalid_request_error',
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    },
  ],
  ['fewer than 16 tokens', { max_output_tokens: 1 }, { param: 'max_output_tokens', code: 'integer_below_min_value' }],
  ['a temperature above 2', { temperature: 2.5 }, { param: 'temperature' }],
  ['thinking of a model that does not', { reasoning: { effort: 'low' } }, { param: null }],
  ['a background', { background: true }, { param: 'background' }],
  ['metadata that is no object', { metadata: 'a' }, { param: 'metadata' }],
  ['tools that are no list', { tools: {} }, { param: 'tools' }],
  ['a tool without a name', { tools: [{ type: 'function' }] }, { param: 'tools[0].name' }],
  ['more than 128 tools', { tools: Array.from({ length: 129 }, () => WEATHER) }, { param: 'tools' }],
];

for (const [name, body, error, status = 400] of REFUSED) {
  test(`readResponse: refuses ${name}`, () => {
    const refusal = refusalOf(readResponse({ input: 'Hello', ...body }, modelFacts('gpt-4o')));
    assert.equal(refusal.status, status);
    assert.deepEqual({ ...refusal.error, ...error }, refusal.error);
  });
}

test('readResponse: a response that is kept goes before the input', () => {
  const kept = { turnsOf: (id: string) => (id === 'resp_1' ? [{ role: 'user', text: 'Before' } as const] : null) };
  const read = readResponse({ input: 'After', previous_response_id: 'resp_1' }, modelFacts('gpt-4o'), kept);
  assert.deepEqual(read.kind === 'ask' ? read.ask.turns.map((turn) => turn.text) : [], ['Before', 'After']);
});
