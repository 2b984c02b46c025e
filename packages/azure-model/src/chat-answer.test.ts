import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { answerChat, completionTokens } from './chat-answer.ts';
import type { ChatAsk } from './chat-request.ts';
import { Ids } from './ids.ts';

const ASK: ChatAsk = {
  promptTokens: 10,
  promptTokensEstimated: 10,
  promptHash: 1,
  filtered: false,
  answerTokensMax: null,
  choices: 1,
  stop: [],
  stream: false,
  includeUsage: false,
  tool: null,
};

function answered(ask: Partial<ChatAsk>, seed = 1): ReturnType<typeof answerChat> {
  return answerChat({ ...ASK, ...ask }, new Ids(1), seededUnit(seed));
}

test('answerChat: the same chance gives the same answer, another one another', () => {
  assert.deepEqual(answered({}, 7), answered({}, 7));
  assert.notDeepEqual(answered({}, 7), answered({}, 8));
});

test('answerChat: keeps to the limit and says so', () => {
  const [choice] = answered({ answerTokensMax: 3 });
  assert.equal(choice?.tokens.length, 3);
  assert.equal(choice?.finish, 'length');
});

test('answerChat: each choice has a text of its own', () => {
  const choices = answered({ choices: 3 });
  assert.equal(new Set(choices.map((choice) => choice.tokens.join(''))).size, 3);
  assert.equal(completionTokens(choices), choices.flatMap((choice) => choice.tokens).length);
});

test('answerChat: ends before the first stop sequence, also within a token', () => {
  const whole = answered({})[0]?.tokens.join('') ?? '';
  const [choice] = answered({ stop: ['nowhere to be found', whole.slice(13, 17), whole.slice(30, 33)] });
  assert.equal(choice?.tokens.join(''), whole.slice(0, whole.indexOf(whole.slice(13, 17))));
  assert.equal(choice?.finish, 'stop');
});

test('answerChat: a stop sequence at the very beginning leaves nothing', () => {
  const whole = answered({})[0]?.tokens.join('') ?? '';
  assert.deepEqual(answered({ stop: [whole.slice(0, 2)] })[0]?.tokens, []);
});

const TOOL = {
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

test('answerChat: a required call ends with tool_calls, a named one with stop', () => {
  const [required] = answered({ tool: { ...TOOL, choice: 'required' } });
  const [named] = answered({ tool: { ...TOOL, choice: 'named' } });
  assert.deepEqual([required?.finish, named?.finish], ['tool_calls', 'stop']);
  assert.equal(required?.call?.name, 'get_weather');
  assert.deepEqual(Object.keys(JSON.parse(required?.tokens.join('') ?? '')), ['city']);
});

test('answerChat: a limit cuts the arguments of a call as it cuts text', () => {
  const [choice] = answered({ answerTokensMax: 2, tool: { ...TOOL, choice: 'required' } });
  assert.deepEqual([choice?.tokens.length, choice?.finish], [2, 'length']);
});
