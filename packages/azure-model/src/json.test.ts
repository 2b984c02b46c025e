import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { inWords, JSON_DEPTH_MAX, parsedJson } from './json.ts';
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

test('inWords: says what any value is, also where its own toString is none', () => {
  const values: ReadonlyArray<readonly [value: unknown, says: string]> = [
    ['a', 'a'],
    [1.5, '1.5'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[{ toString: 1, valueOf: 1 }], '[{"toString":1,"valueOf":1}]'],
  ];
  for (const [value, says] of values) assert.equal(inWords(value), says);
});

/** `String` of it throws. */
const STRANGE = { toString: 1, valueOf: 1 };

const STRANGERS: ReadonlyArray<readonly [operation: string, body: object]> = [
  ['chat/completions', { messages: [{ role: 'user', content: [{ type: STRANGE }] }] }],
  ['chat/completions', { messages: [{ role: 'user', content: 'x' }], response_format: [STRANGE] }],
  ['chat/completions', { model: 'thinks', messages: [{ role: 'user', content: 'x' }], reasoning_effort: STRANGE }],
  ['chat/completions', { model: 'thinks', messages: [{ role: 'user', content: 'x' }], temperature: [STRANGE] }],
  ['responses', { input: [{ role: 'user', content: [{ type: STRANGE }] }] }],
  ['assistants', { instructions: STRANGE }],
  ['threads', { messages: [{ role: 'user', content: [{ type: 'text', text: STRANGE }] }] }],
  ['videos', { prompt: 'x', seconds: STRANGE }],
  ['video/generations/jobs', { prompt: 'x', n_variants: STRANGE }],
];

test('respond: a value that cannot be said is refused like any other that does not belong', () => {
  const deployments = [
    { name: 'chat', model: 'gpt-4o', capacity: 30 },
    { name: 'thinks', model: 'o3-mini', capacity: 30 },
  ];
  const to = testResource(seededUnit, { deployments });
  for (const [operation, body] of STRANGERS) {
    const asked = testRequest({ model: 'chat', ...body }, { path: `/openai/v1/${operation}`, query: '' });
    assert.equal(answered(to, asked).status, 400, operation);
  }
});
