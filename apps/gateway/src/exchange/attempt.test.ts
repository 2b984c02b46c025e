/** Streams, time, and every order of events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_GATEWAY, type GatewaySettings } from '@spillway/config';
import fc from 'fast-check';
import { assertWhole, TestGateway, type TestInbound } from '../testing/kit.ts';
import { ERROR_BODY_MS_MAX } from './attempt.ts';
import { PREAMBLE_BYTES_MAX, PREAMBLE_CHUNKS_MAX } from './hold.ts';

const SSE = { 'content-type': 'text/event-stream' };
const PREAMBLE = 'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[]}\n\n';
const CONTENT = 'data: {"choices":[{"delta":{"content":"Hello"},"index":0}]}\n\n';
const STREAM = { body: '{"messages":[],"stream":true}' };
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}\n\ndata: [DONE]\n\n';

test('exchange: no token in time, or none at all, is hidden by another backend', async () => {
  const header = { name: 'api-key', value: 'k' } as const;
  for (const ready of [Promise.withResolvers<typeof header>().promise, Promise.reject(new Error('no identity'))]) {
    const none = { current: () => null, ready: () => ready, refused: () => {}, close: () => {} };
    const some = { ...none, current: () => header };
    const gateway = new TestGateway({ credential: ({ name }) => (name === 'openai1' ? none : some) });
    const inbound = gateway.ask();
    await Promise.resolve().then(() => {});
    if (gateway.called.length === 0) gateway.clock.advance(10_100);
    assert.deepEqual(gateway.called, ['openai2']);
    gateway.call.answer(200, '{}');
    assertWhole(inbound, 200, '{}');
    const judged = gateway.events.flatMap((event) =>
      event.kind === 'attemptJudged' ? [event.attempt.outcome.kind] : [],
    );
    assert.deepEqual(judged, ['noCredential', 'answered']);
  }
});

test('exchange: a stream passes as it comes once content has come; what precedes content is held', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  const call = gateway.call.head(200, SSE);
  call.data(PREAMBLE);
  assert.equal(inbound.status, null);
  call.data(CONTENT.slice(0, 10));
  assert.equal(inbound.status, null);
  call.data(CONTENT.slice(10));
  assert.equal(inbound.received, PREAMBLE + CONTENT);
  call.data(USAGE).end();
  assertWhole(inbound, 200, PREAMBLE + CONTENT + USAGE);
  assert.deepEqual(gateway.exchanges[0]?.usage, {
    promptTokens: 7,
    completionTokens: 5,
    cachedTokens: null,
    reasoningTokens: null,
  });
});

test('exchange: a stream cut before its first byte, or after the preamble, is answered whole by another', () => {
  for (const sent of ['', PREAMBLE, PREAMBLE + CONTENT.slice(0, 20)]) {
    const gateway = new TestGateway();
    const inbound = gateway.ask();
    const call = gateway.call.head(200, SSE);
    if (sent !== '') call.data(sent);
    call.breaks();
    gateway.call.head(200, SSE).data(PREAMBLE).data(CONTENT).data(USAGE).end();
    assertWhole(inbound, 200, PREAMBLE + CONTENT + USAGE);
  }
});

test('exchange: a stream cut after its content had begun ends with an event that says so, once, and nothing is replayed', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  gateway.call.head(200, SSE).data(PREAMBLE).data(CONTENT).breaks();
  assert.equal(inbound.received.slice(0, (PREAMBLE + CONTENT).length), PREAMBLE + CONTENT);
  assert.equal(brokenBy(inbound), 'upstream_broken');
  assert.deepEqual(gateway.called, ['openai1']);
  assert.equal(gateway.exchanges[0]?.ending, 'cut');
  assert.equal(gateway.stateOf('openai1/chat').inFlight, 0);
});

test('exchange: an error event at the head of a 200 stream fails over and throttles as the status would', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  const error =
    'event: error\ndata: {"type":"error","error":{"type":"too_many_requests","code":"no_capacity","message":"busy"}}\n\n';
  gateway.call.head(200, SSE).data(error);
  assert.deepEqual(gateway.called, ['openai1', 'openai2']);
  assert.equal(gateway.upstream.calls[0]?.cancelled, true);
  assert.ok(gateway.stateOf('openai1/chat').throttle.untilMs > gateway.clock.nowMs());
  gateway.call.head(200, SSE).data(CONTENT).end();
  assertWhole(inbound, 200, CONTENT);
});

test('exchange: an error event with nobody else to try reaches the client as it was, inside the 200', () => {
  const gateway = new TestGateway({ members: [{ on: 'openai1' }] });
  const inbound = gateway.ask();
  const error =
    'data: {"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}\n\n';
  gateway.call.head(200, SSE).data(error).end();
  assertWhole(inbound, 200, error);
  assert.equal(gateway.stateOf('openai1/chat').inFlight, 0);
});

test('exchange: a preamble larger than its limit is committed', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  const call = gateway.call.head(200, SSE).data(`: ${'x'.repeat(PREAMBLE_BYTES_MAX - 2)}`);
  assert.equal(inbound.status, null);
  call.data('x');
  assert.equal(inbound.status, 200);
});

test('exchange: a JSON answer is held up to its limit, then committed', () => {
  const gateway = new TestGateway({ limits: { heldAnswerBytesMax: 10 } });
  const inbound = gateway.ask();
  const call = gateway.call.head(200).data('0123456789');
  assert.equal(inbound.status, null);
  call.data('x');
  assert.equal(inbound.received, '0123456789x');
  call.breaks();
  assert.equal(inbound.destroyed, true);
  assert.deepEqual(gateway.called, ['openai1']);
});

test('exchange: what is neither JSON nor a stream is committed with its first byte', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask({ target: '/openai/deployments/chat/audio/speech?api-version=2024-10-21' });
  gateway.call.head(200, { 'content-type': 'audio/mpeg' });
  assert.equal(inbound.status, null);
  gateway.call.data('ID3');
  assert.equal(inbound.received, 'ID3');
});

test('exchange: an error whose body does not come is not waited for', () => {
  const gateway = new TestGateway();
  gateway.ask();
  gateway.call.head(429, { 'retry-after': '7' }).data('{"err');
  gateway.clock.advance(ERROR_BODY_MS_MAX - 100);
  assert.deepEqual(gateway.called, ['openai1']);
  gateway.clock.advance(200);
  assert.deepEqual(gateway.called, ['openai1', 'openai2']);
  assert.equal(gateway.upstream.calls[0]?.cancelled, true);
});

// Time

test('exchange: idle after content has come breaks the stream for the client', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  const call = gateway.call.head(200, SSE).data(CONTENT);
  for (let i = 0; i < 5; i++) {
    gateway.clock.advance(99_000);
    call.data(CONTENT);
  }
  assert.equal(inbound.ended, false);
  gateway.clock.advance(100_100);
  assert.equal(brokenBy(inbound), 'upstream_broken');
  assert.equal(call.cancelled, true);
});

test('exchange: the total time ends a request that was not answered with 504, and one that was with a cut', () => {
  const timeouts = { ...DEFAULT_GATEWAY.timeouts, totalMs: 5_000 };
  const gateway = new TestGateway({ gateway: { timeouts } });
  const unanswered = gateway.ask();
  gateway.call.connected();
  gateway.clock.advance(5_100);
  assert.equal(unanswered.status, 504);
  assert.equal(gateway.call.cancelled, true);
  const begun = gateway.ask();
  gateway.call.head(200, SSE).data(CONTENT);
  gateway.clock.advance(5_100);
  assert.equal(brokenBy(begun), 'timeout');
  assert.equal(gateway.context.inFlight, 0);
  assert.equal(gateway.stateOf('openai1/chat').breaker.kind, 'closed');
});

test('exchange: a probe has done its work when its answer begins, however long the stream', () => {
  const gateway = new TestGateway({ members: [{ on: 'openai1' }] });
  for (let i = 0; i < 5; i++) {
    gateway.ask();
    gateway.call.answer(500, 'no');
  }
  gateway.clock.advance(10_001);
  gateway.ask();
  const probe = gateway.call.head(200, SSE).data(CONTENT);
  assert.equal(gateway.stateOf('openai1/chat').breaker.kind, 'closed');
  const other = gateway.ask();
  gateway.call.answer(200, '{}');
  assertWhole(other, 200, '{}');
  probe.breaks();
  assert.equal(gateway.stateOf('openai1/chat').breaker.kind, 'closed');
  assert.equal(gateway.stateOf('openai1/chat').inFlight, 0);
});

test('exchange: an answer that nobody reads is under way until it is read, the client leaves, or its time is over', () => {
  const gateway = new TestGateway();
  const ask = () => {
    const inbound = gateway.ask();
    inbound.reads = false;
    gateway.call.answer(200, '{}');
    assert.equal(gateway.context.inFlight, 1);
    return inbound;
  };
  ask().leave();
  assert.equal(gateway.exchanges[0]?.ending, 'clientGone');
  const stuck = ask();
  gateway.clock.advance(3_600_100);
  assert.equal(stuck.destroyed, true);
  assert.equal(gateway.exchanges[1]?.ending, 'cut');
  assert.equal(gateway.context.inFlight, 0);
});

test('exchange: a backend that gives up on a client who does not read is not to blame', () => {
  const gateway = new TestGateway();
  for (let i = 0; i < 6; i++) {
    const inbound = gateway.ask();
    const call = gateway.call.head(200, SSE).data(CONTENT);
    inbound.roomy = false;
    call.data(CONTENT);
    call.breaks();
    assert.equal(inbound.destroyed, true);
  }
  assert.equal(gateway.stateOf('openai1/chat').breaker.kind, 'closed');
});

test('exchange: a preamble of many small chunks is committed', () => {
  const gateway = new TestGateway();
  const inbound = gateway.ask();
  const call = gateway.call.head(200, SSE);
  for (let i = 0; i < PREAMBLE_CHUNKS_MAX; i++) call.data(': p\n\n');
  assert.equal(inbound.status, null);
  call.data(': p\n\n');
  assert.equal(inbound.status, 200);
});

const PATIENT = { ...DEFAULT_GATEWAY.streams, keepAliveSeconds: 30, hedge: { afterMs: 20_000, percentMax: 100 } };

test('exchange: whatever backends and client do, and whenever, each exchange ends once and nothing stays in flight', () => {
  endsOnce(DEFAULT_GATEWAY.streams);
});

test('exchange: the same with second tries and signs of life', () => endsOnce(PATIENT));

function endsOnce(streams: GatewaySettings['streams']): void {
  const step = fc.constantFrom(
    'connect',
    'head200',
    'sse',
    'head429',
    'head500',
    'content',
    'garbage',
    'end',
    'break',
    'refuse',
    'leave',
    'wait',
    'ask',
    'slow',
    'drain',
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.nat(5)), { maxLength: 60 }), (steps) => {
      const gateway = new TestGateway({ gateway: { streams } });
      const clients: TestInbound[] = [gateway.ask(STREAM)];
      for (const [what, which] of steps) act(gateway, clients, what, which);
      for (const client of clients) client.leave();
      assert.equal(gateway.exchanges.length, clients.length);
      assert.equal(gateway.context.inFlight, 0);
      assert.equal(gateway.context.deadlines.size, 0);
      for (const id of ['openai1/chat', 'openai2/chat', 'openai3/chat']) assert.equal(gateway.stateOf(id).inFlight, 0);
      const ended = gateway.events.filter((event) => event.kind === 'attemptEnded').length;
      assert.equal(ended, gateway.upstream.calls.length);
    }),
    { numRuns: 1000 },
  );
}

function act(gateway: TestGateway, clients: TestInbound[], what: string, which: number): void {
  const call = gateway.upstream.calls[which % Math.max(1, gateway.upstream.calls.length)];
  const client = clients[which % clients.length];
  if (what === 'ask') clients.push(gateway.ask(which === 0 ? {} : STREAM));
  if (what === 'leave') client?.leave();
  if (what === 'slow' && client !== undefined) client.roomy = false;
  if (what === 'drain') client?.drains();
  if (what === 'wait') gateway.clock.advance(60_000);
  if (call === undefined || call.cancelled) return;
  if (what === 'connect') call.receiver.onConnected();
  if (what === 'head200') call.head(200);
  if (what === 'sse') call.head(200, SSE);
  if (what === 'head429') call.head(429, { 'retry-after': '1' });
  if (what === 'head500') call.head(500);
  if (what === 'content') call.data(CONTENT);
  if (what === 'garbage') call.data('\u0000\n\n\r');
  if (what === 'end') call.end();
  if (what === 'break') call.breaks();
  if (what === 'refuse') call.refusesConnection();
}

/** The code of the event that ends a stream which broke off. */
function brokenBy(inbound: TestInbound): string {
  assert.deepEqual([inbound.ended, inbound.destroyed], [true, false]);
  const last = inbound.received.trimEnd().split('\n\n').at(-1) ?? '';
  return JSON.parse(last.replace(/^data: /, '')).error.code;
}
