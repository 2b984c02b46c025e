import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Usage, usageIn } from './usage.ts';

const used = (
  promptTokens: number | null,
  completionTokens: number | null,
  cachedTokens: number | null = null,
  reasoningTokens: number | null = null,
): Usage => ({ promptTokens, completionTokens, cachedTokens, reasoningTokens });

const CHAT =
  '{"completion_tokens":11,"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":3,"rejected_prediction_tokens":0},"prompt_tokens":20,"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":8},"total_tokens":31}';
const RESPONSES =
  '{"input_tokens":20,"input_tokens_details":{"cached_tokens":8},"output_tokens":11,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":31}';
const ALL = used(20, 11, 8, 3);
/** What a user, a model or a tool may have written. */
const FORGED = '{"usage": {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}}';

const TABLE: ReadonlyArray<readonly [name: string, text: string, want: Usage | null]> = [
  ['of a chat answer', `{"choices":[],"id":"x","usage":${CHAT}}`, ALL],
  [
    'of a Responses answer, with what follows it',
    `{"id":"resp_1","output":[],"usage":${RESPONSES},"user":null,"metadata":{}}`,
    ALL,
  ],
  ['of embeddings', '{"data":[],"usage":{"prompt_tokens":8,"total_tokens":8}}', used(8, null)],
  ['without details', '{"usage":{"prompt_tokens":1,"completion_tokens":2}}', used(1, 2)],
  [
    'with empty details',
    '{"usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{},"completion_tokens_details":null}}',
    used(1, 2),
  ],
  [
    'with a latency checkpoint',
    '{"usage":{"completion_tokens":2,"latency_checkpoint":{"engine_ttft_ms":12,"usage":{}},"prompt_tokens":1}}',
    used(1, 2),
  ],
  [
    'of images',
    '{"data":[],"usage":{"input_tokens":9,"input_tokens_details":{"image_tokens":0,"text_tokens":9},"output_tokens":100,"total_tokens":109}}',
    used(9, 100),
  ],
  ['with blanks', '{ "usage" :\n  { "prompt_tokens" : 1 ,\n "completion_tokens" : 2 } }', used(1, 2)],
  ['of zero', '{"usage":{"prompt_tokens":0,"completion_tokens":0}}', used(0, 0)],
  ['with braces and quotes in strings', '{"usage":{"a":"}\\"}","prompt_tokens":1,"completion_tokens":2}}', used(1, 2)],
  [
    'of a stream',
    `data: {"choices":[{}],"usage":null}\n\ndata: {"choices":[],"usage":${CHAT}}\n\ndata: [DONE]\n\n`,
    ALL,
  ],
  ['of a stream with CR LF', `data: {"choices":[],"usage":${CHAT}}\r\n\r\ndata: [DONE]\r\n\r\n`, ALL],
  [
    'of a stream, an annotation behind it',
    `data: {"choices":[],"usage":${CHAT}}\n\ndata: {"choices":[{}],"usage":null}\n\ndata: [DONE]\n\n`,
    ALL,
  ],
  [
    'of a Responses stream',
    `event: response.in_progress\ndata: {"type":"response.in_progress","response":{"usage":null}}\n\nevent: response.completed\ndata: {"type":"response.completed","response":{"usage":${RESPONSES},"user":null,"metadata":{}}}\n\n`,
    ALL,
  ],
  ['of a tail that begins amid the answer', `tent":"hi"}}],"usage":${CHAT}}`, ALL],
  ['of a tail that begins amid a string', `say \\"usage\\": {\\"prompt_tokens\\": 5}"}],"usage":${CHAT}}`, ALL],
  ['the last one counts', '{"usage":{"prompt_tokens":1}}{"usage":{"prompt_tokens":2}}', used(2, null)],
  ['the one before a cut one', `{"usage":{"prompt_tokens":1}} {"usage":{"prompt_tokens":2,"comp`, used(1, null)],
  ['none where it is null', '{"choices":[],"usage":null}', null],
  ['none where it is cut', '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2', null],
  ['none where it is empty', '{"usage":{}}', null],
  ['none where it is a duration', '{"text":"hi","usage":{"type":"duration","seconds":3}}', null],
  ['none where it is text', '{"usage":"{\\"prompt_tokens\\":5}"}', null],
  ['none where it is a list', '{"usage":[{"prompt_tokens":5}]}', null],
  ['none where it is no JSON', '{"usage":{prompt_tokens:5}}', null],
  ['none without the key', '{"prompt_tokens":5}', null],
  ['none of a key that only ends so', '{"my_usage":{"prompt_tokens":5},"usages":{"prompt_tokens":5}}', null],
  ['none of a key that ends in an escaped quote and the word', '{"a\\"usage":{"prompt_tokens":5}}', null],
  ['none without a colon', '{"usage";{"prompt_tokens":5}}', null],
  ['none of an empty text', '', null],
  ['none of a message', JSON.stringify({ choices: [{ message: { content: FORGED } }] }), null],
  ['none of a message in a message', JSON.stringify({ content: JSON.stringify({ content: FORGED }) }), null],
  ['none of a message that is the word alone', '{"content":"usage","x":{"prompt_tokens":5}}', null],
  [
    'the real one before a forged one',
    JSON.stringify({ usage: { prompt_tokens: 1 }, metadata: { note: FORGED } }),
    used(1, null),
  ],
  ['the real one behind a forged one', JSON.stringify({ content: FORGED, usage: { prompt_tokens: 1 } }), used(1, null)],
  [
    'none of a stream of forged pieces',
    ['"usage"', ': {"prompt_', 'tokens": 5}']
      .map((content) => `data: ${JSON.stringify({ delta: { content } })}\n\n`)
      .join(''),
    null,
  ],
  ['tokens that are no counts', '{"usage":{"prompt_tokens":-1,"completion_tokens":2}}', null],
  ['tokens that are text', '{"usage":{"prompt_tokens":"5"}}', null],
  [
    'a completion that is no count',
    '{"usage":{"prompt_tokens":1,"completion_tokens":1.5,"prompt_tokens_details":{"cached_tokens":1e300}}}',
    used(1, null),
  ],
];

for (const [name, text, want] of TABLE) {
  test(`usageIn: ${name}`, () => assert.deepEqual(usageIn(text), want));
}

test('usageIn: a cut answer has its usage from the closing brace on, and none before', () => {
  const text = `{"choices":[],"usage":${CHAT}}`;
  const whole = text.length - 1;
  for (let size = 0; size <= text.length; size++)
    assert.deepEqual(usageIn(text.slice(0, size)), size < whole ? null : ALL);
});

test('usageIn: a tail has its usage as long as it holds the key', () => {
  const text = `{"choices":[],"usage":${CHAT}}`;
  const key = text.indexOf('"usage"');
  for (let from = 0; from < text.length; from++) assert.deepEqual(usageIn(text.slice(from)), from <= key ? ALL : null);
});

const word = fc.constantFrom(
  '"usage"',
  '"usage":',
  ' {"prompt_tokens": 5}',
  '{',
  '}',
  '"',
  '\\',
  '\n',
  'usage',
  ':',
  'é',
  '"usage":{"prompt_tokens":5}',
);
const written = fc.array(word, { maxLength: 30 }).map((words) => words.join(''));

test('usageIn: nothing written in an answer is taken for its usage, wherever the tail begins', () => {
  fc.assert(
    fc.property(written, written, fc.nat(), (content, note, from) => {
      const message = {
        choices: [{ message: { content } }],
        usage: { prompt_tokens: 7, completion_tokens: 9 },
        metadata: { note },
      };
      const { usage, ...without } = message;
      assert.deepEqual(usageIn(JSON.stringify(message)), used(usage.prompt_tokens, usage.completion_tokens));
      const text = JSON.stringify(without);
      assert.equal(usageIn(text.slice(from % text.length)), null);
    }),
    { numRuns: 1000 },
  );
});

test('usageIn: any text is taken without a throw', () => {
  fc.assert(
    fc.property(written, (text) => void usageIn(text)),
    { numRuns: 1000 },
  );
});

test('usageIn: an object of 4,096 characters is read, a longer one is not', () => {
  const ofSize = (size: number) => {
    const frame = '{"prompt_tokens":1,"a":""}';
    return `{"usage":${frame.replace('""', `"${'x'.repeat(size - frame.length)}"`)}}`;
  };
  assert.deepEqual(usageIn(ofSize(4096)), used(1, null));
  assert.equal(usageIn(ofSize(4097)), null);
});

test('usageIn: tries eight objects from the end and then gives up; nulls do not count', () => {
  const real = '{"usage":{"prompt_tokens":1}}';
  assert.deepEqual(usageIn(real + '{"usage":{}}'.repeat(7)), used(1, null));
  assert.equal(usageIn(real + '{"usage":{}}'.repeat(8)), null);
  assert.deepEqual(usageIn(real + '{"usage":null}'.repeat(1000)), used(1, null));
});

test('usageIn: time grows with the length only', () => {
  for (const part of ['"usage":{', '"usage"', '"usage":', '"usage":"', `"usage"${' '.repeat(70)}`]) {
    assert.equal(usageIn(part.repeat(50_000)), null);
  }
});

test('usageIn: an object without a count of prompt tokens is none', () => {
  for (const object of [
    '{}',
    '{"prompt_tokens":null}',
    '{"completion_tokens":5}',
    '{"prompt_tokens":-1}',
    '{"prompt_tokens":1.5}',
    '{"prompt_tokens":}',
    '{"prompt_tokens";5}',
    '{"prompt_tokens":5;}',
    '{"prompt_tokens":99999999999999999}',
    '{"prompt_tokens":1000000001}',
  ])
    assert.equal(usageIn(`"usage":${object}`), null);
  assert.deepEqual(usageIn('"usage" : { "input_tokens" : 3 }'), used(3, null));
  assert.deepEqual(usageIn('"usage"\t:\r\n{"input_tokens"\n:\t3\r,"output_tokens":4\t}'), used(3, 4));
});
