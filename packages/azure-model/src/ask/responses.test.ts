import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { refusalOf, responseAsk } from '../wire/testing.ts';
import type { GenerationAsk } from './generation.ts';
import { type Held, NOTHING_HELD } from './held.ts';
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
      { type: 'reasoning', summary: [] },
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

const NOT_PERSISTED =
  'Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.';

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
    { message: `Item with id 'msg_1' not found. ${NOT_PERSISTED}`, param: 'input' },
    404,
  ],
  [
    'thoughts of another resource',
    { input: [{ type: 'reasoning', id: 'rs_1', summary: [] }] },
    { param: 'input' },
    404,
  ],
  [
    'thoughts that another resource sealed',
    { input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAABxyzAAAA=' }] },
    {
      code: 'invalid_encrypted_content',
      message:
        'The encrypted content gAAA...AAA= could not be verified. Reason: Encrypted content could not be decrypted or parsed.',
    },
  ],
  [
    'a compacted conversation of another resource',
    { input: [{ type: 'compaction', encrypted_content: 'gAAAAABxyzAAAA=' }] },
    { code: 'invalid_encrypted_content' },
  ],
  [
    'a compacted conversation without content',
    { input: [{ type: 'compaction' }] },
    { param: 'input[0].encrypted_content', code: 'missing_required_parameter' },
  ],
  [
    'a file of another resource',
    { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] }] },
    { message: "File with id 'file-1' not found." },
    404,
  ],
  [
    'a conversation that is not kept',
    { conversation: 'conv_1' },
    { message: "Conversation with id 'conv_1' not found." },
    404,
  ],
  ['a conversation that is no id', { conversation: 7 }, { param: 'conversation' }],
  ['an earlier response that is no id', { previous_response_id: 7 }, { param: 'previous_response_id' }],
  [
    'a conversation beside an earlier response',
    { conversation: 'conv_1', previous_response_id: 'resp_1' },
    { code: 'mutually_exclusive_parameters' },
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
  [
    'a background that keeps nothing',
    { background: true, store: false },
    { param: 'background', code: 'unsupported_parameter' },
  ],
  ['a background that is neither', { background: 'yes' }, { param: 'background', code: 'invalid_value' }],
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

const BEFORE = [
  { id: 'msg_1', type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Before' }] },
  { id: 'rs_1', type: 'reasoning', summary: [] },
  { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{}' },
] as const;

/** A resource that keeps one conversation, under two names. */
const HELD: Held = {
  ...NOTHING_HELD,
  responseItems: (id) => (id === 'resp_1' ? BEFORE : null),
  conversationItems: (id) => (id === 'conv_1' ? BEFORE : null),
  item: (id) => BEFORE.find((item) => item.id === id) ?? null,
  opened: (sealed) => (sealed === 'ours' ? [{ role: 'system', text: 'In short' }] : null),
  has: (kind, id) => kind === 'file' && id === 'file-1',
};
const RESULT = { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' };
const AFTER = { role: 'user', content: 'After' };

function readHeld(body: Record<string, unknown>): GenerationAsk {
  const read = readResponse(body, modelFacts('gpt-4o'), HELD);
  if (read.kind === 'refused') throw new Error(read.refusal.body);
  return read.ask;
}

function textsOf({ turns }: GenerationAsk): readonly string[] {
  return turns.map(({ text }) => text);
}

const GOES_ON: ReadonlyArray<readonly [name: string, body: Record<string, unknown>, want: readonly string[]]> = [
  ['an earlier response', { previous_response_id: 'resp_1', input: [RESULT, AFTER] }, ['Before', '', 'Rain.', 'After']],
  ['a conversation', { conversation: 'conv_1', input: [RESULT] }, ['Before', '', 'Rain.']],
  ['a conversation as an object', { conversation: { id: 'conv_1' }, input: [RESULT] }, ['Before', '', 'Rain.']],
  ['an item that is kept', { input: [{ type: 'item_reference', id: 'msg_1' }, AFTER] }, ['Before', 'After']],
  ['thoughts that are kept', { input: [{ type: 'reasoning', id: 'rs_1', summary: [] }, AFTER] }, ['After']],
  ['thoughts that it sealed', { input: [{ type: 'reasoning', encrypted_content: 'ours' }, AFTER] }, ['After']],
  ['what it compacted', { input: [{ type: 'compaction', encrypted_content: 'ours' }, AFTER] }, ['In short', 'After']],
  [
    'what it has anyway, named again',
    { previous_response_id: 'resp_1', input: [{ type: 'item_reference', id: 'msg_1' }, RESULT] },
    ['Before', '', 'Rain.'],
  ],
];

for (const [name, body, want] of GOES_ON) {
  test(`readResponse: goes on with ${name}`, () => {
    assert.deepEqual(textsOf(readHeld(body)), want);
  });
}

test('readResponse: a call of the conversation wants its result, also where nothing more is said', () => {
  const refusal = refusalOf(readResponse({ previous_response_id: 'resp_1' }, modelFacts('gpt-4o'), HELD));
  assert.equal(refusal.error.message, 'No tool output found for function call call_1.');
});

test('readResponse: instructions of now stand before the conversation, and what was said before counts as prompt', () => {
  const ask = readHeld({ previous_response_id: 'resp_1', instructions: 'Be calm.', input: [RESULT] });
  assert.deepEqual(textsOf(ask), ['Be calm.', 'Before', '', 'Rain.']);
  assert.ok(ask.prompt.tokens > readHeld({ input: 'Rain.', instructions: 'Be calm.' }).prompt.tokens + 8);
});

test('readResponse: tells what is to be kept, references replaced by what they stand for', () => {
  const { keep } = readHeld({ input: [{ type: 'item_reference', id: 'msg_1' }, AFTER] });
  assert.deepEqual(keep, {
    kind: 'response',
    input: JSON.stringify([BEFORE[0], AFTER]),
    previous: null,
    conversation: null,
    history: null,
    background: false,
  });
  const within = readHeld({ conversation: 'conv_1', input: [RESULT], background: true }).keep;
  assert.ok(within?.kind === 'response');
  assert.deepEqual([within.conversation, within.background], ['conv_1', true]);
  assert.equal(within.history, JSON.stringify(BEFORE));
  assert.equal('keep' in readHeld({ input: 'Hello', store: false }), false);
});
