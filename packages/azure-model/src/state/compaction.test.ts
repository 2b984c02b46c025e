import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import type { Answer } from '../reply.ts';
import type { Resource } from '../resource.ts';
import { answered, headersOf, testRequest, testResource } from '../testing.ts';
import { COMPACT_CHARS_MAX, COMPACT_TURNS_MAX } from './compaction.ts';

function post(one: Resource, operation: string, body: unknown): Answer {
  return answered(one, testRequest(body, { path: `/openai/v1/responses${operation}`, query: '' }));
}

function bodyOf({ body }: Answer) {
  return body.kind === 'text' ? JSON.parse(body.text) : null;
}

const ASSISTANT = { role: 'assistant', content: 'The weir is open.' };
const USER = { role: 'user', content: 'Is it still?' };

test('Compaction: what users said stays, the rest is in one item that only this resource reads', () => {
  const one = testResource(seededUnit);
  const { output, usage } = bodyOf(post(one, '/compact', { model: 'chat', input: [ASSISTANT, USER] }));
  assert.deepEqual(
    output.map((item: { type: string }) => item.type),
    ['message', 'compaction'],
  );
  assert.equal(output[0].content[0].text, 'Is it still?');
  assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
  const input = [...output, { role: 'user', content: 'Say 20 words.' }];
  assert.equal(post(one, '', { model: 'chat', input }).status, 200);
  const other = testResource(seededUnit, { name: 'openai2' });
  assert.equal(bodyOf(post(other, '', { model: 'chat', input })).error.code, 'invalid_encrypted_content');
});

test('Compaction: a conversation without end comes to a bounded item', () => {
  const one = testResource(seededUnit, { deployments: [{ name: 'chat', model: 'gpt-4.1', capacity: 10_000 }] });
  const long = { role: 'assistant', content: 'x'.repeat(COMPACT_CHARS_MAX + 50) };
  const input = Array.from({ length: COMPACT_TURNS_MAX + 5 }, () => long);
  const { usage } = bodyOf(post(one, '/compact', { model: 'chat', input }));
  assert.equal(usage.output_tokens, (COMPACT_TURNS_MAX * COMPACT_CHARS_MAX) / 4);
});

test('Compaction: is work of a model that the quota counts; counting is none', () => {
  const one = testResource(seededUnit);
  const counted = post(one, '/input_tokens', { model: 'chat', input: [ASSISTANT, USER] });
  assert.deepEqual(bodyOf(counted), { object: 'response.input_tokens', input_tokens: 19 });
  assert.equal(headersOf(counted)['x-ratelimit-remaining-tokens'], undefined);
  const compacted = post(one, '/compact', { model: 'chat', input: [ASSISTANT, USER] });
  assert.ok(Number(headersOf(compacted)['x-ratelimit-remaining-tokens']) < 30_000);
  assert.equal(compacted.metered?.operationId, 'Responses_Compact');
  assert.equal(compacted.work?.usage?.promptTokens, 19);
  const full = { model: 'chat', input: 'x'.repeat(110_000) };
  assert.deepEqual([post(one, '/compact', full).status, post(one, '/compact', full).status], [200, 429]);
});

const REFUSED: ReadonlyArray<readonly [name: string, body: unknown, status: number]> = [
  ['no body', '', 400],
  ['no model', { input: 'a' }, 400],
  ['a deployment that is not there', { model: 'absent', input: 'a' }, 404],
  ['a model that does not answer', { model: 'embedding', input: 'a' }, 400],
  ['no input', { model: 'chat' }, 400],
  ['an earlier response that is not there', { model: 'chat', previous_response_id: 'resp_1' }, 400],
];

for (const [name, body, status] of REFUSED) {
  test(`Compaction: refuses ${name}`, () => {
    const one = testResource(seededUnit);
    assert.equal(post(one, '/compact', body).status, status);
    assert.equal(post(one, '/input_tokens', body).status, status);
  });
}
