import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { completionAsk, refusalOf } from '../wire/testing.ts';
import { readCompletion, servesChat, servesCompletions } from './completions.ts';

const INSTRUCT = modelFacts('gpt-35-turbo-instruct');

const PROMPTS: ReadonlyArray<readonly [prompt: unknown, texts: readonly string[], tokens: number]> = [
  ['Once upon a time', ['Once upon a time'], 4],
  [['One', 'Two words'], ['One', 'Two words'], 4],
  [[11, 22, 33], ['11 22 33'], 3],
  [[[11, 22], [33]], ['11 22', '33'], 3],
  [undefined, [''], 1],
  ['', [''], 1],
];

for (const [prompt, texts, tokens] of PROMPTS) {
  test(`readCompletion: the prompt ${JSON.stringify(prompt) ?? 'that is absent'}`, () => {
    const ask = completionAsk({ prompt });
    assert.deepEqual(
      ask.turns.map((turn) => turn.text),
      texts,
    );
    assert.equal(ask.prompt.tokens, tokens);
    assert.equal(ask.choices, texts.length);
  });
}

test('readCompletion: an answer is of 16 tokens at most where nothing is said, and of none where that is asked', () => {
  assert.equal(completionAsk().answerTokensMax, 16);
  assert.equal(completionAsk({ max_tokens: 100 }).answerTokensMax, 100);
  assert.equal(completionAsk({ max_tokens: 0, echo: true }).answerTokensMax, 0);
});

test('readCompletion: all of best_of are generated, n are shown, for each prompt', () => {
  const { choices, generated } = completionAsk({ prompt: ['One', 'Two'], n: 2, best_of: 5 });
  assert.deepEqual([choices, generated], [4, 10]);
});

test('readCompletion: the suffix counts, and changes the answer', () => {
  const [plain, suffixed] = [completionAsk(), completionAsk({ suffix: 'the end.' })];
  assert.equal(suffixed.prompt.tokens, plain.prompt.tokens + 2);
  assert.deepEqual(suffixed.prompt.chars, [4, 8]);
  assert.notEqual(suffixed.prompt.hash, plain.prompt.hash);
});

const REFUSED: ReadonlyArray<readonly [name: string, body: Record<string, unknown>, param: string]> = [
  ['a prompt that is no text', { prompt: 7 }, 'prompt'],
  ['an empty list of prompts', { prompt: [] }, 'prompt'],
  ['more log probabilities than 5', { logprobs: 6 }, 'logprobs'],
  ['best_of below n', { n: 3, best_of: 2 }, 'best_of'],
  ['best_of above 20', { best_of: 21 }, 'best_of'],
  ['best_of in a stream', { best_of: 2, stream: true }, 'best_of'],
  ['more than 128 answers', { prompt: ['a', 'b'], n: 65 }, 'n'],
  ['more than 128 prompts', { prompt: Array.from({ length: 129 }, () => 'a') }, 'prompt'],
  ['a temperature above 2', { temperature: 3 }, 'temperature'],
  ['a suffix that is no text', { suffix: 1 }, 'suffix'],
];

for (const [name, body, param] of REFUSED) {
  test(`readCompletion: refuses ${name}`, () => {
    const { status, error } = refusalOf(readCompletion({ prompt: 'Once', ...body }, INSTRUCT));
    assert.equal(status, 400);
    assert.equal(error.param, param);
  });
}

test('servesCompletions: the older models do; others answer OperationNotSupported in the words of Azure', () => {
  for (const name of [
    'gpt-35-turbo',
    'gpt-3.5-turbo-instruct',
    'gpt-35-turbo-instruct',
    'davinci-002',
    'babbage-002',
  ]) {
    assert.ok(servesCompletions(modelFacts(name)));
  }
  for (const name of ['gpt-4o', 'text-embedding-3-small']) {
    const { status, error } = refusalOf(readCompletion({ prompt: 'Once' }, modelFacts(name)));
    assert.equal(status, 400);
    assert.equal(error.code, 'OperationNotSupported');
    assert.match(
      String(error.message),
      new RegExp(`^The completion operation does not work with the specified model, ${name}\\.`),
    );
  }
});

test('servesChat: all chat models but those that complete alone', () => {
  assert.deepEqual(
    ['gpt-4o', 'gpt-35-turbo', 'davinci-002', 'text-embedding-3-small'].map((name) => servesChat(modelFacts(name))),
    [true, true, false, false],
  );
});
