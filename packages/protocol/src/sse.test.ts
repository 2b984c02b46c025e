import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classifyEvent, type EventKind, eventEnd, isLastEvent } from './sse.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const ENDS: ReadonlyArray<readonly [text: string, from: number, end: number]> = [
  ['', 0, -1],
  ['data: x', 0, -1],
  ['data: x\n', 0, -1],
  ['data: x\n\n', 0, 9],
  ['data: x\n\ndata: y\n\n', 0, 9],
  ['data: x\n\ndata: y\n\n', 9, 18],
  ['data: x\r\n\r\n', 0, 11],
  ['data: x\r\n\r', 0, -1],
  ['data: x\r\r', 0, -1],
  ['data: x\r\r:', 0, 9],
  ['data: x\r\rdata: y', 0, 9],
  ['data: x\r\n\n', 0, 10],
  ['data: x\n\r\n', 0, 10],
  ['data: x\n\r:', 0, 9],
  ['data: x\r\n\rd', 0, 10],
  ['a\r\nb\r\n\r\nc', 0, 8],
  [': ping\n\n', 0, 8],
  ['\n', 0, 1],
  ['\r\n', 0, 2],
  ['\r', 0, -1],
  ['\n\n', 0, 1],
  ['event: a\ndata: b\nid: 1\n\nrest', 0, 24],
];

for (const [text, from, end] of ENDS) {
  test(`eventEnd: ${JSON.stringify(text)} from ${from} is ${end}`, () =>
    assert.equal(eventEnd(bytesOf(text), from), end));
}

test('eventEnd: begins with the first byte', () => assert.equal(eventEnd(bytesOf('\n\n')), 1));

const line = fc.oneof(
  fc.constantFrom('data: {"a":1}', 'event: x', ': ping', 'data:', 'id: 5', 'data: é😀'),
  fc.string({ minLength: 1 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
);
const ending = fc.constantFrom('\n', '\r\n', '\r');
const event = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 4 }), ending)
  .map(([lines, end]) => lines.map((l) => l + end).join('') + end);

/** All events that can be told from the bytes, each with its end. */
function endsIn(bytes: Uint8Array): readonly number[] {
  const ends: number[] = [];
  for (let end = eventEnd(bytes, 0); end >= 0; end = eventEnd(bytes, end)) ends.push(end);
  return ends;
}

test('eventEnd: finds the same events wherever the stream is split, and none before it is whole', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), (events) => {
      // A last byte of CR would wait for an LF that does not come.
      const bytes = bytesOf(`${events.join('')}: end`);
      const ends = events.map((_, i) => bytesOf(events.slice(0, i + 1).join('')).length);
      assert.deepEqual(endsIn(bytes), ends);
      for (let split = 0; split <= bytes.length; split++) {
        const whole = ends.filter((end) => end < split || (end === split && bytes[end - 1] === 0x0a));
        assert.deepEqual(endsIn(bytes.subarray(0, split)), whole, `split at ${split}`);
      }
    }),
    { numRuns: 200 },
  );
});

const FILTERS = '{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}';
const chunk = (choice: string): string => `{"choices":[${choice}],"id":"chatcmpl-1","object":"chat.completion.chunk"}`;

/** Events of wire reference §5.1–5.5, in the order in which they come. */
const KINDS: ReadonlyArray<readonly [name: string, text: string, kind: EventKind['kind']]> = [
  ['a comment', ': ping\n\n', 'preamble'],
  ['a blank line', '\n', 'preamble'],
  ['an event without data', 'event: ping\nid: 1\n\n', 'preamble'],
  ['a retry field', 'retry: 1000\n\n', 'preamble'],
  [
    'the prompt-filter chunk',
    `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[${FILTERS}]}\n\n`,
    'preamble',
  ],
  [
    'the prompt-filter chunk of 2023',
    `data: {"choices":[],"created":0,"prompt_annotations":[${FILTERS}]}\n\n`,
    'preamble',
  ],
  ['the prompt-filter chunk with CR LF', `data: {"choices":[],"prompt_filter_results":[]}\r\n\r\n`, 'preamble'],
  [
    'the prompt-filter chunk behind a byte order mark',
    `\uFEFFdata: {"choices":[],"prompt_filter_results":[]}\n\n`,
    'preamble',
  ],
  [
    'the prompt-filter chunk in two data lines',
    'data: {"choices":[],\ndata: "prompt_filter_results":[]}\n\n',
    'preamble',
  ],
  [
    'response.created',
    'event: response.created\ndata: {"type":"response.created","response":{"error":null,"usage":null}}\n\n',
    'preamble',
  ],
  ['response.queued', 'event: response.queued\ndata: {"type":"response.queued"}\n\n', 'preamble'],
  ['response.in_progress', 'data: {"type":"response.in_progress","response":{"error":null}}\n\n', 'preamble'],
  [
    'the role chunk',
    `data: ${chunk('{"delta":{"content":"","role":"assistant"},"finish_reason":null,"index":0}')}\n\n`,
    'content',
  ],
  ['a content chunk', `data: ${chunk('{"delta":{"content":"Hi"},"index":0}')}\n\n`, 'content'],
  ['a content chunk behind a byte order mark', `\uFEFFdata: ${chunk('{"delta":{"content":"Hi"}}')}\n\n`, 'content'],
  [
    'a content chunk that has filter results too',
    `data: {"choices":[{"delta":{"content":"Hi"}}],"prompt_filter_results":[${FILTERS}]}\n\n`,
    'content',
  ],
  [
    'an annotation chunk without delta',
    `data: ${chunk('{"index":0,"finish_reason":null,"content_filter_results":{}}')}\n\n`,
    'content',
  ],
  ['a filtered end', `data: ${chunk('{"delta":{},"finish_reason":"content_filter"}')}\n\n`, 'content'],
  ['the usage chunk', 'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n', 'content'],
  ['an empty chunk', 'data: {"choices":[]}\n\n', 'content'],
  ['a chunk with error null', 'data: {"choices":[{}],"error":null}\n\n', 'content'],
  [
    'a chunk whose text speaks of an error',
    `data: ${chunk('{"delta":{"content":"{\\"error\\":{}}"}}')}\n\n`,
    'content',
  ],
  ['[DONE]', 'data: [DONE]\n\n', 'content'],
  ['response.output_item.added', 'data: {"type":"response.output_item.added"}\n\n', 'content'],
  ['response.completed', 'data: {"type":"response.completed","response":{"error":null}}\n\n', 'content'],
  ['response.incomplete', 'data: {"type":"response.incomplete","response":{"error":null}}\n\n', 'content'],
  ['an unknown type', 'event: new\ndata: {"type":"response.of_tomorrow"}\n\n', 'content'],
  ['data that is no JSON', 'data: hello\n\n', 'content'],
  ['data that is empty', 'data\n\n', 'content'],
  ['data that is cut', 'data: {"type":"response.created"\n\n', 'content'],
  ['data that is a list', 'data: []\n\n', 'content'],
  ['data that is a number', 'data: 5\n\n', 'content'],
  ['data that is null', 'data: null\n\n', 'content'],
  [
    'the engine failing',
    'data: {"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}\n\n',
    'error',
  ],
  ['an error without a blank', 'data:{"error":{"code":"429","message":"m"}}\n\n', 'error'],
  ['an error that is text', 'data: {"error":"overloaded"}\n\n', 'error'],
  [
    'a nested Responses error',
    'event: error\ndata: {"type":"error","error":{"type":"too_many_requests","code":"no_capacity"}}\n\n',
    'error',
  ],
  ['a flat Responses error', 'data: {"type":"error","code":"server_error","message":"m"}\n\n', 'error'],
  [
    'response.failed',
    'event: response.failed\ndata: {"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"m"}}}\n\n',
    'error',
  ],
  ['response.failed without a response', 'data: {"type":"response.failed"}\n\n', 'error'],
  ['an error by its name only', 'event: error\ndata: {"code":"x","message":"m"}\n\n', 'error'],
  ['an error by its name, of text', 'event: error\ndata: broken\n\n', 'error'],
  ['an error by its name, without data', 'event: error\n\n', 'error'],
];

for (const [name, text, kind] of KINDS) {
  test(`classifyEvent: ${name} is ${kind}`, () => assert.equal(classifyEvent(text).kind, kind));
}

const FACTS: ReadonlyArray<readonly [text: string, code: string | null, type: string | null, message: string | null]> =
  [
    ['data: {"error":{"message":"m","type":"server_error","param":null,"code":null}}\n\n', null, 'server_error', 'm'],
    [
      'data: {"type":"error","error":{"type":"too_many_requests","code":"no_capacity","message":"m"}}\n\n',
      'no_capacity',
      'too_many_requests',
      'm',
    ],
    ['data: {"type":"error","code":"server_error","message":"m"}\n\n', 'server_error', 'error', 'm'],
    [
      'data: {"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"m"}}}\n\n',
      'rate_limit_exceeded',
      null,
      'm',
    ],
    ['data: {"error":"overloaded"}\n\n', null, null, 'overloaded'],
    ['event: error\ndata: broken\n\n', null, null, null],
    ['event: error\r\ndata: {"code":"x","message":"m"}\r\n\r\n', 'x', null, 'm'],
  ];

for (const [text, code, type, message] of FACTS) {
  test(`classifyEvent: the facts of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(classifyEvent(text), { kind: 'error', facts: { code, message, type } });
  });
}

test('classifyEvent: any text is taken without a throw', () => {
  const words = fc.constantFrom(
    'data:',
    'data',
    'event: error',
    ' ',
    '\n',
    '\r',
    '{"error":',
    '{}',
    '[]',
    '}',
    '"x"',
    'null',
    '\uFEFF',
  );
  fc.assert(
    fc.property(fc.array(words), (parts) => void classifyEvent(parts.join(''))),
    { numRuns: 1000 },
  );
});

const LASTS: ReadonlyArray<readonly [text: string, is: boolean]> = [
  ['data: [DONE]\n\n', true],
  ['data: [DONE]\r\n\r\n', true],
  ['event: done\ndata: [DONE]\n\n', true],
  ['event: response.completed\ndata: {"type":"response.completed","response":{}}\n\n', true],
  ['data: {"type":"response.incomplete"}\n\n', true],
  ['data: {"type":"response.failed"}\n\n', true],
  ['data: {"choices":[{"delta":{"content":"[DONE]"}}]}\n\n', false],
  ['data: {"type":"response.output_text.delta","delta":"response.completed"}\n\n', false],
  [': [DONE]\n\n', false],
  ['data: {"error":{"code":"server_error"}}\n\n', false],
];

for (const [text, is] of LASTS) {
  test(`isLastEvent: ${JSON.stringify(text)} is ${is ? '' : 'not '}the last`, () =>
    assert.equal(isLastEvent(text), is));
}
