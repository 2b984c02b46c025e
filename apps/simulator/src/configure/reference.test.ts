import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecord } from '@spillway/config';
import { MODEL_NAMES } from '@spillway/protocol';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { optionsFromYaml } from './from-yaml.ts';
import { simulatorReference } from './reference.ts';
import { simulatorJsonSchema } from './schema.ts';

const validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(simulatorJsonSchema());
const example = /```yaml\n(.*?)```/s.exec(simulatorReference())?.[1] ?? '';

/** Every key of every mapping in a schema, with what is said about it. */
function keysOf(schema: unknown): ReadonlyArray<readonly [key: string, description: unknown]> {
  if (Array.isArray(schema)) return schema.flatMap(keysOf);
  if (!isRecord(schema)) return [];
  const properties = isRecord(schema.properties) ? Object.entries(schema.properties) : [];
  const own = properties.map(([key, value]): [string, unknown] => [key, isRecord(value) ? value.description : null]);
  const inner = [schema.items, schema.anyOf, ...properties.map(([, value]) => value)];
  return [...own, ...inner.flatMap(keysOf)];
}

test('simulatorReference: its example is a good file, for editors too', () => {
  const loaded = optionsFromYaml({ text: example, file: 'example', env: {}, secrets: new Map() });
  assert.ok(loaded.kind === 'ok', JSON.stringify(loaded));
  assert.deepEqual(loaded.warnings, []);
  assert.ok(validate(parse(example)), JSON.stringify(validate.errors));
});

test('simulatorReference: lists every key with its meaning, and times with their unit', () => {
  const keys = keysOf(simulatorJsonSchema());
  const reference = simulatorReference();
  assert.ok(keys.length > 80, `only ${keys.length} keys seen`);
  for (const [key, description] of keys) {
    assert.ok(typeof description === 'string' && description !== '', key);
    assert.ok(reference.includes(`| \`${key}\` |`) && reference.includes(description), key);
    if (/Ms$/.test(key)) assert.match(description, /Milliseconds/, key);
    if (/Seconds$/.test(key)) assert.match(description, /second/i, key);
  }
  assert.doesNotMatch(reference, /undefined|NaN/);
});

test('simulatorReference: lists every model of the table', () => {
  for (const name of MODEL_NAMES) assert.ok(simulatorReference().includes(`| \`${name}\` |`), name);
});

test('simulatorJsonSchema: an editor refuses a key that is not known, and a value out of range', () => {
  for (const bad of [
    { backends: [] },
    { resources: [{ name: 'a', latncy: {} }] },
    { port: 70_000 },
    { faults: [{ kind: 'x' }] },
  ]) {
    assert.equal(validate(bad), false, JSON.stringify(bad));
  }
});
