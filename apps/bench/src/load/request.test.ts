import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Target } from '../spec.ts';
import { answerOf, targetOf } from '../testing/spec.ts';
import { addressOf, bodyOf, headersOf } from './request.ts';

const TARGET = targetOf('https://openai1.openai.azure.com', { deployment: 'my chat' });
const ANSWER = answerOf({ tokensMax: 500 });
const PROMPT = { messages: [{ role: 'user', content: 'Hello' }], tokens: 8 };

const ADDRESSES: ReadonlyArray<readonly [of: Partial<Target>, address: string]> = [
  [{}, 'https://openai1.openai.azure.com/openai/deployments/my%20chat/chat/completions?api-version=2024-10-21'],
  [
    { endpoint: 'http://127.0.0.1:8080/', api: 'embeddings' },
    'http://127.0.0.1:8080/openai/deployments/my%20chat/embeddings?api-version=2024-10-21',
  ],
  [{ endpoint: 'http://h/openai', api: 'responses' }, 'http://h/openai/responses?api-version=2024-10-21'],
  [{ endpoint: 'http://h', dialect: 'v1' }, 'http://h/openai/v1/chat/completions'],
  [{ endpoint: 'http://h/openai/v1/', dialect: 'v1' }, 'http://h/openai/v1/chat/completions'],
  [{ endpoint: 'https://api.openai.com/v1', dialect: 'v1', api: 'responses' }, 'https://api.openai.com/v1/responses'],
  [{ endpoint: 'http://h/x?y=1', dialect: 'exact' }, 'http://h/x?y=1'],
];

for (const [of, address] of ADDRESSES) {
  test(`addressOf: ${address}`, () => assert.equal(addressOf({ ...TARGET, ...of }), address));
}

test('addressOf: refuses what is no address', () => {
  for (const endpoint of ['openai1.openai.azure.com', 'ftp://h', 'http://', '']) {
    assert.throws(() => addressOf({ ...TARGET, endpoint }), /is no address; it begins with https/);
  }
});

const BODIES: ReadonlyArray<readonly [name: string, target: Partial<Target>, answer: Partial<Answer>, body: object]> = [
  [
    'chat, streamed, with its usage',
    {},
    {},
    { messages: PROMPT.messages, max_tokens: 500, stream: true, stream_options: { include_usage: true } },
  ],
  [
    'chat on v1, whole, every field',
    { dialect: 'v1' },
    {
      stream: false,
      tokensField: 'max_completion_tokens',
      completions: 2,
      temperature: 0,
      topP: 0.5,
      frequencyPenalty: -1,
      presencePenalty: 2,
    },
    {
      model: 'my chat',
      messages: PROMPT.messages,
      max_completion_tokens: 500,
      n: 2,
      temperature: 0,
      top_p: 0.5,
      frequency_penalty: -1,
      presence_penalty: 2,
      stream: false,
    },
  ],
  ['no bound', {}, { tokensMax: null, stream: false }, { messages: PROMPT.messages, stream: false }],
  [
    'responses, without what they do not know',
    { api: 'responses' },
    { frequencyPenalty: 1, temperature: 1 },
    { model: 'my chat', input: PROMPT.messages, max_output_tokens: 500, temperature: 1, stream: true, store: false },
  ],
  ['embeddings', { api: 'embeddings' }, {}, { input: 'Hello' }],
];

for (const [name, target, answer, body] of BODIES) {
  test(`bodyOf: ${name}`, () => {
    assert.deepEqual(JSON.parse(bodyOf({ ...TARGET, ...target }, { ...ANSWER, ...answer }, PROMPT)), body);
  });
}

test('headersOf: those of the target go over ours', () => {
  assert.deepEqual(headersOf({ ...TARGET, headers: { 'x-ms-useragent': 'me' } }), {
    'content-type': 'application/json',
    'x-ms-useragent': 'me',
  });
});

test('bodyOf: a prompt that wants an answer of its own length gets it, by whatever name that has', () => {
  const wanted = (of: Partial<Target>) =>
    JSON.parse(bodyOf({ ...TARGET, ...of }, ANSWER, { ...PROMPT, answerTokensMax: 7 }));
  assert.deepEqual([wanted({}).max_tokens, wanted({ api: 'responses' }).max_output_tokens], [7, 7]);
});
