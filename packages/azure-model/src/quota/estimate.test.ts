import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { readChat } from '../ask/chat.ts';
import type { GenerationAsk } from '../ask/generation.ts';
import { provisionedEstimate, provisionedUse, type QuotaMode, standardCost } from './estimate.ts';

function ask(chars: readonly number[], fields: Record<string, unknown>, model: string): GenerationAsk {
  const messages = chars.map((count) => ({ role: 'user', content: 'x'.repeat(count) }));
  const read = readChat({ messages, ...fields }, modelFacts(model));
  if (read.kind === 'refused') throw new Error(read.refusal.body);
  return read.ask;
}

function cost(chars: readonly number[], fields: Record<string, unknown>, model: string, mode: QuotaMode): number {
  return standardCost(ask(chars, fields, model), modelFacts(model), mode);
}

/** Forty characters are ten tokens. */
const DOCUMENTED: ReadonlyArray<readonly [name: string, model: string, fields: Record<string, unknown>, cost: number]> =
  [
    ['adds 16 where the answer is not bounded', 'gpt-4o', {}, 26],
    ['adds nothing then for a reasoning model', 'o3', {}, 10],
    ['adds max_tokens', 'gpt-4o', { max_tokens: 500 }, 510],
    ['prefers max_completion_tokens', 'gpt-4o', { max_tokens: 500, max_completion_tokens: 100 }, 110],
    ['adds the answer once for each choice', 'gpt-4o', { max_tokens: 500, n: 3 }, 1510],
    ['takes null for not given', 'gpt-4o', { max_tokens: null, n: null }, 26],
    ['is the same for streams', 'gpt-4o', { max_tokens: 500, stream: true }, 510],
  ];

for (const [name, model, fields, expected] of DOCUMENTED) {
  test(`standardCost, documented: ${name}`, () => {
    assert.equal(cost([40], fields, model, 'documented'), expected);
  });
}

test('standardCost, documented: rounds the characters of the whole prompt up once', () => {
  assert.equal(cost([3, 2], { max_tokens: 1 }, 'gpt-4o', 'documented'), 3);
});

/** Differences of `x-ratelimit-remaining-tokens` of the real service. Source: simulator reference, table of R-03; R-02; R-05. */
const MEASURED: ReadonlyArray<
  readonly [chars: readonly number[], fields: Record<string, unknown>, model: string, delta: number]
> = [
  [[28], {}, 'gpt-4o', 648],
  [[233], {}, 'gpt-4o', 699],
  [[59, 16, 673, 233], {}, 'gpt-4', 888],
  [[28], { max_tokens: 1000 }, 'gpt-4o', 1008],
  [[28], { max_tokens: 2000 }, 'gpt-4', 2008],
  [[59, 16, 673, 233, 237, 40], { max_tokens: 800 }, 'gpt-4', 1119],
  [[28], { max_tokens: 1000, stream: true }, 'gpt-4o', 1008],
  [[60], {}, 'gpt-35-turbo', 16],
  [[3656], {}, 'gpt-35-turbo', 16],
  [[60], { max_tokens: 50 }, 'gpt-35-turbo', 50],
];

for (const [chars, fields, model, delta] of MEASURED) {
  test(`standardCost, measured-2024: ${model} with messages of ${chars.join(', ')} characters and ${JSON.stringify(fields)} cost ${delta}`, () => {
    assert.equal(cost(chars, fields, model, 'measured-2024'), delta);
  });
}

test('standardCost, measured-2024: max_completion_tokens counts, and each choice (S-72)', () => {
  assert.equal(cost([28], { max_completion_tokens: 100 }, 'gpt-4o', 'measured-2024'), 108);
  assert.equal(cost([28], { max_tokens: 100, n: 3 }, 'gpt-4o', 'measured-2024'), 308);
  assert.equal(cost([28], { max_tokens: 100, n: 3 }, 'gpt-35-turbo', 'measured-2024'), 300);
});

test('standardCost, measured-2024: a completion costs its longest answer, whatever the model', () => {
  const completion: GenerationAsk = { ...ask([60], {}, 'gpt-4o'), operation: 'completions' };
  assert.equal(standardCost(completion, modelFacts('gpt-4o'), 'measured-2024'), 16);
});

test('provisionedEstimate: the prompt without what is cached, and the longest answer by its weight', () => {
  const figures = { ...modelFacts('gpt-4.1').provisioned, outputWeight: 4 };
  const bounded = ask([4000], { max_tokens: 100 }, 'gpt-4.1');
  assert.equal(provisionedEstimate(bounded, 512, figures, 1000), bounded.prompt.tokens - 512 + 4 * 100);
  const unbounded = ask([4000], { n: 2 }, 'gpt-4.1');
  assert.equal(provisionedEstimate(unbounded, 0, figures, 1000), unbounded.prompt.tokens + 4 * 2 * 1000);
});

test('provisionedUse: what was used, cached tokens free', () => {
  const figures = { ...modelFacts('gpt-4.1').provisioned, outputWeight: 8 };
  assert.equal(provisionedUse(1000, 896, 50, figures), 104 + 400);
});
