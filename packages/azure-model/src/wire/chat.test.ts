import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderCompletion } from './chat.ts';
import { CALL, chatAsk, LIKELY, ODD, rendered, TEXT, TEXT_AND_CALLS } from './testing.ts';

const SAFE = { filtered: false, severity: 'safe' };
const FOUR = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };

test('renderCompletion: has the form of the service', () => {
  assert.deepEqual(JSON.parse(renderCompletion(chatAsk(), rendered([TEXT, CALL]))), {
    choices: [
      {
        content_filter_results: FOUR,
        finish_reason: 'stop',
        index: 0,
        logprobs: null,
        message: { annotations: [], content: 'The quota.', refusal: null, role: 'assistant' },
      },
      {
        content_filter_results: {},
        finish_reason: 'tool_calls',
        index: 1,
        logprobs: null,
        message: {
          annotations: [],
          content: null,
          refusal: null,
          role: 'assistant',
          tool_calls: [
            { function: { arguments: '{"city":"é"}', name: 'get_weather' }, id: 'call_1', type: 'function' },
          ],
        },
      },
    ],
    created: 1_772_304_649,
    id: 'chatcmpl-1',
    model: 'gpt-4o-2024-11-20',
    object: 'chat.completion',
    prompt_filter_results: [
      { prompt_index: 0, content_filter_results: { ...FOUR, jailbreak: { detected: false, filtered: false } } },
    ],
    system_fingerprint: 'fp_5a1d0c3e7b',
    usage: {
      completion_tokens: 6,
      completion_tokens_details: {
        accepted_prediction_tokens: 0,
        audio_tokens: 0,
        reasoning_tokens: 0,
        rejected_prediction_tokens: 0,
      },
      prompt_tokens: 14,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
      total_tokens: 20,
    },
  });
});

test('renderCompletion: text and several calls stand in one message, thoughts are billed, cached tokens are told', () => {
  const { envelope } = rendered([]);
  const whole = renderCompletion(
    chatAsk(),
    rendered([TEXT_AND_CALLS], { envelope: { ...envelope, promptTokens: 2000, cachedTokens: 1920 } }),
  );
  const { choices, usage } = JSON.parse(whole);
  assert.equal(choices[0].message.content, 'I look');
  assert.deepEqual(
    choices[0].message.tool_calls.map((call: { id: string; function: object }) => [call.id, call.function]),
    [
      ['call_1', { arguments: '{"city":"Oslo"}', name: 'get_weather' }],
      ['call_2', { arguments: '{}', name: 'get_time' }],
    ],
  );
  assert.equal(usage.completion_tokens, 2 + 2 + 1 + 64);
  assert.equal(usage.completion_tokens_details.reasoning_tokens, 64);
  assert.equal(usage.prompt_tokens_details.cached_tokens, 1920);
});

test('renderCompletion: text that is not plain is escaped', () => {
  const { choices } = JSON.parse(renderCompletion(chatAsk(), rendered([ODD])));
  assert.equal(choices[0].message.content, 'say "é\n😀');
});

test('renderCompletion: log probabilities carry the bytes of each token', () => {
  const { choices } = JSON.parse(renderCompletion(chatAsk(), rendered([LIKELY])));
  assert.deepEqual(choices[0].logprobs, {
    content: [
      {
        bytes: [195, 169],
        logprob: -0.25,
        token: 'é',
        top_logprobs: [
          { bytes: [195, 169], logprob: -0.25, token: 'é' },
          { bytes: [101], logprob: -1.5, token: 'e' },
        ],
      },
    ],
    refusal: null,
  });
});

test('renderCompletion: an answer that the filter broke off names the category', () => {
  const { choices } = JSON.parse(renderCompletion(chatAsk(), rendered([{ ...TEXT, finish: 'content_filter' }])));
  assert.equal(choices[0].finish_reason, 'content_filter');
  assert.deepEqual(choices[0].content_filter_results.violence, { filtered: true, severity: 'high' });
});

test('renderCompletion: who asked with `functions` gets `function_call`', () => {
  const ask = { ...chatAsk(), echo: { oldFunctions: true } };
  const { choices } = JSON.parse(renderCompletion(ask, rendered([CALL])));
  assert.equal(choices[0].finish_reason, 'function_call');
  assert.deepEqual(choices[0].message, {
    annotations: [],
    content: null,
    function_call: { arguments: '{"city":"é"}', name: 'get_weather' },
    refusal: null,
    role: 'assistant',
  });
});
