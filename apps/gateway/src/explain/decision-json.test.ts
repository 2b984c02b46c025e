import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHAT, TestGateway } from '../testing/kit.ts';
import { DECISION_JSON_CHARS_MAX, decisionJson } from './decision-json.ts';
import { Trail } from './trail.ts';

const JSON_PLEASE = { 'x-spillway-explain': 'json' };

test('decisionJson: says in one line what was tried and who was passed over, where the caller asks for it', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask({ headers: JSON_PLEASE });
  gateway.call.answer(429, '{}', { 'retry-after': '3' });
  const untilMs = gateway.clock.nowMs() + 3_000;
  gateway.call.answer(200, '{}');
  assert.deepEqual(JSON.parse(inbound.got('x-spillway-decision') ?? ''), {
    requestId: inbound.got('x-spillway-request-id'),
    pool: 'chat',
    strategy: 'headroom',
    waitedMs: 0,
    attempts: [
      { deployment: 'openai1/chat', outcome: 'throttled', status: 429 },
      { deployment: 'openai2/chat', outcome: 'answered', status: 200 },
    ],
    passedOver: [{ deployment: 'openai3/chat', reason: 'higherPriorityNumber', untilMs: null }],
    leftOut: 0,
  });
  const again = gateway.ask({ headers: JSON_PLEASE });
  gateway.call.answer(200, '{}');
  const { passedOver } = JSON.parse(again.got('x-spillway-decision') ?? '');
  assert.deepEqual(passedOver[0], { deployment: 'openai1/chat', reason: 'throttled', untilMs });
});

test('decisionJson: any name stays within ASCII and comes back whole', () => {
  const gateway = new TestGateway({
    members: [
      { on: 'ö1', name: '🚰' },
      { on: 'ö2', name: '🚰', priority: 2 },
    ],
  });
  const target = CHAT.replace('/chat/chat', `/${encodeURIComponent('🚰')}/chat`);
  const inbound = gateway.ask({ target, headers: JSON_PLEASE });
  gateway.call.answer(200, '{}');
  const line = inbound.got('x-spillway-decision') ?? '';
  assert.match(line, /^[\x20-\x7e]+$/);
  assert.equal(JSON.parse(line).attempts[0].deployment, 'ö1/🚰');
});

test('decisionJson: is bounded; what is left out is counted', () => {
  const members = Array.from({ length: 40 }, (_, i) => ({ on: `backend-with-a-long-name-${i}`, priority: i }));
  const gateway = new TestGateway({ members });
  const inbound = gateway.ask({ headers: JSON_PLEASE });
  gateway.call.answer(429, '{}', { 'retry-after': '3' });
  gateway.call.answer(200, '{}');
  const line = inbound.got('x-spillway-decision') ?? '';
  const { attempts, passedOver, leftOut } = JSON.parse(line);
  assert.ok(line.length <= DECISION_JSON_CHARS_MAX && line.length > DECISION_JSON_CHARS_MAX / 2, `${line.length}`);
  assert.deepEqual([attempts.length, passedOver.length + leftOut], [2, 38]);
  const tried = members.map(({ on }) => `${on}/chat`.repeat(9));
  const many = { requestId: 'id', trail: new Trail(), decision: null, tried, outcomes: [] };
  assert.ok(decisionJson(many).length <= DECISION_JSON_CHARS_MAX);
  assert.ok(JSON.parse(decisionJson(many)).leftOut > 30);
});
