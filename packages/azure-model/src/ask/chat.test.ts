import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { ANSWER_FILTER_TRIGGER, CONTENT_FILTER_TRIGGER } from '../wire/refusals.ts';
import { readChat } from './chat.ts';
import type { GenerationAsk } from './generation.ts';

const MESSAGES = [{ role: 'user', content: 'How is the weather in Seoul?' }];
const GPT_4O = modelFacts('gpt-4o');

function asked(body: Record<string, unknown>, facts = GPT_4O): GenerationAsk {
  const read = readChat({ messages: MESSAGES, ...body }, facts);
  assert.equal(read.kind, 'ask', JSON.stringify(read));
  if (read.kind !== 'ask') throw new Error('refused');
  return read.ask;
}

function refusedFor(body: Record<string, unknown>, model = 'gpt-4o'): Record<string, unknown> {
  const read = readChat(body, modelFacts(model));
  if (read.kind !== 'refused') throw new Error('was not refused');
  assert.equal(read.refusal.status, 400);
  return JSON.parse(read.refusal.body).error;
}

for (const [model, tokens] of [
  ['gpt-4o', 14],
  ['gpt-4', 14],
  ['gpt-35-turbo', 15],
] as const) {
  test(`readChat: a message of 28 characters is billed as ${tokens} tokens, as ${model} was measured`, () => {
    assert.equal(asked({}, modelFacts(model)).prompt.tokens, tokens);
  });
}

const REFUSED: ReadonlyArray<readonly [name: string, body: Record<string, unknown>, param: string]> = [
  ['without messages', {}, 'messages'],
  ['with an empty list of messages', { messages: [] }, 'messages'],
  ['with messages that are no list', { messages: 'hello' }, 'messages'],
  ['with a message that has no role', { messages: [{ content: 'hello' }] }, 'messages'],
  ['with max_tokens 0', { messages: MESSAGES, max_tokens: 0 }, 'max_tokens'],
  ['with max_completion_tokens as a text', { messages: MESSAGES, max_completion_tokens: '5' }, 'max_completion_tokens'],
  ['with half a choice', { messages: MESSAGES, n: 0.5 }, 'n'],
  ['with 129 choices', { messages: MESSAGES, n: 129 }, 'n'],
  ['with five stop sequences', { messages: MESSAGES, stop: ['1', '2', '3', '4', '5'] }, 'stop'],
  ['with a tool that is required and none given', { messages: MESSAGES, tool_choice: 'required' }, 'tool_choice'],
  [
    'with a tool named that is not given',
    { messages: MESSAGES, tools: [], tool_choice: { type: 'function', function: { name: 'f' } } },
    'tool_choice',
  ],
];

for (const [name, body, param] of REFUSED) {
  test(`readChat: refuses a request ${name}`, () => {
    const error = refusedFor(body);
    assert.equal(error.type, 'invalid_request_error');
    assert.equal(error.param, param);
  });
}

test('readChat: a reasoning model refuses max_tokens and names the way out', () => {
  const error = refusedFor({ messages: MESSAGES, max_tokens: 5 }, 'o3');
  assert.equal(error.code, 'unsupported_parameter');
  assert.match(String(error.message), /max_completion_tokens/);
});

test('readChat: finds the triggers of the content filter in any part of any message', () => {
  const content = [{ type: 'text', text: `please ${CONTENT_FILTER_TRIGGER} now` }];
  const blocked = { messages: [...MESSAGES, { role: 'user', content }] };
  assert.equal(asked(blocked).prompt.verdict, 'blocked');
  const broken = { messages: [{ role: 'system', content: ANSWER_FILTER_TRIGGER }, ...MESSAGES] };
  assert.equal(asked(broken).prompt.verdict, 'answerBlocked');
  const both = { messages: [...broken.messages, ...blocked.messages] };
  assert.equal(asked(both).prompt.verdict, 'blocked');
  assert.equal(asked({}).prompt.verdict, 'safe');
});

test('readChat: prompts that differ only before the end differ in their hash', () => {
  const long = 'x'.repeat(5000);
  const hashes = [
    ['a', long],
    ['b', long],
    ['a', `${long}x`],
  ].map(([system, user]) => {
    const messages = [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ];
    return asked({ messages }).prompt.hash;
  });
  assert.equal(new Set(hashes).size, 3);
});

test('readChat: passes over what it does not know', () => {
  const ask = asked({ temperature: 0, metadata: { a: 'b' }, stream: true, stream_options: { include_usage: true } });
  assert.deepEqual([ask.stream, ask.includeUsage, ask.choices, ask.generated], [true, true, 1, 1]);
  assert.deepEqual([ask.topLogprobs, ask.reasoningEffort, ask.stop, ask.tools], [null, null, [], null]);
});

test('readChat: heeds both names of the limit, several choices, stops and effort', () => {
  assert.equal(asked({ max_tokens: 5 }).answerTokensMax, 5);
  const ask = asked({ max_completion_tokens: 6, n: 3, stop: ['a', ''], reasoning_effort: 'high' }, modelFacts('o3'));
  assert.deepEqual(
    [ask.answerTokensMax, ask.choices, ask.generated, ask.stop, ask.reasoningEffort],
    [6, 3, 3, ['a'], 'high'],
  );
  assert.deepEqual(asked({ stop: 'end' }).stop, ['end']);
});

test('readChat: tools and a schema count into the prompt', () => {
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
  assert.ok(asked({ tools }).prompt.tokens > asked({}).prompt.tokens);
  const response_format = { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } };
  assert.ok(asked({ response_format }).prompt.tokens > asked({}).prompt.tokens);
});
