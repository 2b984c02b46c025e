import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Choice } from './chat-answer.ts';
import { ChatEvents, type Envelope, renderCompletion } from './chat-wire.ts';

const ENVELOPE: Envelope = { id: 'chatcmpl-1', created: 1_772_304_649, model: 'gpt-4o-2024-11-20', promptTokens: 14 };
const TEXT: Choice = { tokens: ['The', ' quota', '.'], finish: 'stop', call: null, plain: true };
const CALL: Choice = {
  tokens: ['{"ci', 'ty":', '"é"}'],
  finish: 'tool_calls',
  call: { id: 'call_1', name: 'get_weather' },
  plain: false,
};

const SAFE = '{"filtered":false,"severity":"safe"}';
const FOUR = `{"hate":${SAFE},"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}}`;
const FIVE = `{"hate":${SAFE},"jailbreak":{"detected":false,"filtered":false},"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}}`;
const REST =
  '"created":1772304649,"id":"chatcmpl-1","model":"gpt-4o-2024-11-20","obfuscation":"…","object":"chat.completion.chunk","system_fingerprint":"fp_5a1d0c3e7b"';

function streamed(choices: readonly Choice[], includeUsage = false): string {
  const events = new ChatEvents(choices, ENVELOPE, includeUsage);
  return events.preamble() + events.content(0, events.contentEvents) + events.ending();
}

/** Padding is of no meaning and left out of what is compared. */
function withoutPadding(text: string): string {
  return text.replace(/"obfuscation":"[A-Za-z0-9]*"/g, '"obfuscation":"…"');
}

/** The order, fields and keys of wire §5.1, written out by hand from it. */
const GOLDEN = [
  `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":${FIVE}}]}`,
  `data: {"choices":[{"content_filter_results":{},"delta":{"content":"","refusal":null,"role":"assistant"},"finish_reason":null,"index":0,"logprobs":null}],${REST}}`,
  `data: {"choices":[{"content_filter_results":${FOUR},"delta":{"content":"The"},"finish_reason":null,"index":0,"logprobs":null}],${REST}}`,
  `data: {"choices":[{"content_filter_results":${FOUR},"delta":{"content":" quota"},"finish_reason":null,"index":0,"logprobs":null}],${REST}}`,
  `data: {"choices":[{"content_filter_results":${FOUR},"delta":{"content":"."},"finish_reason":null,"index":0,"logprobs":null}],${REST}}`,
  `data: {"choices":[{"content_filter_results":{},"delta":{},"finish_reason":"stop","index":0,"logprobs":null}],${REST}}`,
  'data: [DONE]',
];

test('ChatEvents: a stream is framed as Azure frames it, byte for byte but for the padding', () => {
  assert.equal(withoutPadding(streamed([TEXT])), `${GOLDEN.join('\n\n')}\n\n`);
});

test('ChatEvents: usage comes in an event of its own before the end mark, and as null in the others', () => {
  const events = withoutPadding(streamed([TEXT], true)).split('\n\n');
  assert.deepEqual(
    events.slice(0, 6),
    GOLDEN.slice(0, 6).map((event, i) => (i === 0 ? event : `${event.slice(0, -1)},"usage":null}`)),
  );
  const usage = JSON.parse((events[6] ?? '').slice(6));
  assert.deepEqual(usage.choices, []);
  assert.deepEqual(usage.usage, {
    completion_tokens: 3,
    completion_tokens_details: {
      accepted_prediction_tokens: 0,
      audio_tokens: 0,
      reasoning_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    prompt_tokens: 14,
    prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
    total_tokens: 17,
  });
  assert.deepEqual(events.slice(7), ['data: [DONE]', '']);
});

test('ChatEvents: the pieces of a stream put together are the whole of it, wherever it is cut', () => {
  for (const choices of [[TEXT], [TEXT, CALL, { ...TEXT, tokens: ['a'] }]]) {
    const events = new ChatEvents(choices, ENVELOPE, false);
    const whole = events.content(0, events.contentEvents);
    for (let at = 0; at <= events.contentEvents; at++) {
      assert.equal(events.content(0, at) + events.content(at, events.contentEvents), whole);
    }
  }
});

test('ChatEvents: keys come in alphabetical order, as from Azure', () => {
  for (const event of streamed([TEXT, CALL], true).split('\n\n').slice(1, -2)) {
    const sorted = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Array.isArray(value)) assert.deepEqual(Object.keys(value), Object.keys(value).sort(), event);
      Object.values(value).forEach(sorted);
    };
    sorted(JSON.parse(event.slice(6)));
  }
});

test('ChatEvents: several choices are generated side by side, each with its index', () => {
  const short = { ...TEXT, tokens: ['One'] };
  const indexes = streamed([TEXT, short])
    .split('\n\n')
    .slice(1, -2)
    .map((event) => JSON.parse(event.slice(6)).choices[0].index);
  assert.deepEqual(indexes, [0, 1, 0, 1, 0, 0, 0, 1]);
});

test('ChatEvents: a tool call comes as its name, then its arguments piece by piece', () => {
  const deltas = streamed([CALL])
    .split('\n\n')
    .slice(1, -2)
    .map((event) => JSON.parse(event.slice(6)).choices[0]);
  assert.deepEqual(deltas[0].delta, {
    content: null,
    refusal: null,
    role: 'assistant',
    tool_calls: [{ function: { arguments: '', name: 'get_weather' }, id: 'call_1', index: 0, type: 'function' }],
  });
  const pieces = deltas.slice(1, -1).map((choice) => choice.delta.tool_calls[0].function.arguments);
  assert.equal(pieces.join(''), '{"city":"é"}');
  assert.equal(deltas.at(-1).finish_reason, 'tool_calls');
});

test('renderCompletion: has the form of the service', () => {
  assert.deepEqual(JSON.parse(renderCompletion([TEXT, CALL], ENVELOPE)), {
    choices: [
      {
        content_filter_results: JSON.parse(FOUR),
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
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: JSON.parse(FIVE) }],
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
