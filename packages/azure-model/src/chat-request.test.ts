import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { type ChatAsk, readChat } from './chat-request.ts';
import { CONTENT_FILTER_TRIGGER } from './refusals.ts';

const MESSAGES = [{ role: 'user', content: 'How is the weather in Seoul?' }];
const GPT_4O = modelFacts('gpt-4o');

function asked(body: Record<string, unknown>): ChatAsk {
  const read = readChat({ messages: MESSAGES, ...body }, GPT_4O);
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

test('readChat: a message of 28 characters is billed as 14 tokens, as gpt-4o was measured', () => {
  assert.equal(asked({}).promptTokens, 14);
});

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

test('readChat: finds the trigger of the content filter in any part of any message', () => {
  const content = [{ type: 'text', text: `please ${CONTENT_FILTER_TRIGGER} now` }];
  assert.equal(asked({ messages: [...MESSAGES, { role: 'user', content }] }).filtered, true);
  assert.equal(asked({}).filtered, false);
});

test('readChat: prompts that differ only before the end differ in their hash', () => {
  const long = 'x'.repeat(5000);
  const first = asked({
    messages: [
      { role: 'system', content: 'a' },
      { role: 'user', content: long },
    ],
  });
  const second = asked({
    messages: [
      { role: 'system', content: 'b' },
      { role: 'user', content: long },
    ],
  });
  const longer = asked({
    messages: [
      { role: 'system', content: 'a' },
      { role: 'user', content: `${long}x` },
    ],
  });
  assert.equal(new Set([first.promptHash, second.promptHash, longer.promptHash]).size, 3);
});

test('readChat: takes a tool only where one must be called', () => {
  const tools = [
    { type: 'function', function: { name: 'first', parameters: { type: 'object' } } },
    { type: 'function', function: { name: 'second' } },
  ];
  assert.equal(asked({ tools }).tool, null);
  assert.equal(asked({ tools, tool_choice: 'auto' }).tool, null);
  assert.equal(asked({ tools, tool_choice: 'none' }).tool, null);
  assert.deepEqual(asked({ tools, tool_choice: 'required' }).tool, {
    name: 'first',
    parameters: { type: 'object' },
    choice: 'required',
  });
  const named = asked({ tools, tool_choice: { type: 'function', function: { name: 'second' } } }).tool;
  assert.deepEqual([named?.name, named?.choice], ['second', 'named']);
});

test('readChat: passes over what it does not know', () => {
  const ask = asked({ temperature: 0, metadata: { a: 'b' }, stream: true, stream_options: { include_usage: true } });
  assert.deepEqual([ask.stream, ask.includeUsage, ask.choices], [true, true, 1]);
});
