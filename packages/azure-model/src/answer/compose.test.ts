import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { modelFacts } from '@spillway/protocol';
import { readChat } from '../ask/chat.ts';
import { Ids } from '../ids.ts';
import { ANSWER_FILTER_TRIGGER } from '../wire/refusals.ts';
import { type Choice, completionTokens, shownTokens } from './choice.ts';
import { composeAnswers } from './compose.ts';
import { UNKNOWN } from './grounded.ts';
import { type AnswerSettings, DEFAULT_ANSWERS, type ScriptRule } from './settings.ts';

interface Case {
  readonly user?: string;
  readonly seed?: number;
  readonly model?: string;
  readonly settings?: Partial<AnswerSettings>;
}

function answered(body: Record<string, unknown>, { user = 'Hello', seed = 1, model = 'gpt-4o', settings }: Case = {}) {
  const facts = modelFacts(model);
  const read = readChat({ messages: [{ role: 'user', content: user }], ...body }, facts);
  if (read.kind === 'refused') throw new Error(read.refusal.body);
  return composeAnswers(read.ask, {
    ids: new Ids(1),
    unit: seededUnit(seed),
    settings: { ...DEFAULT_ANSWERS, ...settings },
    facts,
    deployment: 'chat',
  });
}

function only(body: Record<string, unknown>, given?: Case): Choice {
  const [choice, ...more] = answered(body, given);
  if (choice === undefined || more.length > 0) throw new Error('not one choice');
  return choice;
}

function textOf(choice: Choice): string {
  return choice.tokens.join('');
}

test('composeAnswers: the same chance gives the same answer, another one another', () => {
  assert.deepEqual(answered({}, { seed: 7 }), answered({}, { seed: 7 }));
  assert.notDeepEqual(answered({}, { seed: 7 }), answered({}, { seed: 8 }));
});

test('composeAnswers: keeps to the limit and says so', () => {
  const choice = only({ max_tokens: 3 });
  assert.deepEqual([choice.tokens.length, choice.finish], [3, 'length']);
});

test('composeAnswers: each choice has a text of its own', () => {
  const choices = answered({ n: 3 });
  assert.equal(new Set(choices.map(textOf)).size, 3);
  assert.equal(completionTokens(choices), choices.flatMap((choice) => choice.tokens).length);
});

test('composeAnswers: ends before the first stop sequence, also within a token', () => {
  const whole = textOf(only({}));
  const choice = only({ stop: ['nowhere to be found', whole.slice(13, 17), whole.slice(30, 33)] });
  assert.equal(textOf(choice), whole.slice(0, whole.indexOf(whole.slice(13, 17))));
  assert.equal(choice.finish, 'stop');
});

test('composeAnswers: a stop sequence at the very beginning leaves nothing', () => {
  const whole = textOf(only({}));
  assert.deepEqual(only({ stop: [whole.slice(0, 2)] }).tokens, []);
});

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const TOOLS = { tools: [{ type: 'function', function: { name: 'get_weather', parameters: PARAMETERS } }] };

test('composeAnswers: a required call ends with tool_calls, a named one with stop', () => {
  const required = only({ ...TOOLS, tool_choice: 'required' });
  const named = only({ ...TOOLS, tool_choice: { type: 'function', function: { name: 'get_weather' } } });
  assert.deepEqual([required.finish, named.finish], ['tool_calls', 'stop']);
  assert.deepEqual([required.calls.length, required.calls[0]?.name, required.tokens], [1, 'get_weather', []]);
  assert.deepEqual(Object.keys(JSON.parse(required.calls[0]?.tokens.join('') ?? '')), ['city']);
});

test('composeAnswers: calls side by side have ids of their own', () => {
  const { calls, finish } = only(TOOLS, { user: 'The weather in Rome and Oslo?' });
  assert.deepEqual(
    calls.map((call) => call.tokens.join('')),
    ['{"city":"Rome"}', '{"city":"Oslo"}'],
  );
  assert.notEqual(calls[0]?.id, calls[1]?.id);
  assert.equal(finish, 'tool_calls');
});

test('composeAnswers: a limit cuts the arguments of a call as it cuts text, and further calls', () => {
  const cut = only({ ...TOOLS, max_tokens: 2, tool_choice: 'required' });
  assert.deepEqual([shownTokens(cut), cut.finish], [2, 'length']);
  const further = only({ ...TOOLS, max_tokens: 3 }, { user: 'The weather in Rome and Oslo?' });
  assert.deepEqual([further.calls.length, shownTokens(further), further.finish], [1, 3, 'length']);
});

test('composeAnswers: after the result of a tool it answers from that', () => {
  const messages = [
    { role: 'user', content: 'The weather in Rome?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: '{"temperature":22}' },
  ];
  assert.equal(textOf(only({ ...TOOLS, messages })), 'According to the tool, temperature is 22.');
});

test('composeAnswers: an object that fits the schema, with the answer in words where there is a place for it', () => {
  const schema = {
    type: 'object',
    properties: { answer: { type: 'string' }, sure: { type: 'boolean' } },
    required: ['answer', 'sure'],
    additionalProperties: false,
  };
  const response_format = { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } };
  const choice = only({ response_format }, { user: 'When is tea?\nSources:\na.md: Tea is at five.' });
  const value = JSON.parse(textOf(choice));
  assert.equal(value.answer, 'Tea is at five [a.md].');
  assert.equal(typeof value.sure, 'boolean');
  assert.equal(choice.plain, false);
  const object = only({ response_format: { type: 'json_object' } }, { user: 'some json' });
  assert.deepEqual(Object.keys(JSON.parse(textOf(object))), ['answer']);
});

test('composeAnswers: answers from sources, with follow-up questions where they are asked for', () => {
  const user = 'When is tea?\nSources:\na.md: Tea is at five. Coffee is always available.';
  assert.equal(textOf(only({}, { user })), 'Tea is at five [a.md].');
  const messages = [
    { role: 'system', content: 'Add questions such as <<Is there tea?>>.' },
    { role: 'user', content: user },
  ];
  const text = textOf(only({ messages }));
  assert.equal(text.match(/<<[^<>]+\?>>/g)?.length, 3, text);
  assert.equal(textOf(only({}, { user: user.replace('tea', 'Jupiter') })), UNKNOWN);
  assert.doesNotMatch(textOf(only({}, { user, settings: { style: 'prose' } })), /a\.md/);
});

test('composeAnswers: keywords where a query is asked for', () => {
  const messages = [
    { role: 'system', content: 'Generate a search query. If you cannot, return 0.' },
    { role: 'user', content: 'What does my plan cover?' },
  ];
  assert.equal(textOf(only({ messages, max_tokens: 32 })), 'plan cover');
});

test('composeAnswers: echo says what the user said', () => {
  const choice = only({}, { user: 'Grüße "an" alle', settings: { style: 'echo' } });
  assert.deepEqual([textOf(choice), choice.plain, choice.finish], ['Grüße "an" alle', false, 'stop']);
});

test('composeAnswers: the asked length, the set length, or up to the limit', () => {
  assert.equal(textOf(only({}, { user: 'Tell me in 12 words' })).split(' ').length, 12);
  assert.ok(only({}, { settings: { tokensMedian: 1000 } }).tokens.length > 150);
  const full = only({ max_tokens: 500 }, { user: 'in 12 words', settings: { fill: true } });
  assert.deepEqual([full.tokens.length, full.finish], [500, 'length']);
  assert.equal(only({}, { settings: { fill: true } }).finish, 'stop');
});

test('composeAnswers: an answer may fill all that the model gives', () => {
  const { answerTokensMax } = modelFacts('gpt-4o');
  const choice = only({ max_tokens: answerTokensMax }, { settings: { fill: true } });
  assert.deepEqual([choice.tokens.length, choice.finish], [answerTokensMax, 'length']);
});

test('composeAnswers: rules of the script come first, with an answer or a call', () => {
  const rule: ScriptRule = { deployment: null, contains: 'ping', matches: null, answer: 'pong', call: null };
  assert.equal(textOf(only(TOOLS, { user: 'ping the weather', settings: { script: [rule] } })), 'pong');
  const call = { ...rule, answer: null, call: { name: 'f', arguments: { a: 1 } } };
  const choice = only({}, { user: 'ping', settings: { script: [call] } });
  assert.deepEqual(
    [choice.calls[0]?.name, choice.calls[0]?.tokens.join(''), choice.finish],
    ['f', '{"a":1}', 'tool_calls'],
  );
});

test('composeAnswers: log probabilities for each token that is sent', () => {
  const choice = only({ logprobs: true, top_logprobs: 2, stop: ['.'] });
  assert.equal(choice.logprobs?.length, choice.tokens.length);
  assert.equal(choice.logprobs?.[0]?.top.length, 2);
  assert.equal(only({}).logprobs, null);
});

test('composeAnswers: the content filter breaks an answer off where the prompt asks for it', () => {
  for (let seed = 0; seed < 20; seed++) {
    const whole = only({}, { seed });
    const choice = only({}, { seed, user: `Please ${ANSWER_FILTER_TRIGGER}` });
    assert.equal(choice.finish, 'content_filter');
    assert.ok(textOf(whole).startsWith(textOf(choice)) && choice.tokens.length < whole.tokens.length);
  }
});

test('composeAnswers: thoughts count into the limit, and may use it up', () => {
  const unbounded = only({}, { model: 'o3' });
  assert.ok(unbounded.reasoningTokens > 0);
  const room = only({ max_completion_tokens: unbounded.reasoningTokens + 3 }, { model: 'o3' });
  assert.deepEqual([room.tokens.length, room.finish], [3, 'length']);
  const none = only({ max_completion_tokens: 64 }, { model: 'o3' });
  assert.deepEqual([none.tokens, none.reasoningTokens, none.finish], [[], 64, 'length']);
  assert.equal(completionTokens([none]), 64);
});

test('composeAnswers: a prompt of 100 kB and texts made to be hard are answered in bounded work', () => {
  const line = (i: number) => `d${i}.md: ${'The plan has rules. Some speak of money. '.repeat(24)}`;
  const long = Array.from({ length: 100 }, (_, i) => line(i)).join('\n');
  const hard = ['[', '(', 'a:', '\n', ' ', '<source ', '[S1] ', '"', 'A ', '. ', '1,', 'question:', '\n \n', "a'"];
  for (const text of [long, ...hard.map((part) => part.repeat(Math.ceil(100_000 / part.length)))]) {
    assert.ok(only({ ...TOOLS }, { user: `Money?\nSources:\n${text}` }).tokens.length > 0);
  }
});
