import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Choice } from '../answer/choice.ts';
import { ChatEvents } from './chat-events.ts';
import {
  CALL,
  chatAsk,
  dataOf,
  isSameWhereverCut,
  LIKELY,
  ODD,
  rendered,
  streamed,
  TEXT,
  TEXT_AND_CALLS,
  withoutPadding,
} from './testing.ts';

const SAFE = '{"filtered":false,"severity":"safe"}';
const FOUR = `{"hate":${SAFE},"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}}`;
const FIVE = `{"hate":${SAFE},"jailbreak":{"detected":false,"filtered":false},"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}}`;
const REST =
  '"created":1772304649,"id":"chatcmpl-1","model":"gpt-4o-2024-11-20","obfuscation":"…","object":"chat.completion.chunk","system_fingerprint":"fp_5a1d0c3e7b"';
const USAGE = { stream: true, stream_options: { include_usage: true } };

function streamOf(choices: readonly Choice[], body: Record<string, unknown> = {}): string {
  return streamed(new ChatEvents(chatAsk(body), rendered(choices)));
}

/** The first choice of each chunk but that of the prompt's verdict. */
function chunksOf(stream: string) {
  return dataOf(stream)
    .slice(1)
    .map((event) => event.choices[0]);
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
  assert.equal(withoutPadding(streamOf([TEXT])), `${GOLDEN.join('\n\n')}\n\n`);
});

test('ChatEvents: a version before prompt_filter_results begins with the first choice', () => {
  const stream = streamed(new ChatEvents(chatAsk({}), rendered([TEXT], { tellsPromptFilter: false })));
  assert.equal(withoutPadding(stream), `${GOLDEN.slice(1).join('\n\n')}\n\n`);
});

test('ChatEvents: usage comes in an event of its own before the end mark, and as null in the others', () => {
  const events = withoutPadding(streamOf([TEXT], USAGE)).split('\n\n');
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
  const long = { ...TEXT, tokens: Array.from({ length: 300 }, (_, i) => ` ${i}`) };
  for (const choices of [[TEXT], [TEXT, CALL, { ...TEXT, tokens: ['a'] }], [TEXT_AND_CALLS], [long]]) {
    for (const contentFilter of ['synchronous', 'asynchronous'] as const) {
      assert.ok(isSameWhereverCut(new ChatEvents(chatAsk(), rendered(choices, { contentFilter }))));
    }
  }
});

test('ChatEvents: keys come in alphabetical order, as from Azure', () => {
  for (const event of dataOf(streamOf([TEXT, CALL, TEXT_AND_CALLS, LIKELY], USAGE)).slice(1)) {
    const sorted = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Array.isArray(value)) assert.deepEqual(Object.keys(value), Object.keys(value).sort(), JSON.stringify(event));
      Object.values(value).forEach(sorted);
    };
    sorted(event);
  }
});

test('ChatEvents: several choices are generated side by side, each with its index', () => {
  const indexes = chunksOf(streamOf([TEXT, { ...TEXT, tokens: ['One'] }])).map((choice) => choice.index);
  assert.deepEqual(indexes, [0, 1, 0, 1, 0, 0, 0, 1]);
});

test('ChatEvents: a tool call comes as its name, then its arguments piece by piece', () => {
  const deltas = chunksOf(streamOf([CALL]));
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

test('ChatEvents: several calls come one after the other behind the text, each with its index', () => {
  const deltas = chunksOf(streamOf([TEXT_AND_CALLS])).map((choice) => choice.delta);
  assert.deepEqual(deltas, [
    { content: '', refusal: null, role: 'assistant' },
    { content: 'I' },
    { content: ' look' },
    { tool_calls: [{ function: { arguments: '', name: 'get_weather' }, id: 'call_1', index: 0, type: 'function' }] },
    { tool_calls: [{ function: { arguments: '{"city"' }, index: 0 }] },
    { tool_calls: [{ function: { arguments: ':"Oslo"}' }, index: 0 }] },
    { tool_calls: [{ function: { arguments: '', name: 'get_time' }, id: 'call_2', index: 1, type: 'function' }] },
    { tool_calls: [{ function: { arguments: '{}' }, index: 1 }] },
    {},
  ]);
});

test('ChatEvents: a call whose arguments were cut away is named all the same', () => {
  const cut: Choice = {
    ...CALL,
    finish: 'length',
    calls: [...CALL.calls, { id: 'call_2', name: 'get_time', tokens: [] }],
  };
  const deltas = chunksOf(streamOf([cut]));
  assert.equal(deltas.at(-2).delta.tool_calls[0].id, 'call_2');
  assert.equal(deltas.at(-1).finish_reason, 'length');
});

test('ChatEvents: text that is not plain is escaped', () => {
  const contents = chunksOf(streamOf([ODD])).map((choice) => choice.delta.content ?? '');
  assert.equal(contents.join(''), 'say "é\n😀');
});

test('ChatEvents: each chunk carries the log probability of its own token', () => {
  const [, chunk, last] = chunksOf(streamOf([LIKELY]));
  assert.equal(chunk.logprobs.content.length, 1);
  assert.equal(chunk.logprobs.content[0].token, 'é');
  assert.equal(chunk.logprobs.content[0].top_logprobs.length, 2);
  assert.equal(last.logprobs, null);
});

test('ChatEvents: an answer that the filter broke off ends with the category, then the end mark', () => {
  const stream = streamOf([{ ...TEXT, finish: 'content_filter' }]);
  const last = chunksOf(stream).at(-1);
  assert.equal(last.finish_reason, 'content_filter');
  assert.deepEqual(last.content_filter_results.violence, { filtered: true, severity: 'high' });
  assert.ok(stream.endsWith('data: [DONE]\n\n'));
});

test('ChatEvents: beside an asynchronous filter chunks carry no verdict, and verdicts come in events without a delta', () => {
  const tokens = Array.from({ length: 100 }, () => ' twelve chars');
  const stream = streamed(
    new ChatEvents(chatAsk(USAGE), rendered([{ ...TEXT, tokens }], { contentFilter: 'asynchronous' })),
  );
  const chunks = dataOf(stream).slice(1, -1);
  const notes = chunks.filter((event) => !('delta' in event.choices[0]));
  assert.deepEqual(Object.keys(notes[0]), ['id', 'object', 'created', 'model', 'choices', 'usage']);
  assert.deepEqual(
    notes.map((event) => event.choices[0].content_filter_offsets),
    [
      { check_offset: 12, start_offset: 12, end_offset: 415 },
      { check_offset: 415, start_offset: 415, end_offset: 818 },
      { check_offset: 818, start_offset: 818, end_offset: 1221 },
      { check_offset: 1221, start_offset: 1221, end_offset: 1312 },
    ],
  );
  const finish = chunks.findIndex((event) => event.choices[0].finish_reason === 'stop');
  assert.equal(finish, chunks.length - 2, 'one verdict comes after the end of the choice');
  const texts = chunks.filter((event) => 'delta' in event.choices[0]);
  assert.ok(texts.every((event) => !('content_filter_results' in event.choices[0])));
});

test('ChatEvents: an asynchronous filter that strikes ends the choice by its verdict', () => {
  const struck: Choice = { ...TEXT, finish: 'content_filter' };
  const stream = streamed(new ChatEvents(chatAsk(), rendered([struck], { contentFilter: 'asynchronous' })));
  const last = dataOf(stream).at(-1).choices[0];
  assert.equal(last.finish_reason, 'content_filter');
  assert.equal('delta' in last, false);
  assert.equal(last.content_filter_results.violence.filtered, true);
});

test('ChatEvents: who asked with `functions` gets `function_call`, name first', () => {
  const ask = { ...chatAsk(), echo: { oldFunctions: true } };
  const chunks = chunksOf(streamed(new ChatEvents(ask, rendered([CALL]))));
  assert.deepEqual(chunks[0].delta.function_call, { arguments: '', name: 'get_weather' });
  const pieces = chunks.slice(1, -1).map((choice) => choice.delta.function_call.arguments);
  assert.equal(pieces.join(''), '{"city":"é"}');
  assert.equal(chunks.at(-1).finish_reason, 'function_call');
});
