import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scanBody } from './body.ts';
import type { AskFacts } from './body-ask.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function askIn(body: unknown): AskFacts {
  const facts = scanBody(bytesOf(typeof body === 'string' ? body : JSON.stringify(body)));
  assert.ok(facts !== null);
  return facts.ask;
}

const MAXIMA: ReadonlyArray<readonly [name: string, body: string, want: number | null]> = [
  ['none', '{}', null],
  ['of chat', '{"max_tokens":400}', 400],
  ['of newer chat', '{"max_completion_tokens":400}', 400],
  ['of Responses', '{"max_output_tokens":400}', 400],
  ['the newer one of two', '{"max_completion_tokens":7,"max_tokens":400}', 7],
  ['the last of two with one name', '{"max_tokens":400,"max_tokens":7}', 7],
  ['null', '{"max_tokens":null}', null],
  ['a text', '{"max_tokens":"400"}', null],
  ['below 0', '{"max_tokens":-1}', null],
  ['0', '{"max_tokens":0}', 0],
  ['a fraction', '{"max_tokens":4.7}', 4],
  ['a power', '{"max_tokens":4e3}', 4_000],
  ['letters', '{"max_tokens":4x}', null],
  ['a power without end', '{"max_tokens":1e308}', 1_000_000],
  ['a power beyond all numbers', '{"max_tokens":1e999}', 1_000_000],
  ['more than anybody answers', '{"max_completion_tokens":999999999999999}', 1_000_000],
  ['too long a number', `{"max_tokens":${'9'.repeat(16)}}`, null],
  ['one inside of something else', '{"a":{"max_tokens":5}}', null],
];

for (const [name, body, want] of MAXIMA) {
  test(`scanBody: longest answer: ${name}`, () => assert.equal(askIn(body).answerTokensMax, want));
}

const CHOICES: ReadonlyArray<readonly [body: string, want: number]> = [
  ['{}', 1],
  ['{"n":3}', 3],
  ['{"n":3,"best_of":5}', 5],
  ['{"n":null}', 1],
  ['{"n":0}', 1],
  ['{"n":0,"best_of":0}', 1],
  ['{"n":1e308}', 128],
  ['{"n":1000000}', 128],
];

for (const [body, want] of CHOICES) {
  test(`scanBody: answers asked for by ${body}`, () => assert.equal(askIn(body).choices, want));
}

const PICTURE = `data:image/png;base64,${'iVBORw0KGgo'.repeat(500)}`;
const SOUND = 'UklGRi4A'.repeat(500);
const TEXT = 'a text with blanks, as they are '.repeat(50);
const user = (content: unknown) => [{ role: 'user', content }];

const EXTRAS: ReadonlyArray<readonly [name: string, body: object, extras: number, hiddenBytes: number]> = [
  ['a long text', { messages: user(TEXT) }, 0, 0],
  ['a picture of chat', { messages: user([{ type: 'image_url', image_url: { url: PICTURE } }]) }, 1, PICTURE.length],
  ['a picture elsewhere', { messages: user([{ type: 'image_url', image_url: { url: 'https://x/y.png' } }]) }, 1, 0],
  ['a picture of Responses', { input: user([{ type: 'input_image', image_url: PICTURE }]) }, 1, PICTURE.length],
  ['two pictures', { input: user([{ image_url: PICTURE }, { image_url: PICTURE }]) }, 2, 2 * PICTURE.length],
  ['sound', { messages: user([{ type: 'input_audio', input_audio: { data: SOUND } }]) }, 1, SOUND.length],
  ['a file', { input: user([{ type: 'input_file', file_data: PICTURE }]) }, 1, PICTURE.length],
  ['an earlier answer', { input: 'and then?', previous_response_id: 'resp_1' }, 1, 0],
  ['no earlier answer', { input: 'and then?', previous_response_id: null }, 0, 0],
  ['a long text in another script', { messages: user('模型'.repeat(400)) }, 0, 0],
];

for (const [name, body, extras, hiddenBytes] of EXTRAS) {
  test(`scanBody: what bytes do not tell: ${name}`, () => {
    const ask = askIn(body);
    const { prompt } = ask;
    assert.ok(prompt !== null);
    assert.equal(ask.extras, extras);
    assert.equal(prompt.end - prompt.start - ask.promptBytes, hiddenBytes);
  });
}

test('scanBody: tools and instructions are part of the prompt, other keys are not', () => {
  const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
  const { promptBytes, items } = askIn({ model: 'm', user: 'u', input: 'hi', tools, instructions: 'be brief' });
  assert.equal(
    promptBytes,
    ['hi', tools, 'be brief'].map((part) => JSON.stringify(part).length).reduce((a, b) => a + b),
  );
  assert.equal(items, 0);
});

test('scanBody: counts messages, whatever is nested in them', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 20 }), (messages) => {
      assert.equal(askIn({ messages, tools: [{}, {}] }).items, messages.length);
    }),
  );
});

const MIXES: ReadonlyArray<readonly [name: string, body: string, want: AskFacts['mix']]> = [
  ['English', JSON.stringify({ prompt: 'The quick brown fox jumps over the lazy dog. '.repeat(20) }), 'plain'],
  ['German', JSON.stringify({ prompt: 'Größere Bögen führen überall für später höhere Kräfte. '.repeat(20) }), 'mixed'],
  ['Chinese', JSON.stringify({ prompt: '我们需要一个模型。'.repeat(40) }), 'dense'],
  ['Chinese with escapes', `{"prompt":"${'\\u6211\\u4eec'.repeat(100)}"}`, 'escaped'],
  ['nothing', '{"prompt":""}', 'plain'],
];

for (const [name, body, want] of MIXES)
  test(`scanBody: kind of text: ${name}`, () => assert.equal(askIn(body).mix, want));

test('scanBody: the cache key is a text, or none', () => {
  const body = '{"prompt_cache_key":"a b","n":1}';
  const span = askIn(body).cacheKey;
  assert.equal(span === null ? null : body.slice(span.start, span.end), '"a b"');
  assert.equal(askIn('{"prompt_cache_key":"a","prompt_cache_key":5}').cacheKey, null);
});
