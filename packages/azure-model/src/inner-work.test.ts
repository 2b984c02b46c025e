import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { type InnerEnded, toldAtEnd } from './inner-work.ts';
import { answered, NOW_MS, testRequest, testResource } from './testing.ts';

const HELLO = { messages: [{ role: 'user', content: 'Hello' }] };

test('toldAtEnd: an answer is told once, when its work is over, with what it used', () => {
  const told: InnerEnded[] = [];
  const answer = toldAtEnd(answered(testResource(seededUnit), testRequest(HELLO)), NOW_MS, (ended) => told.push(ended));
  assert.equal(told.length, 0);
  answer.work?.end(NOW_MS + 500, null);
  answer.work?.end(NOW_MS + 900, null);
  const [ended] = told;
  assert.equal(told.length, 1);
  assert.deepEqual([ended?.status, ended?.startMs, ended?.endMs], [200, NOW_MS, NOW_MS + 500]);
  assert.ok((ended?.usage?.completionTokens ?? 0) > 0);
  assert.equal(ended?.metered.deployment.name, 'chat');
});

test('toldAtEnd: a refusal is told at once', () => {
  const told: InnerEnded[] = [];
  const resource = testResource(seededUnit, { deployments: [{ name: 'chat', model: 'gpt-4o', capacity: 1 }] });
  const refused = answered(resource, testRequest({ ...HELLO, max_tokens: 5_000 }));
  assert.equal(refused.status, 429);
  toldAtEnd(refused, NOW_MS, (ended) => told.push(ended));
  assert.deepEqual([told[0]?.status, told[0]?.usage, told[0]?.endMs], [429, null, NOW_MS]);
});

test('toldAtEnd: where no deployment had a say nothing is told', () => {
  const told: InnerEnded[] = [];
  const stranger = answered(testResource(seededUnit), testRequest(HELLO, { headers: { 'api-key': 'wrong' } }));
  assert.equal(
    toldAtEnd(stranger, NOW_MS, (ended) => told.push(ended)),
    stranger,
  );
  assert.equal(told.length, 0);
});
