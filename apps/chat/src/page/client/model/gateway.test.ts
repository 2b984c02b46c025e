import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayEvent } from '../../testing/script.ts';
import { decisionOf, summaryOf } from './gateway.ts';

const NOBODY = { requestId: null, deployment: null, attempts: null, decision: null, waitedMs: null };

for (const text of [null, '', 'no JSON', '[]', '{"attempts":7,"passedOver":[null,3]}'])
  test(`decisionOf: ${text} is no trouble`, () => {
    const decision = decisionOf(text);
    assert.ok(decision === null || decision.attempts.length + decision.passedOver.length === 0);
  });

test('decisionOf: tells who was tried and who was not', () => {
  const decision = decisionOf(gatewayEvent(5).decision);
  assert.deepEqual(decision?.attempts[0], { deployment: 'openai1/chat', outcome: 'throttled', status: 429 });
  assert.deepEqual(decision?.passedOver[0], { deployment: 'openai3/chat', reason: 'throttled', untilMs: 5 });
});

test('summaryOf: over all calls of an answer, each throttled deployment once, with the latest end told', () => {
  const summary = summaryOf([
    { step: 'plan', gateway: gatewayEvent(5) },
    { step: 'embed', gateway: NOBODY },
    { step: 'answer', gateway: { ...gatewayEvent(9), deployment: 'openai4/chat' } },
  ]);
  assert.deepEqual(summary, {
    answeredBy: 'openai4/chat',
    throttled: [
      { deployment: 'openai1/chat', untilMs: null },
      { deployment: 'openai3/chat', untilMs: 9 },
    ],
    waitedMs: 680,
  });
});

test('summaryOf: of another gateway, which tells nothing, there is none', () => {
  assert.equal(summaryOf([{ step: 'answer', gateway: NOBODY }]), null);
});
