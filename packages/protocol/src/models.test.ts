import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownModel, MODEL_NAMES, modelFacts, requestsPerMinuteOf, unknownModel } from './models.ts';

/** From the quota tables and captures in the wire reference, §6.3 and §4.2. */
const RATES: ReadonlyArray<
  readonly [model: string, tokensPerMinute: number, requestsPerMinute: number, windowSeconds: number]
> = [
  ['gpt-4o', 30_000, 180, 10],
  ['gpt-4o-mini', 2_000_000, 20_000, 60],
  ['gpt-4.1', 1_000_000, 1000, 60],
  ['gpt-4.1-mini', 5_000_000, 5000, 60],
  ['gpt-5', 1_000_000, 10_000, 60],
  ['gpt-5.4', 1_000_000, 10_000, 60],
  ['gpt-5.5', 1_000_000, 1000, 60],
  ['o1', 3_000_000, 500, 60],
  ['o3-mini', 5_000_000, 500, 60],
  ['o3-pro', 1_600_000, 160, 60],
  ['text-embedding-3-small', 1_000_000, 6000, 10],
  ['a-model-of-tomorrow', 30_000, 180, 60],
  ['gpt-4.1', 100, 1, 60],
];

for (const [model, tokensPerMinute, requestsPerMinute, windowSeconds] of RATES) {
  test(`requestsPerMinuteOf: ${model} with ${tokensPerMinute} TPM has ${requestsPerMinute} RPM, counted in ${windowSeconds} s`, () => {
    const facts = modelFacts(model);
    assert.equal(requestsPerMinuteOf(facts, tokensPerMinute), requestsPerMinute);
    assert.equal(facts.requestWindowSeconds, windowSeconds);
  });
}

test('knownModel: finds a model in any case, with the date of its version, and in the spelling of OpenAI', () => {
  assert.equal(knownModel('GPT-4')?.name, 'gpt-4');
  assert.equal(knownModel('gpt-4o-2024-08-06')?.name, 'gpt-4o');
  assert.equal(knownModel('gpt-3.5-turbo')?.name, 'gpt-35-turbo');
});

test('knownModel: does not take a longer name for a shorter one', () => {
  assert.equal(knownModel('gpt-4o-transcribe'), null);
  assert.equal(knownModel('gpt-4.1-mini')?.name, 'gpt-4.1-mini');
});

test('unknownModel: takes a name with "embedding" for a model that embeds', () => {
  assert.equal(unknownModel('text-embedding-9').kind, 'embeddings');
  assert.equal(unknownModel('gpt-9').kind, 'chat');
});

test('MODEL_NAMES: each name leads to its own row, and only models that embed have dimensions', () => {
  assert.ok(MODEL_NAMES.length > 40);
  for (const name of MODEL_NAMES) {
    const facts = knownModel(name);
    assert.equal(facts?.name, name);
    assert.equal(facts?.dimensions !== null, facts?.kind === 'embeddings');
    assert.ok((facts?.requestsPerThousandTokens ?? 0) > 0);
  }
});
