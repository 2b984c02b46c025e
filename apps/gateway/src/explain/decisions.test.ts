import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { readRecord, replay } from '@spillway/policy';
import { testClient } from '../testing/client.ts';
import { testUsage } from '../testing/events.ts';
import { CHAT, TestGateway } from '../testing/kit.ts';
import { decisionList, recordOfKept } from './decisions.ts';
import { DecisionRing } from './ring.ts';
import { endedWith } from './testing/kept.ts';

const sha256 = (text: string) => `sha256:${hash('sha256', text, 'hex')}`;

/** The ring after what a gateway told. */
function ringOf({ events }: TestGateway): DecisionRing {
  const ring = new DecisionRing(100);
  for (const event of events) ring.fold(event);
  return ring;
}

test('recordOfKept: a real exchange becomes a record that comes out the same again, through JSON', () => {
  const gateway = new TestGateway();
  gateway.ask();
  gateway.call.answer(429, '{}', { 'retry-after': '3', 'apim-request-id': 'apim-1', 'x-ms-region': 'East US' });
  gateway.call.refusesConnection();
  gateway.clock.advance(7);
  gateway.call.answer(200, '{"usage":{"prompt_tokens":14,"completion_tokens":6}}', {
    'content-type': 'application/json',
    'x-request-id': 'r\u0085-3',
  });
  const [kept] = ringOf(gateway).newest();
  assert.ok(kept);
  const record = recordOfKept(kept);
  assert.deepEqual(
    record.attempts.map(({ deployment, outcome, status, code, azure }) => [deployment, outcome, status, code, azure]),
    [
      ['openai1/chat', 'throttled', 429, null, { apimRequestId: 'apim-1', requestId: null, region: 'East US' }],
      ['openai2/chat', 'connectFailed', null, 'ECONNREFUSED', { apimRequestId: null, requestId: null, region: null }],
      ['openai3/chat', 'answered', 200, null, { apimRequestId: null, requestId: 'r?-3', region: null }],
    ],
  );
  assert.deepEqual([record.pool, record.servedBy, record.status, record.durationMs], ['chat', 'openai3/chat', 200, 7]);
  assert.equal(record.picks.filter(({ chosen }) => chosen !== null).length, 3);
  assert.equal(record.usage.promptTokens, 14);
  const read = readRecord(JSON.parse(JSON.stringify(record)));
  assert.ok(read.kind === 'record');
  assert.deepEqual(replay(read.record, sha256), []);
});

test('recordOfKept: a refusal before any choice is a record too, and tells when to come back where it was told', () => {
  const gateway = new TestGateway({ limits: { exchangesMax: 0 } });
  gateway.ask();
  const [kept] = ringOf(gateway).newest();
  assert.ok(kept);
  const { status, pool, need, picks, retryAfterMs } = recordOfKept(kept);
  assert.deepEqual(
    { status, pool, need, picks, retryAfterMs },
    { status: 503, pool: null, need: null, picks: [], retryAfterMs: 1_000 },
  );
});

test('recordOfKept: holds no credential, no body and no header of the client, and the client by its name alone', () => {
  const gateway = new TestGateway({ clients: [testClient('chat-app', 'canary-key')] });
  const headers = { 'api-key': 'canary-key', cookie: 'canary-cookie', 'x-odd': 'canary-odd' };
  gateway.ask({ headers, target: `${CHAT}&q=canary-query`, body: '{"messages":[{"content":"canary-body"}]}' });
  gateway.call.answer(200, '{"canary":"canary-answer"}', { 'set-cookie': 'canary-down', 'x-request-id': 'r' });
  const [kept] = ringOf(gateway).newest();
  assert.ok(kept);
  const text = JSON.stringify(recordOfKept(kept));
  assert.doesNotMatch(text, /canary|key-of-openai/);
  assert.match(text, /"client":"chat-app"/);
});

test('decisionList: newest first, as many as asked for, and only those that are asked for', () => {
  const ring = new DecisionRing(100);
  const throttled = { kind: 'throttled', status: 429, hint: null } as const;
  const answered = { kind: 'answered', status: 200 } as const;
  const add = (
    requestId: string,
    status: number,
    client: string | null,
    outcomes: ReadonlyArray<typeof throttled | typeof answered>,
  ) => ring.fold(endedWith({ exchange: { requestId, status, client, usage: testUsage(9, 3) }, outcomes }));
  add('a', 200, null, [answered]);
  add('b', 200, 'chat-app', [throttled, answered]);
  add('c', 429, 'chat-app', [throttled, throttled]);
  add('d', 503, null, []);
  const any = { limit: 50, deployment: null, status: null, client: null };
  const ids = (filter: Partial<typeof any> | object) =>
    decisionList(ring, { ...any, ...filter }, 5).decisions.map(({ requestId }) => requestId);
  assert.deepEqual(ids({}), ['d', 'c', 'b', 'a']);
  assert.deepEqual(ids({ limit: 2 }), ['d', 'c']);
  assert.deepEqual(ids({ status: '429' }), ['c']);
  assert.deepEqual(ids({ status: '2xx' }), ['b', 'a']);
  assert.deepEqual(ids({ client: 'chat-app' }), ['c', 'b']);
  assert.deepEqual(ids({ deployment: 'openai2/chat' }), ['c', 'b']);
  assert.deepEqual(ids({ deployment: 'openai2/chat', status: '200', limit: 1 }), ['b']);
  const { nowMs, kept, recordsMax, decisions } = decisionList(ring, { ...any, limit: 1, status: '429' }, 5);
  assert.deepEqual({ nowMs, kept, recordsMax }, { nowMs: 5, kept: 4, recordsMax: 100 });
  const [first] = decisions;
  assert.deepEqual(first?.attempts, [
    { deployment: 'openai1/chat', outcome: 'throttled', status: 429 },
    { deployment: 'openai2/chat', outcome: 'throttled', status: 429 },
  ]);
  assert.deepEqual([first?.promptTokens, first?.completionTokens, first?.waitedMs], [9, 3, 0]);
});
