import assert from 'node:assert/strict';
import test from 'node:test';
import { seededUnit } from '@spillway/clock';
import type { InnerEnded } from '../inner-work.ts';
import type { Resource } from '../resource.ts';
import { answered, NOW_MS, testRequest, testResource } from '../testing.ts';

function send(to: Resource, path: string, body: unknown, nowMs = NOW_MS) {
  const answer = answered(to, testRequest(body, { path: `/openai/v1/${path}`, query: '' }), nowMs);
  const text = answer.body.kind === 'text' ? answer.body.text : '{}';
  return { status: answer.status, text, json: JSON.parse(text) };
}

const PROVISIONED = { name: 'chat', model: 'gpt-4o', capacity: 50, type: 'ProvisionedManaged' } as const;
const SLOW = { deployments: [PROVISIONED], latency: { firstTokenMs: 1000, perTokenMs: 100 } };
const QUESTION = [{ role: 'user', content: 'Tell me of the sea' }];

function running(): { to: Resource; path: string; ended: readonly InnerEnded[] } {
  const ended: InnerEnded[] = [];
  const to = testResource(seededUnit, SLOW, { onInner: (_resource, each) => void ended.push(each) });
  const { id } = send(to, 'assistants', { model: 'chat' }).json;
  const run = send(to, 'threads/runs', { assistant_id: id, thread: { messages: QUESTION } }).json;
  return { to, path: `threads/${run.thread_id}/runs/${run.id}`, ended };
}

test('RunDesk: a run is under way until its answer is there, and is told once', () => {
  const { to, path, ended } = running();
  const deployment = to.deployments.get('chat');
  assert.equal(deployment?.active, 1);
  const readyMs = to.chores.dueMs ?? 0;
  to.chores.run(readyMs - 1);
  assert.deepEqual([deployment?.active, ended.length], [1, 0]);
  to.chores.run(readyMs);
  assert.deepEqual([deployment?.active, ended.length], [0, 1]);
  assert.equal(send(to, `${path}/cancel`, {}, readyMs).status, 400);
  assert.deepEqual([deployment?.active, ended.length], [0, 1]);
});

test('RunDesk: a cancelled run is no longer under way, and costs only what was generated of it', () => {
  const whole = running();
  whole.to.chores.run(whole.to.chores.dueMs ?? 0);
  const wholeTokens = whole.ended[0]?.usage?.completionTokens ?? 0;
  const { to, path, ended } = running();
  const halfMs = (NOW_MS + (to.chores.dueMs ?? 0)) / 2;
  assert.equal(send(to, `${path}/cancel`, {}, halfMs).json.status, 'cancelled');
  assert.equal(to.deployments.get('chat')?.active, 0);
  assert.equal(to.chores.dueMs, null);
  assert.deepEqual([ended.length, ended[0]?.endMs], [1, halfMs]);
  assert.equal(ended[0]?.usage?.completionTokens, Math.floor(wholeTokens / 2));
});
