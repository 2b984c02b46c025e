import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Api } from '../spec.ts';
import { ANSWER_BYTES_MAX, answerReader, EVENT_BYTES_MAX, type Reading } from './answer-reader.ts';

const SSE = 'text/event-stream; charset=utf-8';
const USAGE = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

function chunk(choice: object | null, more: object = {}): string {
  const choices = choice === null ? [] : [{ index: 0, finish_reason: null, ...choice }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices, ...more })}\n\n`;
}

const words = (content: string) => chunk({ delta: { content } });
const finish = (reason: string) => chunk({ delta: {}, finish_reason: reason });
const DONE = 'data: [DONE]\n\n';
/** What Azure sends before and behind the words (wire reference §5). */
const FILTER = chunk(null, { prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] });
const ROLE = chunk({ delta: { role: 'assistant', content: '' } });
const ANSWER = `${FILTER}${ROLE}${words('Grüße')}${words(' aus')}${words(' 東京')}${finish('stop')}${chunk(null, { usage: USAGE })}${DONE}`;

interface Given {
  readonly api?: Api;
  readonly status?: number;
  readonly type?: string;
  readonly isWhole?: boolean;
}

/** Each piece comes 10 ms behind the other. */
function read(pieces: readonly (string | Uint8Array)[], given: Given = {}): Reading {
  const { api = 'chat', status = 200, type = SSE, isWhole = true } = given;
  const reader = answerReader(api, status, type);
  let atMs = 0;
  for (const piece of pieces) {
    atMs += 10;
    assert.ok(reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece, atMs));
  }
  return reader.end(isWhole, atMs + 10);
}

test('answerReader: a stream, cut at any byte, reads the same', () => {
  const bytes = Buffer.from(ANSWER);
  for (let at = 0; at <= bytes.length; at++) {
    const { class: of, chunks, usage, errorCode } = read([bytes.subarray(0, at), bytes.subarray(at)]);
    assert.deepEqual(
      [of, chunks, usage.promptTokens, usage.completionTokens, errorCode],
      ['ok', 3, 12, 3, null],
      `at ${at}`,
    );
  }
  const each = read([...bytes].map((byte) => Uint8Array.of(byte)));
  assert.deepEqual([each.class, each.chunks], ['ok', 3]);
});

test('answerReader: does not keep the buffer that it is handed, which the socket uses again', () => {
  const reader = answerReader('chat', 200, SSE);
  const piece = Buffer.from(words('a').slice(0, 30));
  reader.push(piece, 1);
  piece.fill(0x20);
  reader.push(Buffer.from(`${words('a').slice(30)}${finish('stop')}${DONE}`), 2);
  assert.equal(reader.end(true, 3).chunks, 1);
  const whole = answerReader('chat', 200, 'application/json');
  const body = Buffer.from(JSON.stringify({ choices: [], usage: USAGE }));
  whole.push(body, 1);
  body.fill(0x20);
  assert.equal(whole.end(true, 2).usage.promptTokens, 12);
});

test('answerReader: the first word counts, not the first chunk; gaps are between words', () => {
  const { firstContentMs, gapsMs } = read([
    FILTER,
    ROLE,
    words('a'),
    ': a comment\n\n',
    words('b'),
    finish('stop'),
    DONE,
  ]);
  assert.equal(firstContentMs, 30);
  assert.deepEqual(gapsMs, [20]);
});

const CHAT: readonly (readonly [string, readonly string[], Given, Partial<Reading>])[] = [
  ['ended by its bound', [words('a'), finish('length'), DONE], {}, { class: 'length', chunks: 1 }],
  ['stopped by the filter', [words('a'), finish('content_filter'), DONE], {}, { class: 'filtered' }],
  ['[DONE] without a reason', [words('a'), DONE], {}, { class: 'ok' }],
  ['a reason without [DONE]', [words('a'), finish('stop')], {}, { class: 'ok' }],
  ['neither', [words('a')], {}, { class: 'broken', chunks: 1 }],
  ['nothing at all', [], {}, { class: 'broken', firstContentMs: null }],
  ['cut off', [words('a')], { isWhole: false }, { class: 'broken', errorCode: null }],
  ['cut off behind the reason, before [DONE]', [words('a'), finish('stop')], { isWhole: false }, { class: 'broken' }],
  [
    'cut off behind [DONE]: nothing is missing',
    [words('a'), finish('stop'), DONE],
    { isWhole: false },
    { class: 'ok' },
  ],
  ['the last event without a blank line', [words('a'), 'data: [DONE]'], {}, { class: 'ok' }],
  ['other line ends', ['data: [DONE]\r\n\r\n'], {}, { class: 'ok' }],
  ['no blank behind the colon', [words('a').replace('data: ', 'data:'), DONE], {}, { class: 'ok', chunks: 1 }],
  [
    'an error inside of the stream',
    [words('a'), 'data: {"error":{"code":"server_error","message":"private"}}\n\n', DONE],
    {},
    { class: 'broken', errorCode: 'server_error', chunks: 1 },
  ],
  [
    'an error that has a type alone',
    ['data: {"error":{"type":"overloaded","message":"m"}}\n\n'],
    {},
    { class: 'broken', errorCode: 'overloaded' },
  ],
  ['usage missing: the words are kept to be counted', [words('a'), words('b'), DONE], {}, { text: 'ab' }],
  ['reasoning', [chunk({ delta: { reasoning_content: 'hm' } }), DONE], {}, { chunks: 1 }],
  ['a refusal', [chunk({ delta: { refusal: 'no' } }), DONE], {}, { chunks: 1 }],
  [
    'a call of a tool',
    [chunk({ delta: { tool_calls: [{ index: 0, function: { name: 'f', arguments: '{"a' } }] } }), DONE],
    {},
    { chunks: 1 },
  ],
  [
    'events that are no JSON, or no object',
    ['data: {\n\ndata: 1\n\ndata: null\n\n', DONE],
    {},
    { class: 'ok', chunks: 0 },
  ],
  [
    'of two choices the one that the filter stopped tells',
    [finish('content_filter'), chunk({ index: 1, delta: {}, finish_reason: 'stop' }), DONE],
    {},
    { class: 'filtered' },
  ],
  ['a type in capitals', [words('a'), DONE], { type: 'Text/Event-Stream' }, { class: 'ok', chunks: 1 }],
  [
    'a 429 that calls itself a stream',
    ['{"error":{"code":"429"}}'],
    { status: 429 },
    { class: 'throttled', errorCode: '429' },
  ],
  ['a 503 that calls itself a stream', [], { status: 503 }, { class: 'serverError' }],
];

for (const [name, pieces, given, want] of CHAT) {
  test(`answerReader: a chat's stream: ${name}`, () =>
    assert.deepEqual({ ...read(pieces, given), ...want }, read(pieces, given)));
}

function event(type: string, more: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

const RESPONSE_USAGE = { input_tokens: 7, input_tokens_details: { cached_tokens: 4 }, output_tokens: 2 };
const delta = (text: string) => event('response.output_text.delta', { delta: text });
const completed = event('response.completed', { response: { status: 'completed', usage: RESPONSE_USAGE } });
const incomplete = (reason: string) =>
  event('response.incomplete', { response: { incomplete_details: { reason }, usage: RESPONSE_USAGE } });

const RESPONSES: readonly (readonly [string, readonly string[], Given, Partial<Reading>])[] = [
  [
    'whole',
    [event('response.created', { response: {} }), delta('a'), delta('b'), completed],
    {},
    { class: 'ok', chunks: 2 },
  ],
  ['by its bound', [delta('a'), incomplete('max_output_tokens')], {}, { class: 'length' }],
  ['by the filter', [delta('a'), incomplete('content_filter')], {}, { class: 'filtered' }],
  [
    'failed',
    [delta('a'), event('response.failed', { response: { error: { code: 'server_error', message: 'private' } } })],
    {},
    { class: 'broken', errorCode: 'server_error' },
  ],
  [
    'an error',
    [event('error', { code: 'rate_limit_exceeded' })],
    {},
    { class: 'broken', errorCode: 'rate_limit_exceeded' },
  ],
  ['not ended', [delta('a')], {}, { class: 'broken', chunks: 1 }],
  ['cut off behind its end', [delta('a'), completed], { isWhole: false }, { class: 'ok' }],
  ['empty words are none', [delta(''), completed], {}, { chunks: 0, firstContentMs: null }],
];

for (const [name, pieces, given, want] of RESPONSES) {
  test(`answerReader: a response's stream: ${name}`, () => {
    const reading = read(pieces, { api: 'responses', ...given });
    assert.deepEqual({ ...reading, ...want }, reading);
  });
}

test("answerReader: a response's usage, cached tokens too", () => {
  const { usage } = read([delta('a'), completed], { api: 'responses' });
  assert.deepEqual([usage.promptTokens, usage.completionTokens, usage.cachedTokens], [7, 2, 4]);
});

const JSON_TYPE = { type: 'application/json' };
const body = (value: unknown) => [JSON.stringify(value)];
const message = (content: string, reason: string) => ({
  choices: [{ message: { role: 'assistant', content }, finish_reason: reason }],
});

const WHOLE: readonly (readonly [string, readonly string[], Given, Partial<Reading>])[] = [
  ['an answer', body({ ...message('a', 'stop'), usage: USAGE }), {}, { class: 'ok', chunks: 1, firstContentMs: 20 }],
  ['by its bound', body(message('a', 'length')), {}, { class: 'length' }],
  ['by the filter', body(message('', 'content_filter')), {}, { class: 'filtered' }],
  ['without usage: its words', body(message('a b', 'stop')), {}, { text: 'a b' }],
  [
    'a response without usage: its words',
    body({ status: 'completed', output: [{ type: 'reasoning' }, { content: [{ type: 'output_text', text: 'a b' }] }] }),
    { api: 'responses' },
    { class: 'ok', text: 'a b' },
  ],
  [
    'a response by its bound',
    body({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
    { api: 'responses' },
    { class: 'length' },
  ],
  [
    'a response that failed',
    body({ status: 'failed', error: { code: 'server_error' } }),
    { api: 'responses' },
    { class: 'broken', errorCode: 'server_error' },
  ],
  [
    'embeddings',
    body({ data: [{ embedding: [0] }], usage: { prompt_tokens: 5, total_tokens: 5 } }),
    { api: 'embeddings' },
    { class: 'ok' },
  ],
  ['cut off', ['{"choices":['], { isWhole: false }, { class: 'broken', firstContentMs: null, chunks: 0 }],
  ['a page of a proxy', ['<html>sign in</html>'], {}, { class: 'broken', chunks: 0 }],
  ['nothing', [], {}, { class: 'broken' }],
  ['a redirect', [], { status: 302 }, { class: 'refused' }],
  [
    '401',
    body({ error: { code: '401', message: 'key abc' } }),
    { status: 401 },
    { class: 'refused', errorCode: '401', text: '' },
  ],
  ['429', body({ error: { code: '429' } }), { status: 429 }, { class: 'throttled', errorCode: '429' }],
  ['429 that is cut off', ['{"err'], { status: 429, isWhole: false }, { class: 'throttled', errorCode: null }],
  ['500', ['oops'], { status: 500 }, { class: 'serverError', errorCode: null }],
  [
    'a prompt that the filter refused',
    body({ error: { code: 'content_filter' } }),
    { status: 400 },
    { class: 'filtered' },
  ],
  ['400 of another kind', body({ error: { code: 'BadRequest' } }), { status: 400 }, { class: 'refused' }],
];

for (const [name, pieces, given, want] of WHOLE) {
  test(`answerReader: a whole answer: ${name}`, () => {
    const reading = read(pieces, { ...JSON_TYPE, ...given });
    assert.deepEqual({ ...reading, ...want }, reading);
  });
}

test('answerReader: an event, or an answer, that does not end is given up', () => {
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const pushes = (type: string, bytes: Buffer) => {
    const reader = answerReader('chat', 200, type);
    let count = 1;
    while (reader.push(bytes, 0) && count < 1_000) count++;
    return count * bytes.length;
  };
  assert.equal(pushes(SSE, piece), EVENT_BYTES_MAX + piece.length);
  assert.equal(pushes('application/json', piece), ANSWER_BYTES_MAX + piece.length);
  const events = Buffer.from(`data: ${'x'.repeat(piece.length - 8)}\n\n`);
  assert.equal(pushes(SSE, events), ANSWER_BYTES_MAX + piece.length);
});

test('answerReader: keeps what each choice says only where that is wanted, usage or none', () => {
  const choice = (index: number, content: string) => chunk({ index, delta: { content } });
  const stream = `${choice(1, 'b')}${choice(0, 'a')}${choice(1, 'c')}${finish('stop')}${chunk(null, { usage: USAGE })}${DONE}`;
  const body = JSON.stringify({
    choices: [{ message: { content: 'a' } }, { message: { content: 'b' } }],
    usage: USAGE,
  });
  for (const [keepsTexts, wanted] of [
    [
      true,
      [
        ['a', 'bc'],
        ['a', 'b'],
      ],
    ],
    [false, [[], []]],
  ] as const) {
    const texts = (
      [
        [stream, SSE],
        [body, 'application/json'],
      ] as const
    ).map(([text, type]) => {
      const reader = answerReader('chat', 200, type, keepsTexts);
      reader.push(Buffer.from(text), 1);
      return reader.end(true, 2).texts;
    });
    assert.deepEqual(texts, wanted);
  }
  const refused = answerReader('chat', 401, 'application/json', true);
  refused.push(Buffer.from('{"error":{"message":"key abc is wrong"}}'), 1);
  assert.deepEqual(refused.end(true, 2).texts, []);
});
