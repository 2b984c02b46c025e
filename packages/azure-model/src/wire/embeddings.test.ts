import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFacts } from '@spillway/protocol';
import { type EmbeddingsAsk, embed, REQUEST_TOKENS_MAX, readEmbeddings, renderEmbeddings } from './embeddings.ts';

const SMALL = modelFacts('text-embedding-3-small');

function asked(body: Record<string, unknown>): EmbeddingsAsk {
  const read = readEmbeddings(body, SMALL);
  if (read.kind !== 'ask') throw new Error(read.refusal.body);
  return read.ask;
}

function nearness(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

test('embed: a vector has length 1, and the same text the same vector', () => {
  const vector = embed('Spillway spreads load over deployments.', 1536);
  assert.ok(Math.abs(nearness(vector, vector) - 1) < 1e-5);
  assert.deepEqual(embed('Spillway spreads load over deployments.', 1536), vector);
});

test('embed: texts that share words, or parts of words, are nearer than others', () => {
  const question = embed('How do I reset a forgotten password?', 1536);
  const near = embed('Resetting passwords: open the page for forgotten ones.', 1536);
  const far = embed('The canteen serves soup on Mondays.', 1536);
  assert.ok(nearness(question, near) > nearness(question, far) + 0.2, `${nearness(question, near)}`);
});

test('embed: short vectors keep the order of nearness', () => {
  const [question, near, far] = [
    'capacity of the east region',
    'the east region has capacity',
    'a recipe for bread',
  ].map((text) => embed(text, 256));
  assert.ok(question && near && far && nearness(question, near) > nearness(question, far));
});

test('embed: a text without letters has a vector of length 1 as well', () => {
  for (const text of ['?!', '🙂', ' ']) {
    const vector = embed(text, 64);
    assert.ok(Math.abs(nearness(vector, vector) - 1) < 1e-5);
  }
});

test('renderEmbeddings: floats and base64 hold the same numbers', () => {
  const floats = JSON.parse(renderEmbeddings(asked({ input: 'hello world', dimensions: 32 }), SMALL.name));
  const packed = JSON.parse(
    renderEmbeddings(asked({ input: 'hello world', dimensions: 32, encoding_format: 'base64' }), SMALL.name),
  );
  const bytes = Buffer.from(packed.data[0].embedding, 'base64');
  assert.equal(bytes.length, 32 * 4);
  for (let i = 0; i < 32; i++) assert.ok(Math.abs(bytes.readFloatLE(i * 4) - floats.data[0].embedding[i]) < 1e-7);
});

test('renderEmbeddings: has the form of the service', () => {
  const body = JSON.parse(renderEmbeddings(asked({ input: ['12345678', 'abcde'] }), SMALL.name));
  assert.deepEqual(Object.keys(body), ['data', 'model', 'object', 'usage']);
  assert.equal(body.model, 'text-embedding-3-small');
  assert.deepEqual(body.usage, { prompt_tokens: 4, total_tokens: 4 });
  assert.deepEqual(
    body.data.map((entry: { index: number; object: string; embedding: number[] }) => [
      entry.index,
      entry.object,
      entry.embedding.length,
    ]),
    [
      [0, 'embedding', 1536],
      [1, 'embedding', 1536],
    ],
  );
});

test('readEmbeddings: counts a quarter of the characters of each text, or the tokens given', () => {
  assert.equal(asked({ input: 'abcde' }).tokens, 2);
  assert.equal(asked({ input: ['abcde', 'a'] }).tokens, 3);
  assert.equal(asked({ input: [1, 2, 3] }).tokens, 3);
  assert.equal(
    asked({
      input: [
        [1, 2],
        [3, 4, 5],
      ],
    }).tokens,
    5,
  );
  assert.equal(asked({ input: [1, 2, 3] }).inputs.length, 1);
});

const REFUSED: ReadonlyArray<readonly [name: string, body: Record<string, unknown>, param: string]> = [
  ['without input', {}, 'input'],
  ['with an empty text', { input: '' }, 'input'],
  ['with an empty list', { input: [] }, 'input'],
  ['with an empty text in a list', { input: ['a', ''] }, 'input'],
  ['with more than 2,048 texts', { input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
  ['with 1,537 dimensions', { input: 'a', dimensions: 1537 }, 'dimensions'],
  ['with 0 dimensions', { input: 'a', dimensions: 0 }, 'dimensions'],
  ['in a form unknown', { input: 'a', encoding_format: 'hex' }, 'encoding_format'],
];

for (const [name, body, param] of REFUSED) {
  test(`readEmbeddings: refuses a request ${name}`, () => {
    const read = readEmbeddings(body, SMALL);
    assert.equal(read.kind === 'refused' ? JSON.parse(read.refusal.body).error.param : null, param);
  });
}

test('readEmbeddings: ada-002 takes no dimensions', () => {
  assert.equal(readEmbeddings({ input: 'a', dimensions: 8 }, modelFacts('text-embedding-ada-002')).kind, 'refused');
});

test('readEmbeddings: one input longer than the model reads is refused, many short ones are not', () => {
  const long = 'word '.repeat(SMALL.contextTokens);
  const read = readEmbeddings({ input: ['short', long] }, SMALL);
  assert.match(
    read.kind === 'refused' ? read.refusal.body : '',
    /maximum context length is \d+ tokens, however you requested/,
  );
  assert.equal(asked({ input: Array.from({ length: 2048 }, () => 'a few words of text') }).inputs.length, 2048);
});

test('readEmbeddings: no more tokens than one request may hold, over all its inputs', () => {
  const each = SMALL.contextTokens * 4;
  const fits = Math.floor(REQUEST_TOKENS_MAX / SMALL.contextTokens);
  const inputs = Array.from({ length: fits }, () => 'x'.repeat(each));
  assert.equal(readEmbeddings({ input: inputs }, SMALL).kind, 'ask');
  const read = readEmbeddings({ input: [...inputs, 'x'.repeat(each)] }, SMALL);
  assert.match(read.kind === 'refused' ? read.refusal.body : '', /maximum request size is 300000 tokens per request/);
});
