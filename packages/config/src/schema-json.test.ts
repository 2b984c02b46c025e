import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { configReference, jsonSchema } from './index.ts';
import { isSchema, type JsonSchema, keysAt, variants } from './schema-json.ts';

const FOLDER = new URL('../golden/', import.meta.url);
const validate = new Ajv({ strict: true, allErrors: true }).compile(jsonSchema());

function data(name: string): unknown {
  return parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

for (const name of readdirSync(FOLDER).filter((file) => /^good-.*\.yaml$/.test(file))) {
  test(`jsonSchema: accepts ${name}`, () => assert.ok(validate(data(name)), JSON.stringify(validate.errors)));
}

for (const name of [
  'unknown-keys',
  'numbers',
  'deployment-type',
  'keys-written-here',
  'keys-of-later',
  'kinds',
  'limits',
  'names',
]) {
  test(`jsonSchema: an editor refuses bad-${name}.yaml`, () => assert.equal(validate(data(`bad-${name}.yaml`)), false));
}

test('keysAt: knows the keys of every mapping, and none where names are free', () => {
  assert.ok(keysAt([]).includes('backends'));
  assert.ok(keysAt(['backends', 3, 'deployments', 0]).includes('weight'));
  assert.deepEqual(keysAt(['pools', 'any', 'members', 0]), ['deployment', 'priority', 'weight']);
  assert.deepEqual(keysAt(['pools']), []);
  assert.deepEqual(keysAt(['nowhere', 0]), []);
});

/** Every property of every mapping in the schema. */
function properties(schema: JsonSchema): Array<[key: string, JsonSchema]> {
  return variants(schema).flatMap((variant) => {
    const own = Object.entries(variant.properties ?? {}).filter((entry): entry is [string, JsonSchema] =>
      isSchema(entry[1]),
    );
    const inner = [variant.items, variant.additionalProperties, ...own.map(([, value]) => value)].filter(isSchema);
    return [...own, ...inner.flatMap(properties)];
  });
}

test('configReference: lists every key with its meaning, and durations and sizes with their unit', () => {
  const all = properties(jsonSchema());
  assert.ok(all.length > 40, `only ${all.length} keys seen`);
  const reference = configReference();
  for (const [key, { description = '' }] of all) {
    assert.ok(description !== '' && reference.includes(`| \`${key}\` |`), key);
    assert.ok(reference.includes(description), `${key}: ${description}`);
    if (/Ms(Max)?$/.test(key)) assert.match(description, /Milliseconds/, key);
    if (/Bytes/.test(key)) assert.match(description, /Bytes\./, key);
  }
});
