import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTokens, readFormat } from './format.ts';
import type { Turn } from './generation.ts';

const TURNS: readonly Turn[] = [{ role: 'user', text: 'Answer in JSON.' }];
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

test('readFormat: text, an object, and a schema in both places', () => {
  assert.deepEqual(readFormat(undefined, TURNS), { kind: 'text' });
  assert.deepEqual(readFormat({ type: 'text' }, TURNS), { kind: 'text' });
  assert.deepEqual(readFormat({ type: 'json_object' }, TURNS), { kind: 'jsonObject' });
  const want = { kind: 'jsonSchema', name: 'n', schema: SCHEMA };
  const nested = { type: 'json_schema', json_schema: { name: 'n', schema: SCHEMA, strict: true } };
  assert.deepEqual(readFormat(nested, TURNS), want);
  assert.deepEqual(readFormat({ type: 'json_schema', name: 'n', schema: SCHEMA }, TURNS, 'text.format'), want);
});

const REFUSED: ReadonlyArray<readonly [name: string, format: unknown, param: string, message: RegExp]> = [
  ['another type', { type: 'xml' }, 'response_format.type', /'xml'/],
  ['a word alone', 'json', 'response_format.type', /'json'/],
  ['no type', {}, 'response_format.type', /Missing/],
  ['a schema that is missing', { type: 'json_schema' }, 'response_format.json_schema', /Missing/],
  [
    'a schema without a name',
    { type: 'json_schema', json_schema: { schema: {} } },
    'response_format.json_schema.name',
    /Missing/,
  ],
  [
    'a strict schema that is open',
    { type: 'json_schema', json_schema: { name: 'n', strict: true, schema: { type: 'object' } } },
    'response_format',
    /^Invalid schema for response_format 'n': In context=\(\)/,
  ],
];

for (const [name, format, param, message] of REFUSED) {
  test(`readFormat: refuses ${name}`, () => {
    const read = readFormat(format, TURNS);
    assert.ok('refusal' in read);
    const { error } = JSON.parse(read.refusal.body);
    assert.equal(error.param, param);
    assert.match(error.message, message);
  });
}

test('readFormat: an object is refused where no message speaks of JSON', () => {
  const read = readFormat({ type: 'json_object' }, [{ role: 'user', text: 'hello' }]);
  assert.ok('refusal' in read);
  assert.match(read.refusal.body, /must contain the word 'json'/);
});

test('formatTokens: a schema counts by its length, what is none counts nothing', () => {
  assert.equal(formatTokens({ kind: 'text' }), 0);
  assert.equal(formatTokens({ kind: 'jsonSchema', name: 'n', schema: { type: 'object' } }), 5);
});
