/** Second tries beside slow first ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_GATEWAY } from '@spillway/config';
import { assertWhole, type TestAsk, TestGateway, type TestInbound } from '../testing/kit.ts';

const SSE = { 'content-type': 'text/event-stream' };
const CONTENT = 'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n';
const DONE = 'data: [DONE]\n\n';
const STREAM: TestAsk = { body: '{"messages":[],"stream":true}' };
const AFTER_MS = 1_000;

function hedging(percentMax = 100): TestGateway {
  const streams = { ...DEFAULT_GATEWAY.streams, hedge: { afterMs: AFTER_MS, percentMax } };
  return new TestGateway({ gateway: { streams } });
}

function slow(gateway: TestGateway, ask: TestAsk = STREAM): TestInbound {
  const inbound = gateway.ask(ask);
  gateway.clock.advance(AFTER_MS + 50);
  return inbound;
}

function outcomes(gateway: TestGateway): readonly string[] {
  return gateway.events.flatMap((event) =>
    event.kind === 'attemptEnded' ? [`${event.attempt.deployment.id} ${event.attempt.outcome.kind}`] : [],
  );
}

function nothingLeft(gateway: TestGateway): void {
  for (const id of ['openai1/chat', 'openai2/chat', 'openai3/chat']) {
    assert.deepEqual([gateway.stateOf(id).inFlight, gateway.stateOf(id).breaker.kind], [0, 'closed'], id);
  }
  assert.equal(gateway.context.deadlines.size, 0);
  assert.equal(gateway.context.inFlight, 0);
}

for (const winner of [0, 1] as const) {
  test(`exchange: a slow first token starts a second try; try ${winner + 1} is first, the other is called off, both are told of`, () => {
    const gateway = hedging();
    const inbound = slow(gateway, { ...STREAM, headers: { 'x-spillway-explain': '1' } });
    assert.deepEqual(gateway.called, ['openai1', 'openai2']);
    const [first, second] = gateway.upstream.calls;
    assert.ok(first !== undefined && second !== undefined);
    first.head(200, SSE).data(': p\n\n');
    const won = [first, second][winner] ?? first;
    const lost = [second, first][winner] ?? second;
    if (won === second) second.head(200, SSE);
    won.data(CONTENT);
    assert.equal(lost.cancelled, true);
    if (!won.cancelled) won.data(DONE).end();
    assert.ok(inbound.received.endsWith(CONTENT + DONE));
    const names = ['openai1/chat', 'openai2/chat'];
    assert.deepEqual(outcomes(gateway), [`${names[1 - winner]} outpaced`, `${names[winner]} answered`]);
    assert.deepEqual([gateway.exchanges[0]?.hedged, gateway.exchanges[0]?.attempts], [true, 2]);
    assert.match(
      inbound.got('x-spillway-decision') ?? '',
      winner === 0 ? /openai2\/chat=outpaced/ : /openai1\/chat=outpaced/,
    );
    nothingLeft(gateway);
  });
}

test('exchange: a first token in time starts no second try, and nothing waits any more', () => {
  const gateway = hedging();
  gateway.ask(STREAM);
  gateway.call.head(200, SSE).data(CONTENT).data(DONE).end();
  gateway.clock.advance(AFTER_MS * 2);
  assert.equal(gateway.upstream.calls.length, 1);
  assert.equal(gateway.exchanges[0]?.hedged, false);
  nothingLeft(gateway);
});

test('exchange: one of two tries that fails leaves the other, and only with both gone the third is tried', () => {
  const gateway = hedging();
  const inbound = slow(gateway);
  const [first, second] = gateway.upstream.calls;
  first?.answer(429, '{"error":{"code":"429"}}');
  assert.deepEqual([gateway.upstream.calls.length, inbound.status], [2, null]);
  second?.connected().breaks();
  assert.deepEqual(gateway.called, ['openai1', 'openai2', 'openai3']);
  gateway.call.head(200, SSE).data(CONTENT).data(DONE).end();
  assertWhole(inbound, 200, CONTENT + DONE);
  assert.equal(inbound.got('x-spillway-attempts'), '3');
});

test('exchange: a client that leaves ends both tries', () => {
  const gateway = hedging();
  const inbound = slow(gateway);
  inbound.leave();
  assert.deepEqual(
    gateway.upstream.calls.map((call) => call.cancelled),
    [true, true],
  );
  assert.deepEqual(outcomes(gateway), ['openai1/chat clientGone', 'openai2/chat clientGone']);
  nothingLeft(gateway);
});

test('exchange: at 50 per cent every other slow request has a second try', () => {
  const gateway = hedging(50);
  const hedged = Array.from({ length: 6 }, () => {
    const before = gateway.upstream.calls.length;
    slow(gateway).leave();
    return gateway.upstream.calls.length - before;
  });
  assert.deepEqual(hedged, [1, 2, 1, 2, 1, 2]);
});

const NEVER: ReadonlyArray<readonly [what: string, ask: TestAsk]> = [
  ['no stream', { body: '{"messages":[]}' }],
  ['a response that is stored', { target: '/openai/v1/responses', body: '{"model":"chat","stream":true}' }],
  ['a chat completion that is stored', { body: '{"messages":[],"stream":true,"store":true}' }],
  ['a picture', { target: '/openai/v1/images/generations', body: '{"model":"chat","stream":true}' }],
];

for (const [what, ask] of NEVER) {
  test(`exchange: ${what} has no second try, however slow`, () => {
    const gateway = hedging();
    slow(gateway, ask);
    assert.equal(gateway.upstream.calls.length, 1);
  });
}

test('exchange: without another deployment a slow first try goes on alone, and nothing of the budget is spent', () => {
  const gateway = hedging(100);
  for (const id of ['openai2/chat', 'openai3/chat']) gateway.stateOf(id).paused = true;
  slow(gateway).leave();
  assert.equal(gateway.upstream.calls.length, 1);
  assert.equal(gateway.context.hedges.take(), true);
});
