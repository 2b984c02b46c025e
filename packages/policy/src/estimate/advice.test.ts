import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_USAGE } from '@spillway/protocol';
import { advice } from './advice.ts';
import { type AskSize, Estimator } from './estimator.ts';

const SIZE: AskSize = {
  bytes: 2_000,
  items: 1,
  extras: 0,
  mix: 'plain',
  answerTokensMax: null,
  choices: 1,
  cacheKey: null,
};

interface Given {
  readonly client?: string | null;
  readonly requests: number;
  readonly asks: number | null;
  readonly answers: number;
  readonly prompt?: number;
}

function estimatorOf(given: readonly Given[]): Estimator {
  const estimator = new Estimator();
  for (const { client = 'chat-app', requests, asks, answers, prompt = 500 } of given) {
    const asker = { client, model: 'gpt-4o', operation: 'chat.completions', class: 'standard' } as const;
    for (let i = 0; i < requests; i++) {
      const ticket = estimator.need({ ...SIZE, answerTokensMax: asks }, asker, 0);
      estimator.answered(ticket, { ...NO_USAGE, promptTokens: prompt, completionTokens: answers }, 0);
    }
  }
  return estimator;
}

const TEXTS: ReadonlyArray<readonly [name: string, given: Given, text: string | null]> = [
  [
    'a lavish bound',
    { requests: 2_310, asks: 4_096, answers: 400 },
    "answers to chat-app's chat.completions of gpt-4o have 430 tokens or fewer in 99.9 % of 2,310 requests, and it asks for 4,096: " +
      'asking for 512 would admit 4.5 times as many requests',
  ],
  [
    'a lavish bound of nobody in particular',
    { client: null, requests: 200, asks: 1_000, answers: 90, prompt: 100 },
    'answers to chat.completions of gpt-4o have 90 tokens or fewer in 99.9 % of 200 requests, and it asks for 1,000: ' +
      'asking for 128 would admit 4.8 times as many requests',
  ],
  [
    'no bound',
    { requests: 200, asks: null, answers: 90 },
    "answers to chat-app's chat.completions of gpt-4o have 90 tokens or fewer in 99.9 % of 200 requests, and it sets no bound: " +
      'provisioned deployments then guess one; asking for 128 would tell them',
  ],
  [
    'answers that end at the bound',
    { requests: 200, asks: 100, answers: 100 },
    "200 of 200 answers to chat-app's chat.completions of gpt-4o ended at the bound they were asked with: " +
      'they may have been cut short; a higher bound costs more quota',
  ],
  ['a bound that fits', { requests: 200, asks: 512, answers: 400 }, null],
  ['a lavish bound beside a prompt that dwarfs it', { requests: 200, asks: 4_096, answers: 400, prompt: 90_000 }, null],
  ['too few answers to say anything', { requests: 99, asks: 4_096, answers: 10 }, null],
];

for (const [name, given, text] of TEXTS) {
  test(`advice: ${name}`, () => assert.equal(advice(estimatorOf([given]))[0]?.text, text));
}

test('advice: tells what was reserved, what was used of it, and the share that was not', () => {
  const [told] = advice(estimatorOf([{ requests: 1_000, asks: 1_000, answers: 250 }]));
  assert.ok(told !== undefined);
  const { text, ...figures } = told;
  assert.deepEqual(figures, {
    client: 'chat-app',
    model: 'gpt-4o',
    operation: 'chat.completions',
    requests: 1_000,
    bounded: 1_000,
    reached: 0,
    reservedTokens: 1_000_000,
    usedTokens: 250_000,
    wastedShare: 0.75,
    answerTokensP50: 256,
    answerTokensP99: 256,
    answerTokensP999: 256,
    lengthsOf: 1_000,
    suggestedTokensMax: 384,
    admits: 1_500 / 884,
  });
});

test('advice: the caller who wastes most comes first; one that was never answered is left out', () => {
  const estimator = estimatorOf([
    { client: 'small', requests: 200, asks: 400, answers: 10 },
    { client: 'large', requests: 200, asks: 40_000, answers: 10 },
    { client: 'none', requests: 200, asks: null, answers: 10 },
  ]);
  estimator.need(SIZE, { client: 'asked', model: 'm', operation: 'responses', class: 'batch' }, 0);
  assert.deepEqual(
    advice(estimator).map(({ client }) => client),
    ['large', 'small', 'none'],
  );
});
