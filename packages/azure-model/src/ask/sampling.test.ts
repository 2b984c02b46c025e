import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { checkSampling, defaultEffort } from './sampling.ts';

type Row = readonly [body: Record<string, unknown>, param: string | null, code: string | null];

function errorOf(body: Record<string, unknown>, model: string) {
  const refusal = checkSampling(body, modelFacts(model));
  return refusal === null ? null : JSON.parse(refusal.body).error;
}

const ANY_MODEL: readonly Row[] = [
  [{ temperature: 2.1 }, 'temperature', 'decimal_above_max_value'],
  [{ presence_penalty: -3 }, 'presence_penalty', 'decimal_below_min_value'],
  [{ top_p: 'x' }, 'top_p', 'invalid_type'],
  [{ logprobs: 3 }, 'logprobs', 'invalid_type'],
  [{ top_logprobs: 3 }, 'top_logprobs', 'invalid_value'],
  [{ logprobs: true, top_logprobs: 21 }, 'top_logprobs', 'invalid_value'],
  [{ logprobs: true, top_logprobs: 0.5 }, 'top_logprobs', 'invalid_value'],
  [{ stream_options: { include_usage: true } }, 'stream_options', null],
  [{ reasoning_effort: 'low' }, null, null],
];

for (const [body, param, code] of ANY_MODEL) {
  test(`checkSampling: gpt-4o refuses ${JSON.stringify(body)}`, () => {
    const error = errorOf(body, 'gpt-4o');
    assert.deepEqual([error?.param, error?.code], [param, code]);
  });
}

const TAKEN: ReadonlyArray<readonly [model: string, body: Record<string, unknown>]> = [
  ['gpt-4o', { temperature: 0, top_p: 0.5, presence_penalty: -2, frequency_penalty: 2, n: 128, stop: ['a'] }],
  ['gpt-4o', { logprobs: true, top_logprobs: 20 }],
  ['gpt-4o', { logprobs: false, stream: true, stream_options: {} }],
  ['gpt-4o', { temperature: null, max_tokens: null, reasoning_effort: null, stop: null }],
  ['o3', { temperature: 1, top_p: 1, presence_penalty: 0, max_completion_tokens: 9, reasoning_effort: 'low' }],
  ['gpt-5', { reasoning_effort: 'minimal' }],
  ['gpt-5.1', { temperature: 0.2, logprobs: true }],
  ['gpt-5.4', { reasoning_effort: 'xhigh' }],
];

for (const [model, body] of TAKEN) {
  test(`checkSampling: ${model} takes ${JSON.stringify(body)}`, () => assert.equal(errorOf(body, model), null));
}

const REASONING: readonly Row[] = [
  [{ max_tokens: 5 }, 'max_tokens', 'unsupported_parameter'],
  [{ temperature: 0 }, 'temperature', 'unsupported_value'],
  [{ top_p: 0.9 }, 'top_p', 'unsupported_value'],
  [{ presence_penalty: 1 }, 'presence_penalty', 'unsupported_value'],
  [{ logprobs: true }, 'logprobs', 'unsupported_parameter'],
  [{ logit_bias: {} }, 'logit_bias', 'unsupported_parameter'],
  [{ reasoning_effort: 'none' }, 'reasoning_effort', 'unsupported_value'],
  [{ reasoning_effort: 'much' }, 'reasoning_effort', 'unsupported_value'],
];

for (const [body, param, code] of REASONING) {
  test(`checkSampling: o3 refuses ${JSON.stringify(body)}`, () => {
    const error = errorOf(body, 'o3');
    assert.deepEqual([error?.param, error?.code], [param, code]);
  });
}

test('checkSampling: a model that may think or not takes a temperature only where it does not', () => {
  assert.equal(errorOf({ temperature: 0.2, reasoning_effort: 'none' }, 'gpt-5.1'), null);
  assert.equal(errorOf({ temperature: 0.2, reasoning_effort: 'low' }, 'gpt-5.1')?.code, 'unsupported_value');
});

test('checkSampling: says which values a model takes', () => {
  assert.equal(
    errorOf({ reasoning_effort: 'minimal' }, 'o4-mini')?.message,
    "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.",
  );
});

test('defaultEffort: newer models think only when asked', () => {
  const efforts = ['gpt-4o', 'o3', 'gpt-5', 'gpt-5.1', 'gpt-5.1-codex', 'gpt-5.4-pro'].map((name) =>
    defaultEffort(modelFacts(name)),
  );
  assert.deepEqual(efforts, ['none', 'medium', 'medium', 'none', 'medium', 'medium']);
});
