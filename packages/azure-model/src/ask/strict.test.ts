import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strictProblem } from './strict.ts';

const closed = (properties: object) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const TABLE: ReadonlyArray<readonly [name: string, schema: unknown, problem: string | null]> = [
  ['a closed object', closed({ a: { type: 'string' } }), null],
  ['closed objects in a list', closed({ l: { type: 'array', items: closed({ x: {} }) } }), null],
  [
    'an open object',
    { type: 'object', properties: {} },
    "In context=(), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [
    'a property that is not required',
    { ...closed({ a: {}, b: {} }), required: ['a'] },
    "In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'b'.",
  ],
  [
    'an open object inside',
    closed({ a: { type: 'object' } }),
    "In context=('properties', 'a'), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [
    'an open object in a list',
    { type: 'array', items: { type: 'object' } },
    "In context=('items',), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [
    'an open alternative',
    { anyOf: [{ type: 'string' }, { type: 'object' }] },
    "In context=('anyOf', '1'), 'additionalProperties' is required to be supplied and to be false.",
  ],
];

for (const [name, schema, problem] of TABLE) {
  test(`strictProblem: ${problem === null ? 'takes' : 'refuses'} ${name}`, () =>
    assert.equal(strictProblem(schema), problem));
}

test('strictProblem: looks no deeper than twenty schemas, and at no more than two thousand', () => {
  let deep: object = { type: 'object' };
  for (let i = 0; i < 100; i++) deep = closed({ p: deep });
  assert.equal(strictProblem(deep), null);
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`p${i}`, {}]));
  assert.equal(strictProblem(closed({ ...many, last: { type: 'object' } })), null);
});
