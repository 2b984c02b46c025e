import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { FakeClock } from '@spillway/clock';
import type { Variables } from './destination.ts';
import { HttpSender } from './http-sender.ts';
import { ANSWER_BYTES_MAX } from './sender.ts';
import { destination, httpCollector, portOf } from './testing/collectors.ts';

async function http(t: TestContext, answer: RequestListener, env: Variables = {}) {
  const clock = new FakeClock();
  const sender = new HttpSender(destination(await httpCollector(t, answer), env), clock);
  t.after(() => sender.close());
  return { sender, clock };
}

const BATCH = Buffer.from('spans');

test('HttpSender: sends a batch as it is, with its type and the headers that were set', async (t) => {
  const got: unknown[] = [];
  const { sender } = await http(
    t,
    async (request, response) => {
      let text = '';
      for await (const piece of request) text += piece;
      const { 'content-type': type, 'api-key': key } = request.headers;
      got.push([request.method, request.url, type, key, text]);
      response.end('answer');
    },
    { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k' },
  );
  const delivery = await sender.send(BATCH);
  assert.deepEqual(delivery, { kind: 'taken', body: Buffer.from('answer') });
  assert.deepEqual(got, [['POST', '/v1/traces', 'application/x-protobuf', 'k', 'spans']]);
});

test('HttpSender: compresses where it is told to, and says JSON where it is JSON', async (t) => {
  const got: unknown[] = [];
  const { sender } = await http(
    t,
    async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece);
      const { 'content-type': type, 'content-encoding': encoding } = request.headers;
      got.push([type, encoding, gunzipSync(Buffer.concat(pieces)).toString()]);
      response.end();
    },
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
  );
  await sender.send(BATCH);
  assert.deepEqual(got, [['application/json', 'gzip', 'spans']]);
});

test('HttpSender: tells what may be tried again from what may not', async (t) => {
  const answers: readonly (readonly [number, Record<string, string>, object])[] = [
    [429, { 'retry-after': '3' }, { kind: 'later', reason: 'status 429', afterMs: 3_000 }],
    [503, {}, { kind: 'later', reason: 'status 503', afterMs: null }],
    [502, { 'retry-after': 'tomorrow' }, { kind: 'later', reason: 'status 502', afterMs: null }],
    [400, {}, { kind: 'refused', reason: 'status 400' }],
    [301, { location: '/elsewhere' }, { kind: 'refused', reason: 'status 301' }],
  ];
  let i = 0;
  const { sender } = await http(t, (_, response) => {
    const [status = 0, headers = {}] = answers[i] ?? [];
    response.writeHead(status, headers).end();
  });
  for (; i < answers.length; i++) assert.deepEqual(await sender.send(BATCH), answers[i]?.[2]);
});

test('HttpSender: a collector that cannot be reached, is silent, or says too much, holds nobody up', async (t) => {
  const nobody = createServer();
  const free = await portOf(nobody);
  await new Promise((resolve) => nobody.close(resolve));
  const gone = new HttpSender(destination(free, {}), new FakeClock());
  assert.deepEqual(await gone.send(BATCH), { kind: 'later', reason: 'ECONNREFUSED', afterMs: null });

  const asked = Promise.withResolvers<void>();
  const silent = await http(t, () => asked.resolve(), { OTEL_EXPORTER_OTLP_TIMEOUT: '250' });
  const late = silent.sender.send(BATCH);
  await asked.promise;
  silent.clock.advance(250);
  assert.deepEqual(await late, { kind: 'later', reason: 'no answer within 250 ms', afterMs: null });

  const loud = await http(t, (_, response) => response.end(Buffer.alloc(ANSWER_BYTES_MAX * 3)));
  const delivery = await loud.sender.send(BATCH);
  assert.ok(delivery.kind === 'taken' && delivery.body.length <= ANSWER_BYTES_MAX);
});

test('HttpSender: a certificate that is not there is told by its kind, and nothing is thrown', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:1', OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file' };
  const delivery = await new HttpSender(destination(1, env), new FakeClock()).send(BATCH);
  assert.deepEqual(delivery, { kind: 'refused', reason: 'ENOENT' });
});
