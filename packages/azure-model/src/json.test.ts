import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { JSON_DEPTH_MAX, parsedJson } from './json.ts';
import { answered, testRequest, testResource } from './testing.ts';

const lists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test('parsedJson: what is nested up to the limit is read, what is deeper is no JSON', () => {
  for (const nested of [lists, objects]) {
    assert.notEqual(parsedJson(nested(JSON_DEPTH_MAX)), undefined);
    assert.equal(parsedJson(nested(JSON_DEPTH_MAX + 1)), undefined);
    assert.equal(parsedJson(nested(200_000)), undefined);
  }
  assert.deepEqual(parsedJson('[1, {"a": null}, "b"]'), [1, { a: null }, 'b']);
});

test('parsedJson: no JSON is undefined, and a name of the prototype is a name like any other', () => {
  for (const text of ['', '{', 'undefined']) assert.equal(parsedJson(text), undefined);
  assert.deepEqual(Object.keys(Object(parsedJson('{"__proto__": {"a": 1}}'))), ['__proto__']);
});

test('respond: a body nested without end is refused as no JSON, whatever would have been made of it', () => {
  const nested = objects(20_000);
  const tools = `[{"type":"function","function":{"name":"f","parameters":${nested}}}]`;
  const response = { path: '/openai/v1/responses', query: '' };
  for (const asked of [
    testRequest(`{"messages":[{"role":"user","content":"x"}],"tools":${tools}}`),
    testRequest(`{"model":"chat","input":"x","metadata":${nested}}`, response),
  ]) {
    const { status, body } = answered(testResource(seededUnit), asked);
    assert.equal(status, 400);
    assert.match(body.kind === 'text' ? body.text : '', /could not be parsed as JSON/);
  }
});
