import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { Variables } from './destination.ts';
import { openTracer } from './open.ts';
import { answerWith, grpcCollector, httpCollector } from './testing/collectors.ts';
import type { Tracer } from './tracer.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = { traceId: TRACE, spanId: '00f067aa0ba902b7', flags: 1, state: 'vendor=1' };

async function opened(env: Variables, warn = (message: string) => assert.fail(message)): Promise<Tracer> {
  const tracer = await openTracer({ name: 'spillway-x', version: '9.9', env, warn, clock: new FakeClock() });
  return tracer ?? assert.fail('none was opened');
}

test('openTracer: opens none where none is wanted, and says why where it is wanted in vain', async () => {
  const warned: string[] = [];
  const open = (env: Variables) =>
    openTracer({ name: 'x', version: '1', env, warn: (message) => warned.push(message) });
  assert.equal(await open({}), null);
  assert.deepEqual(warned, []);
  assert.equal(await open({ OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' }), null);
  assert.match(warned.join(), /^OTEL_EXPORTER_OTLP_ENDPOINT is no address/);
});

test('openTracer: spans of one trace have their ids from their parents, and say what was said', async (t) => {
  const bodies: string[] = [];
  const port = await httpCollector(t, async (request, response) => {
    let text = '';
    for await (const piece of request.setEncoding('utf8')) text += piece;
    bodies.push(text);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"partialSuccess":{"rejectedSpans":1}}');
  });
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  const tracer = await opened(env);
  const outer = tracer.begin('GET', { kind: 'server', parent: PARENT, startedMs: 1_700_000_000_000.25 });
  const inner = tracer.begin('call', { kind: 'client', parent: outer, startedMs: 1_700_000_000_001 });
  assert.deepEqual([outer.link.traceId, outer.link.state, inner.link.traceId], [TRACE, 'vendor=1', TRACE]);
  inner.set({ list: ['a', 'b'], count: 3, is: true });
  inner.event('half', 1_700_000_000_001.5);
  inner.fail('throttled');
  inner.end(1_700_000_000_002);
  outer.name('chat x');
  outer.end(1_700_000_000_003.75);
  await tracer.close(1_000);
  const { spans } = JSON.parse(bodies.join()).resourceSpans[0].scopeSpans[0];
  const [first, second] = spans;
  assert.deepEqual(
    [first.parentSpanId, first.startTimeUnixNano, first.endTimeUnixNano, first.kind, first.status.code],
    [outer.link.spanId, '1700000000001000000', '1700000000002000000', 3, 2],
  );
  assert.deepEqual(first.attributes, [
    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
    { key: 'count', value: { intValue: 3 } },
    { key: 'is', value: { boolValue: true } },
    { key: 'error.type', value: { stringValue: 'throttled' } },
  ]);
  assert.deepEqual([first.events[0].name, first.events[0].timeUnixNano], ['half', '1700000000001500000']);
  assert.deepEqual(
    [second.name, second.parentSpanId, second.traceId, second.traceState, second.startTimeUnixNano, second.kind],
    ['chat x', PARENT.spanId, TRACE, 'vendor=1', '1700000000000250000', 2],
  );
  assert.equal(second.endTimeUnixNano, '1700000000003750000');
  assert.deepEqual(tracer.counts, { sent: 1, dropped: 0, failed: 1 });
});

test('openTracer: what is not kept by its parent is not kept, told nothing, and has ids all the same', async () => {
  const tracer = await opened({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  const span = tracer.begin('GET', { kind: 'server', parent: { ...PARENT, flags: 0 } });
  span.set({ a: 1 });
  span.event('b', 0);
  span.fail('c');
  span.end();
  assert.deepEqual([span.isKept, span.link.traceId, span.link.flags], [false, TRACE, 0]);
  assert.match(span.link.spanId, /^[0-9a-f]{16}$/);
  await tracer.close(1_000);
  assert.deepEqual(tracer.counts, { sent: 0, dropped: 0, failed: 0 });
});

test('openTracer: speaks protobuf over HTTP unless told otherwise', async (t) => {
  const got: (string | undefined)[] = [];
  const port = await httpCollector(t, async (request, response) => {
    let text = '';
    for await (const piece of request.setEncoding('latin1')) text += piece;
    got.push(request.headers['content-type'], text);
    response.end();
  });
  const tracer = await opened({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  tracer.begin('a span', { kind: 'internal', parent: null }).end();
  await tracer.close(1_000);
  assert.equal(got[0], 'application/x-protobuf');
  assert.match(got[1] ?? '', /spillway-x.*a span/s);
  assert.equal(tracer.counts.sent, 1);
});

test('openTracer: speaks gRPC to the agent of Container Apps, which names itself by a variable of its own', async (t) => {
  const got: string[] = [];
  const { port } = await grpcCollector(t, (stream, message) => {
    got.push(message.subarray(5).toString('latin1'));
    answerWith(stream, '0');
  });
  const address = `http://127.0.0.1:${port}/v1/traces`;
  const tracer = await opened({ CONTAINERAPP_OTEL_TRACING_GRPC_ENDPOINT: address });
  tracer.begin('a span', { kind: 'internal', parent: null }).end();
  await tracer.close(1_000);
  assert.match(got.join(), /spillway-x.*a span/s);
  assert.equal(tracer.counts.sent, 1);
});
