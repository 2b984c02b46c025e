/** Signs of life, what is told inside of a stream, and what a stream costs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_GATEWAY } from '@spillway/config';
import { assertWhole, type TestAsk, type TestCall, TestGateway, type TestInbound } from '../testing/kit.ts';
import { KEEP_ALIVE } from './keep-alive.ts';

const SSE = { 'content-type': 'text/event-stream' };
const CONTENT = 'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n';
const DONE = 'data: [DONE]\n\n';
const STREAM: TestAsk = { body: '{"messages":[],"stream":true}' };
const RESPONSE: TestAsk = { target: '/openai/v1/responses', body: '{"model":"chat","stream":true,"store":false}' };
const LIFE = KEEP_ALIVE.toString();

function patient(keepAliveSeconds = 5): TestGateway {
  return new TestGateway({ gateway: { streams: { ...DEFAULT_GATEWAY.streams, keepAliveSeconds } } });
}

/** A client that has seen signs of life twice. */
function waiting(gateway: TestGateway, ask: TestAsk = STREAM): TestInbound {
  const inbound = gateway.ask(ask);
  gateway.call.connected();
  gateway.clock.advance(5_050);
  gateway.clock.advance(5_050);
  assert.deepEqual([inbound.status, inbound.received], [200, LIFE + LIFE]);
  assert.equal(inbound.got('content-type'), 'text/event-stream; charset=utf-8');
  return inbound;
}

test('exchange: while a stream has not begun, comments keep its connection; then it goes on under the same head', () => {
  const gateway = patient();
  const inbound = waiting(gateway);
  gateway.call.head(200, SSE).data(CONTENT);
  gateway.clock.advance(20_000);
  gateway.call.data(DONE).end();
  assertWhole(inbound, 200, LIFE + LIFE + CONTENT + DONE);
  assert.equal(gateway.context.deadlines.size, 0);
  assert.deepEqual([gateway.exchanges[0]?.ending, gateway.exchanges[0]?.streamed], ['whole', true]);
});

test('exchange: failover goes on under the comments', () => {
  const gateway = patient();
  const inbound = waiting(gateway);
  gateway.call.answer(429, '{"error":{"code":"429"}}');
  assert.deepEqual(gateway.called, ['openai1', 'openai2']);
  gateway.call.head(200, SSE).data('data: {"error":{"type":"server_error","message":"no"}}\n\n');
  assert.deepEqual(gateway.called, ['openai1', 'openai2', 'openai3']);
  gateway.call.head(200, SSE).data(CONTENT).data(DONE).end();
  assertWhole(inbound, 200, LIFE + LIFE + CONTENT + DONE);
});

const LATE: ReadonlyArray<readonly [what: string, fail: (call: TestCall, gateway: TestGateway) => void, code: string]> =
  [
    [
      "the client's own mistake",
      (call) => call.answer(400, '{"error":{"code":"content_filter","message":"filtered"}}'),
      'content_filter',
    ],
    [
      'nobody who is free',
      (_call, gateway) => {
        for (let i = 0; i < 3; i++) gateway.call.answer(429, '{"error":{"code":"429"}}');
      },
      '429',
    ],
    [
      'nobody who works',
      (_call, gateway) => {
        for (let i = 0; i < 3; i++) gateway.call.answer(500, '{"error":{"code":"InternalServerError","message":"no"}}');
      },
      'InternalServerError',
    ],
    ['an answer that is no stream', (call) => call.answer(200, '{"choices":[]}'), 'upstream_no_stream'],
    ['the end of all time', (_call, gateway) => gateway.clock.advance(4_000_000), 'timeout'],
  ];

for (const [what, fail, code] of LATE) {
  for (const ask of [STREAM, RESPONSE]) {
    test(`exchange: ${what} after comments have gone out is told in the stream of ${ask.target ?? 'chat'}, once`, () => {
      const timeouts = { ...DEFAULT_GATEWAY.timeouts, firstByteMs: 10_000_000 };
      const streams = { ...DEFAULT_GATEWAY.streams, keepAliveSeconds: 5 };
      const gateway = new TestGateway({ gateway: { streams, timeouts } });
      const inbound = waiting(gateway, ask);
      fail(gateway.call, gateway);
      assert.deepEqual([inbound.status, inbound.ended, inbound.destroyed], [200, true, false]);
      const events = inbound.received.replaceAll(LIFE, '');
      const data = JSON.parse(/^data: (.*)$/m.exec(events)?.[1] ?? '');
      assert.equal(ask === STREAM ? data.error.code : data.code, code);
      assert.equal(events.split('data: ').length, 2);
      if (ask === RESPONSE) assert.deepEqual([data.type, data.sequence_number], ['error', 0]);
      assert.equal(gateway.exchanges[0]?.ending, 'cut');
      assert.equal(gateway.context.deadlines.size, 0);
      assert.equal(gateway.context.inFlight, 0);
    });
  }
}

test('exchange: a client that reads nothing gets no more comments until it does', () => {
  const gateway = patient();
  const inbound = waiting(gateway);
  inbound.roomy = false;
  gateway.clock.advance(30_000);
  assert.equal(inbound.received, LIFE.repeat(3));
  inbound.drains();
  gateway.clock.advance(5_050);
  assert.equal(inbound.received, LIFE.repeat(4));
  inbound.leave();
  assert.equal(gateway.context.deadlines.size, 0);
});

test('exchange: what is no stream, and a gateway without the setting, sends no comments', () => {
  for (const [gateway, ask] of [
    [patient(), { body: '{"messages":[]}' }],
    [new TestGateway(), STREAM],
  ] as const) {
    const inbound = gateway.ask(ask);
    gateway.call.connected();
    gateway.clock.advance(60_000);
    assert.equal(inbound.status, null);
  }
});

// Inside the stream

test('exchange: an error of the backend inside a stream ends it once, and counts as the status would', () => {
  const cases = [
    ['too_many_requests', 'throttled'],
    ['server_error', 'serverError'],
  ] as const;
  for (const [type, kind] of cases) {
    const gateway = new TestGateway();
    const inbound = gateway.ask(STREAM);
    const error = `data: {"error":{"type":"${type}","message":"no"}}\n\n`;
    gateway.call.head(200, SSE).data(CONTENT).data(error).breaks();
    assertWhole(inbound, 200, CONTENT + error);
    assert.equal(gateway.exchanges[0]?.ending, 'cut');
    const [ended] = gateway.events.flatMap((event) =>
      event.kind === 'attemptEnded' ? [event.attempt.outcome.kind] : [],
    );
    assert.equal(ended, kind);
    assert.equal(gateway.stateOf('openai1/chat').throttle.untilMs > gateway.clock.nowMs(), kind === 'throttled');
  }
});

test('exchange: a connection that breaks behind the end of a stream breaks nothing', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask(STREAM);
  gateway.call.head(200, SSE).data(CONTENT).data(`${DONE}data: ha`).breaks();
  assertWhole(inbound, 200, CONTENT + DONE);
  assert.equal(gateway.exchanges[0]?.ending, 'whole');
  assert.equal(gateway.stateOf('openai1/chat').breaker.kind, 'closed');
});

test('exchange: a stream that ends without any of an answer is tried elsewhere', () => {
  for (const nothing of ['', ': p\n\n', 'data: {"choices":[],"prompt_filter_results":[]}\n\n']) {
    const gateway = new TestGateway();
    const inbound = gateway.ask(STREAM);
    gateway.call.head(200, SSE).data(nothing).end();
    gateway.call.head(200, SSE).data(CONTENT).data(DONE).end();
    assertWhole(inbound, 200, CONTENT + DONE);
  }
});

test('exchange: a response that is to be stored fails over where its stream says that it has failed', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask({ target: '/openai/v1/responses', body: '{"model":"chat","stream":true}' });
  const created = 'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{}}\n\n';
  gateway.call.head(200, SSE).data(created);
  gateway.call.data('event: error\ndata: {"type":"error","error":{"type":"server_error","code":"internal_error"}}\n\n');
  assert.deepEqual(gateway.called, ['openai1', 'openai2']);
  const rest = 'event: response.completed\ndata: {"type":"response.completed","sequence_number":1}\n\n';
  gateway.call.head(200, SSE).data(created).data(rest).end();
  assertWhole(inbound, 200, created + rest);
});

test('exchange: a compressed stream passes from its first byte, and its break is one of the connection', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask(STREAM);
  gateway.call.head(200, { ...SSE, 'content-encoding': 'gzip' }).data('\u001f\n\n');
  assert.equal(inbound.received, '\u001f\n\n');
  gateway.call.breaks();
  assert.deepEqual([inbound.destroyed, inbound.received], [true, '\u001f\n\n']);
});

// What it costs

test('exchange: a stream that tells no usage is recorded with a marked estimate; one that does, with that', () => {
  const gateway = new TestGateway();
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}\n\n';
  for (const told of ['', usage]) {
    gateway.ask(STREAM);
    gateway.call
      .head(200, SSE)
      .data(CONTENT)
      .data(told + DONE)
      .end();
  }
  const [estimated, exact] = gateway.exchanges;
  assert.deepEqual(
    [estimated?.usageEstimated, estimated?.usage.promptTokens, estimated?.usage.completionTokens],
    [true, 1, 1],
  );
  assert.deepEqual([exact?.usageEstimated, exact?.usage.promptTokens, exact?.usage.completionTokens], [false, 7, 5]);
  const counted = gateway.events.flatMap((event) => (event.kind === 'attemptEnded' ? [event.usage.promptTokens] : []));
  assert.deepEqual(counted, [null, 7], 'metrics count what was reported alone');
});

test('exchange: no estimate for what is no stream of tokens, and one for a stream that was left or cut', () => {
  const gateway = new TestGateway();
  gateway.ask();
  gateway.call.answer(200, '{"choices":[]}');
  gateway.ask(STREAM);
  gateway.call.answer(400, '{}');
  const left = gateway.ask(STREAM);
  gateway.call.head(200, SSE).data(CONTENT);
  left.leave();
  gateway.ask(STREAM);
  gateway.call.head(200, SSE).data(CONTENT).breaks();
  assert.deepEqual(
    gateway.exchanges.map((each) => each.usageEstimated),
    [false, false, true, true],
  );
});
