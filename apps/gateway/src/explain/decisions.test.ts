import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { type DecisionRecord, PriceBook, readRecord, replay } from '@spillway/policy';
import { testClient } from '../testing/client.ts';
import { testUsage } from '../testing/events.ts';
import { CHAT, TestGateway, type TestMember } from '../testing/kit.ts';
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

const PRICES = new PriceBook({
  origin: { asOf: '2026-11-21', source: 'a test', currency: 'EUR' },
  rows: [{ model: 'gpt-4o', place: null, prices: { input: 2.5, cachedInput: 1.25, output: 10 } }],
});

const MEMBER: TestMember = { on: 'openai1', name: 'chat', model: 'gpt-4o', type: 'Standard' };
const TARGET = CHAT.replace('/chat/chat', '/gpt-4o/chat');
const SSE = { 'content-type': 'text/event-stream' };
const USAGE =
  '"usage":{"prompt_tokens":1000,"completion_tokens":200,"total_tokens":1200,"prompt_tokens_details":{"cached_tokens":400}}';
const CONTENT = 'data: {"choices":[{"delta":{"content":"Hello"},"index":0}]}\n\n';

/** The newest, as it comes back from a file. */
function recordIn(gateway: TestGateway): DecisionRecord {
  const [kept] = ringOf(gateway).newest();
  assert.ok(kept);
  const read = readRecord(JSON.parse(JSON.stringify(recordOfKept(kept))));
  assert.ok(read.kind === 'record', read.kind === 'unreadable' ? read.problem : '');
  return read.record;
}

const WHOLE = {
  kind: 'tokens',
  amount: 0.004,
  currency: 'EUR',
  asOf: '2026-11-21',
  basis: 'usage',
  promptTokens: 1_000,
  cachedTokens: 400,
  answerTokens: 200,
  model: 'gpt-4o',
  perMillion: { input: 2.5, cachedInput: 1.25, output: 10 },
};

test('recordOfKept: the cost of a whole answer is made of the tokens that it told, and replays', () => {
  const gateway = new TestGateway({ members: [MEMBER], prices: PRICES });
  gateway.ask({ target: TARGET });
  gateway.call.answer(200, `{${USAGE}}`);
  const record = recordIn(gateway);
  assert.deepEqual(record.cost, WHOLE);
  assert.deepEqual(replay(record, sha256), []);
  const [summary] = decisionList(
    ringOf(gateway),
    { limit: 1, deployment: null, status: null, client: null },
    5,
  ).decisions;
  assert.deepEqual(summary?.cost, { amount: 0.004, currency: 'EUR', basis: 'usage' });
});

test('recordOfKept: the cost of a stream that tells its usage is the same; of one that does not, and of one that broke, an estimate', () => {
  const gateway = new TestGateway({ members: [MEMBER], prices: PRICES });
  const body = '{"messages":[],"stream":true}';
  gateway.ask({ target: TARGET, body });
  gateway.call.head(200, SSE).data(`${CONTENT}data: {"choices":[],${USAGE}}\n\ndata: [DONE]\n\n`).end();
  assert.deepEqual(recordIn(gateway).cost, WHOLE);
  for (const ends of ['whole', 'cut'] as const) {
    gateway.ask({ target: TARGET, body });
    const call = gateway.call.head(200, SSE).data(CONTENT.repeat(100));
    if (ends === 'whole') call.data('data: [DONE]\n\n').end();
    else call.breaks();
    const record = recordIn(gateway);
    const { basis, amount = 0, promptTokens = 0, answerTokens = 0 } = record.cost ?? {};
    assert.equal(record.ending, ends);
    assert.deepEqual([basis, record.usageEstimated], ['estimate', true]);
    assert.ok(answerTokens > 10 && amount > 0, `${answerTokens} tokens`);
    assert.equal(amount, (promptTokens * 2.5 + answerTokens * 10) / 1_000_000);
    assert.deepEqual(replay(record, sha256), []);
  }
});

test('recordOfKept: the cost after a failover is that of who served', () => {
  const members = [
    { ...MEMBER, on: 'openai1', type: 'ProvisionedManaged' as const, priority: 1 },
    { ...MEMBER, on: 'openai2', priority: 2 },
  ];
  const gateway = new TestGateway({ members, prices: PRICES });
  gateway.ask({ target: TARGET });
  gateway.call.answer(200, `{${USAGE}}`);
  const units = recordIn(gateway);
  const { kind, amount, perMillion, answerTokens } = units.cost ?? {};
  assert.deepEqual([units.servedBy, kind, amount, perMillion], ['openai1/chat', 'provisioned', 0, null]);
  assert.equal(answerTokens, 200);
  gateway.ask({ target: TARGET });
  gateway.call.answer(429, '{}', { 'retry-after': '9' });
  gateway.call.answer(200, `{${USAGE}}`);
  assert.deepEqual([recordIn(gateway).servedBy, recordIn(gateway).cost], ['openai2/chat', WHOLE]);
});

test('recordOfKept: says why the cost is not known; without prices there is nothing of it', () => {
  const gateway = new TestGateway({ members: [{ ...MEMBER, name: 'gpt-4o', model: 'o3' }], prices: PRICES });
  const target = CHAT.replace('/chat/chat', '/o3/chat');
  gateway.ask({ target });
  gateway.call.answer(200, `{${USAGE}}`);
  assert.deepEqual([recordIn(gateway).cost, recordIn(gateway).costUnknown], [null, 'noPrice']);
  gateway.ask({ target });
  gateway.call.answer(400, '{"error":{"code":"BadRequest"}}');
  assert.deepEqual([recordIn(gateway).cost, recordIn(gateway).costUnknown], [null, 'noUsage']);
  const without = new TestGateway({ members: [MEMBER] });
  without.ask({ target: TARGET });
  without.call.answer(200, `{${USAGE}}`);
  const record = recordIn(without);
  assert.deepEqual([record.cost, Object.hasOwn(record, 'costUnknown')], [null, false]);
  const [summary] = decisionList(
    ringOf(without),
    { limit: 1, deployment: null, status: null, client: null },
    5,
  ).decisions;
  assert.equal(Object.hasOwn(summary ?? {}, 'cost'), false);
});
