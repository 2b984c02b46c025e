import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { Ajv } from 'ajv';
import { sampleOf } from './schema.ts';

const SCHEMAS: ReadonlyArray<readonly [name: string, schema: object]> = [
  ['nothing required', { type: 'object', properties: { a: { type: 'string' } } }],
  [
    'each simple type',
    {
      type: 'object',
      properties: {
        s: { type: 'string', minLength: 30, maxLength: 40 },
        i: { type: 'integer', minimum: 3, maximum: 4 },
        n: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
        m: { type: 'integer', minimum: 10, maximum: 20, multipleOf: 7 },
        below: { type: 'integer', maximum: -5 },
        b: { type: 'boolean' },
        z: { type: 'null' },
      },
      required: ['s', 'i', 'n', 'm', 'below', 'b', 'z'],
      additionalProperties: false,
    },
  ],
  [
    'enum and const',
    { type: 'object', properties: { e: { enum: ['c', 'f'] }, k: { const: 7 } }, required: ['e', 'k'] },
  ],
  [
    'a list',
    { type: 'object', properties: { l: { type: 'array', items: { type: 'integer' }, minItems: 3 } }, required: ['l'] },
  ],
  ['a type that may be null', { type: 'object', properties: { o: { type: ['null', 'integer'] } }, required: ['o'] }],
  [
    'alternatives',
    { type: 'object', properties: { a: { anyOf: [{ type: 'integer' }, { type: 'string' }] } }, required: ['a'] },
  ],
  [
    'a reference',
    {
      type: 'object',
      properties: { p: { $ref: '#/$defs/p' } },
      required: ['p'],
      $defs: { p: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] } },
    },
  ],
  [
    'parts put together',
    {
      type: 'object',
      properties: {
        all: {
          allOf: [
            { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
            { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] },
          ],
        },
      },
      required: ['all'],
    },
  ],
  ['a property without a schema', { type: 'object', required: ['free'] }],
];

for (const [name, schema] of SCHEMAS) {
  test(`sampleOf: fits ${name}`, () => {
    const validate = new Ajv({ strict: false }).compile(schema);
    for (let seed = 0; seed < 50; seed++) {
      const value: unknown = JSON.parse(JSON.stringify(sampleOf(schema, seededUnit(seed))));
      assert.ok(validate(value), `${JSON.stringify(value)}: ${JSON.stringify(validate.errors)}`);
    }
  });
}

test('sampleOf: a schema that holds itself many times over ends', () => {
  const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { $ref: '#' }])),
    required: names,
  };
  assert.ok(JSON.stringify(sampleOf(schema, seededUnit(1))).length < 20_000);
});

test('sampleOf: absurd lengths are not made', () => {
  const schema = { type: 'array', minItems: 1e9, items: { type: 'string', minLength: 1e9 } };
  assert.ok(JSON.stringify(sampleOf(schema, seededUnit(1))).length < 20_000);
});

test('sampleOf: a constant nested too deeply to be written comes out null', () => {
  const depth = 100_000;
  const schema: unknown = JSON.parse(`{"const":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  assert.equal(sampleOf(schema, seededUnit(1)), null);
  assert.deepEqual(sampleOf({ enum: [{ a: [1] }] }, seededUnit(1)), { a: [1] });
});

test('sampleOf: a property called __proto__ is one like any other', () => {
  const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"const":1}},"required":["__proto__"]}');
  assert.equal(JSON.stringify(sampleOf(schema, seededUnit(1))), '{"__proto__":1}');
});

test('sampleOf: what is no schema yields an empty object', () => {
  assert.deepEqual(sampleOf(undefined, seededUnit(1)), {});
});

test('sampleOf: takes the words that it is given where they fit', () => {
  const schema = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      short: { type: 'string', maxLength: 3 },
      on: { type: 'string', format: 'date' },
      code: { type: 'string', pattern: '^x$' },
      unit: { enum: ['c', 'f'] },
      all: { type: 'array', items: { type: 'string' } },
    },
    required: ['city', 'short', 'on', 'code', 'unit', 'all'],
  };
  const wording = { textFor: (property: string) => `the ${property}`, among: () => 'f' };
  const value = JSON.parse(JSON.stringify(sampleOf(schema, seededUnit(1), wording)));
  assert.deepEqual([value.city, value.short, value.unit, value.all], ['the city', 'the', 'f', ['the all']]);
  assert.equal(value.on, '2026-11-21');
  assert.notEqual(value.code, 'the code');
});
