import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { modelFacts } from '@spillway/protocol';
import { readChat } from '../ask/chat.ts';
import type { GenerationAsk } from '../ask/generation.ts';
import { argumentsOf, CALLS_MAX, plannedCalls } from './tool-choice.ts';

function tool(name: string, description: string, properties: Record<string, unknown>): Record<string, unknown> {
  const parameters = { type: 'object', properties, required: Object.keys(properties) };
  return { type: 'function', function: { name, description, parameters } };
}

const TEXT = { type: 'string' };
const WEATHER = tool('get_weather', 'Current weather of a city', { city: TEXT });
const EMAIL = tool('sendEmail', 'Sends a message to somebody', { to: { type: 'string', format: 'email' } });
const SEARCH = tool('search_documents', 'Looks into the knowledge base', { query: TEXT });
const TOOLS = [EMAIL, WEATHER, SEARCH];

function asked(user: string, body: Record<string, unknown> = {}, messages: readonly unknown[] = []): GenerationAsk {
  const read = readChat(
    { messages: [...messages, { role: 'user', content: user }], tools: TOOLS, ...body },
    modelFacts('gpt-4o'),
  );
  if (read.kind === 'refused') throw new Error(read.refusal.body);
  return read.ask;
}

function called(ask: GenerationAsk): ReadonlyArray<readonly [string, string]> {
  return plannedCalls(ask).map((call) => [call.tool.name, argumentsOf(call, ask, seededUnit(1))]);
}

const AUTO: ReadonlyArray<readonly [user: string, calls: ReadonlyArray<readonly [string, string]>]> = [
  ['How is the weather in Seoul?', [['get_weather', '{"city":"Seoul"}']]],
  [
    'Weather in Rome and Oslo, please',
    [
      ['get_weather', '{"city":"Rome"}'],
      ['get_weather', '{"city":"Oslo"}'],
    ],
  ],
  ['Try search_documents: deductibles', [['search_documents', '{"query":"Try search documents deductibles"}']]],
  ['What is current in the city of Lima?', [['get_weather', '{"city":"Lima"}']]],
  ['Tell me a joke', []],
  ['Find me a rhyme', []],
];

for (const [user, calls] of AUTO) {
  test(`plannedCalls: '${user}' calls ${calls.map(([name]) => name).join(', ') || 'nothing'}`, () => {
    assert.deepEqual(called(asked(user)), calls);
  });
}

test('plannedCalls: two tools that are meant are called side by side, where that is allowed', () => {
  const user = 'Send Ana an email about the weather in Rome';
  const names = (body: Record<string, unknown>) => plannedCalls(asked(user, body)).map((call) => call.tool.name);
  assert.deepEqual(names({}).sort(), ['get_weather', 'sendEmail']);
  assert.equal(names({ parallel_tool_calls: false }).length, 1);
});

test('plannedCalls: never more than so many calls', () => {
  const user = 'The weather in Rome, Oslo, Paris, Lima, Quito and Bern';
  assert.equal(plannedCalls(asked(user)).length, CALLS_MAX);
});

test('plannedCalls: where one is required the meant one is called, else the first', () => {
  const body = { tool_choice: 'required' };
  assert.equal(plannedCalls(asked('weather in Rome', body))[0]?.tool.name, 'get_weather');
  assert.deepEqual(
    plannedCalls(asked('hello', body)).map((call) => call.tool.name),
    ['sendEmail'],
  );
});

test('plannedCalls: a named tool is called whatever the words say', () => {
  const body = { tool_choice: { type: 'function', function: { name: 'search_documents' } } };
  assert.deepEqual(called(asked('weather in Rome', body)), [['search_documents', '{"query":"weather Rome"}']]);
});

test('plannedCalls: instructions that want a query call the tool that takes it', () => {
  const system = { role: 'system', content: 'Generate a search query for the knowledge base.' };
  assert.deepEqual(called(asked('Is my dog insured?', {}, [system])), [
    ['search_documents', '{"query":"dog insured"}'],
  ]);
});

test('plannedCalls: nothing after the result of a tool, but where one is required', () => {
  const turns = [
    { role: 'user', text: 'weather in Rome' },
    { role: 'tool', text: '{}' },
  ] as const;
  assert.deepEqual(plannedCalls({ ...asked('x'), turns }), []);
  assert.equal(plannedCalls({ ...asked('x', { tool_choice: 'required' }), turns }).length, 1);
});
