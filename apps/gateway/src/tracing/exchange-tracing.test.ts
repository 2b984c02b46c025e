import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PriceBook } from '@spillway/policy';
import { Exchange } from '../exchange/exchange.ts';
import { type TestAsk, TestGateway, TestInbound, type TestSettings } from '../testing/kit.ts';
import { type KeptSpan, TestTracer } from '../testing/tracer.ts';
import { ExchangeTracing } from './exchange-tracing.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TOLD = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, tracestate: 'vendor=1' };
const CHAT_BODY = '{"messages":[{"role":"user","content":"xylophone"}]}';
const ANSWER = '{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}';
const SSE = { 'content-type': 'text/event-stream' };
const CONTENT = 'data: {"choices":[{"delta":{"content":"Hello"},"index":0}]}\n\n';
const THROTTLED = '{"error":{"code":"429","message":"slow down"}}';

function stage(settings: TestSettings = {}) {
  const tracer = new TestTracer();
  const gateway = new TestGateway({ tracer, ...settings });
  const ask = (more: TestAsk = {}) => gateway.ask({ body: CHAT_BODY, ...more });
  /** Of the newest request to a backend, as it was sent. */
  const sent = (name: string): readonly string[] => {
    const { headers } = gateway.call.request;
    return headers.flatMap((_, i) => (headers[i]?.toLowerCase() === name && i % 2 === 0 ? [headers[i + 1] ?? ''] : []));
  };
  const span = (i: number): KeptSpan => tracer.spans[i] ?? assert.fail(`no span ${i}`);
  return { tracer, gateway, ask, sent, span };
}

test('ExchangeTracing: an exchange is a span of its client’s trace, its attempt one below it, which the backend is told', () => {
  const { gateway, ask, sent, span, tracer } = stage();
  ask({ headers: TOLD });
  const startedMs = gateway.clock.nowMs();
  assert.deepEqual(sent('traceparent'), [`00-${TRACE}-0000000000000002-01`]);
  assert.deepEqual(sent('tracestate'), ['vendor=1']);
  gateway.clock.advance(250);
  gateway.call.answer(200, ANSWER, { 'content-type': 'application/json', 'apim-request-id': 'apim-1' });
  assert.equal(tracer.spans.length, 2);
  const [server, client] = [span(0), span(1)];
  assert.deepEqual(
    [server.name, server.kind, server.link.traceId, server.parentId],
    ['chat chat', 'server', TRACE, '00f067aa0ba902b7'],
  );
  assert.deepEqual([server.startedMs, server.endedMs, server.error], [startedMs, startedMs + 250, null]);
  const requestId = gateway.exchanges[0]?.requestId ?? '';
  assert.deepEqual(server.facts, {
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'chat',
    'gen_ai.usage.input_tokens': 9,
    'gen_ai.usage.output_tokens': 4,
    'http.request.method': 'POST',
    'url.path': '/openai/deployments/chat/chat/completions',
    'http.response.status_code': 200,
    'spillway.request_id': requestId,
    'spillway.operation': 'chat.completions',
    'spillway.attempts': 1,
    'spillway.waited_ms': 0,
    'spillway.ending': 'whole',
    'spillway.streamed': false,
    'spillway.deployment': 'openai1/chat',
    'spillway.ttfb_ms': 250,
    'spillway.pool': 'chat',
    'spillway.class': 'standard',
    'spillway.estimated_prompt_tokens': server.facts['spillway.estimated_prompt_tokens'],
    'spillway.decision':
      'tried: openai1/chat=200; passed over: openai2/chat=higherPriorityNumber, openai3/chat=higherPriorityNumber; waited: 0 ms',
  });
  assert.deepEqual(
    [client.name, client.kind, client.parentId, client.startedMs, client.endedMs],
    ['chat chat', 'client', server.link.spanId, startedMs, startedMs + 250],
  );
  assert.deepEqual(client.facts, {
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'chat',
    'gen_ai.usage.input_tokens': 9,
    'gen_ai.usage.output_tokens': 4,
    'server.address': 'openai1.openai.azure.com',
    'server.port': 443,
    'http.request.method': 'POST',
    'url.path': '/openai/deployments/chat/chat/completions',
    'http.response.status_code': 200,
    'spillway.request_id': requestId,
    'spillway.attempt': 1,
    'spillway.deployment': 'openai1/chat',
    'spillway.backend': 'openai1',
    'spillway.priority': 1,
    'spillway.outcome': 'answered',
    'spillway.passed_over': ['openai2/chat=higherPriorityNumber', 'openai3/chat=higherPriorityNumber'],
    'spillway.head_ms': 250,
    'spillway.utilization': 0,
    'azure.service.request.id': 'apim-1',
  });
});

test('ExchangeTracing: each try is a span of its own, with what it failed of', () => {
  const { gateway, ask, span, tracer } = stage();
  ask();
  gateway.call.answer(429, THROTTLED, { 'retry-after-ms': '5000', 'x-ratelimit-remaining-tokens': '0' });
  gateway.call.refusesConnection();
  gateway.call.answer(200, ANSWER);
  assert.deepEqual(
    tracer.spans.map(({ name, parentId, error }) => [name, parentId, error]),
    [
      ['chat chat', null, null],
      ['chat chat', span(0).link.spanId, 'throttled'],
      ['chat chat', span(0).link.spanId, 'connectFailed'],
      ['chat chat', span(0).link.spanId, null],
    ],
  );
  const told = tracer.spans
    .slice(1)
    .map(({ facts }) => [
      facts['http.response.status_code'],
      facts['http.request.resend_count'],
      facts['spillway.retry_after_ms'],
      facts['spillway.quota.remaining_tokens'],
      facts['spillway.error_code'],
      facts['gen_ai.usage.input_tokens'],
    ]);
  assert.deepEqual(told, [
    [429, undefined, 5_000, 0, undefined, undefined],
    [undefined, 1, undefined, undefined, 'ECONNREFUSED', undefined],
    [200, 2, undefined, undefined, undefined, 9],
  ]);
  assert.match(String(span(0).facts['spillway.decision']), /^tried: openai1\/chat=429, openai2\/chat=connectFailed/);
});

test('ExchangeTracing: a stream ends with its end, and tells when its first content came', () => {
  const { gateway, ask, span } = stage();
  const startedMs = gateway.clock.nowMs();
  const inbound = ask();
  gateway.clock.advance(100);
  gateway.call.head(200, SSE);
  gateway.clock.advance(300);
  gateway.call.data(CONTENT);
  gateway.clock.advance(600);
  gateway.call.data('data: [DONE]\n\n').end();
  assert.equal(inbound.ended, true);
  const [server, client] = [span(0), span(1)];
  assert.deepEqual([server.endedMs, client.endedMs], [startedMs + 1_000, startedMs + 1_000]);
  assert.equal(server.facts['spillway.streamed'], true);
  assert.equal(client.facts['gen_ai.response.time_to_first_chunk'], 0.4);
  assert.equal(client.facts['spillway.head_ms'], 100);
  assert.deepEqual(client.events, [{ name: 'spillway.first_token', atMs: startedMs + 400, facts: {} }]);
});

test('ExchangeTracing: a stream that breaks has failed, and so has its attempt', () => {
  const { gateway, ask, span } = stage();
  ask();
  gateway.call.head(200, SSE).data(CONTENT);
  gateway.call.breaks();
  assert.deepEqual([span(0).error, span(1).error], ['cut', 'cut']);
});

test('ExchangeTracing: a client that leaves is nobody’s failure', () => {
  const { gateway, ask, span } = stage();
  const inbound = ask();
  gateway.clock.advance(70);
  inbound.leave();
  assert.equal(gateway.call.cancelled, true);
  assert.deepEqual([span(0).error, span(1).error], [null, null]);
  assert.deepEqual(
    [span(0).facts['http.response.status_code'], span(0).facts['spillway.ending'], span(1).facts['spillway.outcome']],
    [499, 'clientGone', 'clientGone'],
  );
  assert.ok(span(0).endedMs !== null && span(1).endedMs !== null);
});

test('ExchangeTracing: a refusal of the gateway’s own belongs to its client’s trace too, and says why and until when', () => {
  const { gateway, ask, span, tracer } = stage({ members: [{ on: 'openai1' }] });
  ask();
  gateway.call.answer(429, THROTTLED, { 'retry-after-ms': '60000' });
  const before = tracer.spans.length;
  const inbound = ask({ headers: TOLD });
  assert.equal(inbound.status, 429);
  assert.equal(tracer.spans.length, before + 1);
  const refused = span(before);
  assert.deepEqual([refused.link.traceId, refused.error, refused.name], [TRACE, null, 'chat chat']);
  assert.deepEqual(refused.facts['spillway.passed_over'], ['openai1/chat=throttled']);
  assert.equal(refused.facts['spillway.retry_after_ms'], 60_000);
});

test('ExchangeTracing: a name that the fleet does not have is not in the name of a span', () => {
  const { ask, span } = stage();
  const inbound = ask({ target: '/openai/deployments/made-up/chat/completions?api-version=2024-10-21&key=secret' });
  assert.equal(inbound.status, 404);
  assert.equal(span(0).name, 'chat');
  assert.equal(span(0).facts['url.path'], '/openai/deployments/made-up/chat/completions');
});

test('ExchangeTracing: what a client says that is no traceparent is not sent on, nor what goes with it', () => {
  const { ask, sent, span } = stage();
  ask({ headers: { traceparent: 'from-me', TraceState: 'vendor=1' } });
  assert.equal(span(0).parentId, null);
  assert.deepEqual(sent('traceparent'), [`00-${span(0).link.traceId}-${span(1).link.spanId}-01`]);
  assert.deepEqual(sent('tracestate'), []);
});

test('ExchangeTracing: of what is sampled out nothing is told but its ids', () => {
  const { ask, gateway, sent, span } = stage();
  ask({ headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-00` } });
  assert.deepEqual(sent('traceparent'), [`00-${TRACE}-0000000000000002-00`]);
  gateway.call.answer(200, ANSWER);
  assert.deepEqual([span(0).facts, span(0).endedMs, span(1).facts], [{}, null, {}]);
});

test('ExchangeTracing: without a tracer the client’s headers pass as they are', () => {
  const gateway = new TestGateway();
  gateway.ask({ headers: TOLD, body: CHAT_BODY });
  const { headers } = gateway.call.request;
  assert.equal(headers[headers.indexOf('traceparent') + 1], TOLD.traceparent);
  assert.equal(headers[headers.indexOf('tracestate') + 1], 'vendor=1');
});

test('ExchangeTracing: beyond its limit exchanges have no span, are counted, and are served', () => {
  const tracer = new TestTracer();
  const gateway = new TestGateway();
  const tracing = new ExchangeTracing(tracer, gateway.clock, 2);
  const context = { ...gateway.context, tracing };
  for (let i = 0; i < 3; i++) new Exchange(context, new TestInbound({ headers: TOLD, body: CHAT_BODY })).start();
  assert.equal(tracer.spans.filter(({ kind }) => kind === 'server').length, 2);
  assert.deepEqual(tracing.counts, { sent: 0, dropped: 1, failed: 0 });
  const { headers } = gateway.call.request;
  assert.equal(headers[headers.indexOf('traceparent') + 1], TOLD.traceparent, 'the third passes as it is');
});

test('ExchangeTracing: no word of a request or an answer, no query and no key is told', () => {
  const { gateway, ask, tracer } = stage();
  const target = '/openai/deployments/chat/chat/completions?api-version=2024-10-21&note=xylophone';
  ask({ target, headers: { 'api-key': 'xylophone', authorization: 'Bearer xylophone', 'x-note': 'xylophone' } });
  gateway.call.answer(429, '{"error":{"code":"429","message":"xylophone"}}', { 'x-note': 'xylophone' });
  gateway.call.answer(200, '{"choices":[{"message":{"content":"xylophone"}}]}');
  assert.equal(tracer.spans.length, 3);
  assert.doesNotMatch(JSON.stringify(tracer.spans), /xylophone|key-of/);
});

test('ExchangeTracing: tells what the exchange cost where there are prices, and nothing of it where that is not known', () => {
  const origin = { asOf: '2026-11-21', source: 'a test', currency: 'EUR' };
  for (const [model, facts] of [
    ['chat', { 'spillway.cost': 0.000_058, 'spillway.cost_currency': 'EUR' }],
    ['other', {}],
  ] as const) {
    const prices = new PriceBook({ origin, rows: [{ model, place: null, prices: { input: 2, output: 10 } }] });
    const { ask, gateway, span } = stage({ prices });
    ask();
    gateway.call.answer(200, ANSWER);
    const told = Object.entries(span(0).facts).filter(([name]) => name.startsWith('spillway.cost'));
    assert.deepEqual(Object.fromEntries(told), facts);
  }
});
