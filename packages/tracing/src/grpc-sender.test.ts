import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { FakeClock } from '@spillway/clock';
import type { Variables } from './destination.ts';
import { GrpcSender } from './grpc-sender.ts';
import {
  answerWith,
  destination,
  type GrpcAnswer,
  grpcCollector,
  httpCollector,
  portOf,
} from './testing/collectors.ts';

async function grpc(t: TestContext, answer: GrpcAnswer, env: Variables = {}) {
  const { port, sessions } = await grpcCollector(t, answer);
  const clock = new FakeClock();
  const sender = new GrpcSender(destination(port, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', ...env }), clock);
  t.after(() => sender.close());
  return { sender, clock, sessions };
}

const BATCH = Buffer.from('spans');

test('GrpcSender: makes the unary call of the trace service, several on one connection', async (t) => {
  const got: unknown[] = [];
  const { sender, sessions } = await grpc(
    t,
    (stream, message, headers) => {
      const { ':method': method, ':path': path, 'content-type': type, te } = headers;
      got.push([method, path, type, te, headers['grpc-timeout'], headers['api-key']]);
      got.push([message.readUInt8(0), message.readUInt32BE(1), message.subarray(5).toString()]);
      answerWith(stream, '0', Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from('ok')]));
    },
    { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k' },
  );
  const delivery = await sender.send(BATCH);
  assert.deepEqual(delivery, { kind: 'taken', body: Buffer.from('ok') });
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  assert.deepEqual(got, [
    ['POST', path, 'application/grpc', 'trailers', '10000m', 'k'],
    [0, 5, 'spans'],
  ]);
  assert.equal((await sender.send(BATCH)).kind, 'taken');
  assert.equal(sessions.size, 1);
});

test('GrpcSender: compresses where it is told to', async (t) => {
  const got: unknown[] = [];
  const answer: GrpcAnswer = (stream, message, headers) => {
    got.push([headers['grpc-encoding'], message.readUInt8(0), gunzipSync(message.subarray(5)).toString()]);
    answerWith(stream, '0');
  };
  const { sender } = await grpc(t, answer, { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' });
  assert.deepEqual(await sender.send(BATCH), { kind: 'taken', body: Buffer.alloc(0) });
  assert.deepEqual(got, [['gzip', 1, 'spans']]);
});

test('GrpcSender: tells what may be tried again from what may not, whether the status is in the head or behind', async (t) => {
  const plain = (status: number) => (stream: ServerHttp2Stream) =>
    stream.respond({ ':status': status }, { endStream: true });
  const answers: readonly (readonly [string, (stream: ServerHttp2Stream) => void, object])[] = [
    ['unavailable', (stream) => answerWith(stream, '14'), { kind: 'later', reason: 'grpc-status 14', afterMs: null }],
    ['unimplemented', (stream) => answerWith(stream, '12'), { kind: 'refused', reason: 'grpc-status 12' }],
    [
      'in the head alone',
      (stream) => stream.respond({ ':status': 200, 'grpc-status': '7' }, { endStream: true }),
      { kind: 'refused', reason: 'grpc-status 7' },
    ],
    ['no gRPC at all', plain(404), { kind: 'refused', reason: 'status 404' }],
    ['something in between, 429', plain(429), { kind: 'later', reason: 'status 429', afterMs: null }],
    ['something in between, 502', plain(502), { kind: 'later', reason: 'status 502', afterMs: null }],
    ['something in between, 503', plain(503), { kind: 'later', reason: 'status 503', afterMs: null }],
    ['something in between, 504', plain(504), { kind: 'later', reason: 'status 504', afterMs: null }],
    ['no status', plain(200), { kind: 'later', reason: 'no status', afterMs: null }],
    ['afterwards', (stream) => answerWith(stream, '0'), { kind: 'taken', body: Buffer.alloc(0) }],
  ];
  let i = 0;
  const { sender } = await grpc(t, (stream) => answers[i]?.[1](stream));
  for (; i < answers.length; i++) assert.deepEqual(await sender.send(BATCH), answers[i]?.[2], answers[i]?.[0]);
});

test('GrpcSender: a collector that cannot be reached, speaks HTTP/1.1 or is silent holds nobody up', async (t) => {
  const nobody = createServer();
  const free = await portOf(nobody);
  await new Promise((resolve) => nobody.close(resolve));
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TIMEOUT: '250' };
  const gone = new GrpcSender(destination(free, env), new FakeClock());
  assert.deepEqual(await gone.send(BATCH), { kind: 'later', reason: 'ECONNREFUSED', afterMs: null });

  const old = await httpCollector(t, (_, response) => response.end());
  const plain = new GrpcSender(destination(old, env), new FakeClock());
  assert.notEqual((await plain.send(BATCH)).kind, 'taken');

  const asked = Promise.withResolvers<void>();
  const silent = await grpc(t, () => asked.resolve(), { OTEL_EXPORTER_OTLP_TIMEOUT: '250' });
  const late = silent.sender.send(BATCH);
  await asked.promise;
  silent.clock.advance(250);
  assert.deepEqual(await late, { kind: 'later', reason: 'no answer within 250 ms', afterMs: null });
});

test('GrpcSender: a certificate that is not there is told by its kind, and nothing is thrown', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:1', OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file' };
  const delivery = await new GrpcSender(destination(1, env), new FakeClock()).send(BATCH);
  assert.deepEqual(delivery, { kind: 'refused', reason: 'ENOENT' });
});
