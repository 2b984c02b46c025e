import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import type { Resource } from '@spillway/azure-model';
import { FakeClock } from '@spillway/clock';
import { BODY_BYTES_MAX, dataPlane } from './data-plane.ts';
import { Journal } from './journal.ts';
import { HEADER_BYTES_MAX } from './listener.ts';
import { Meter } from './monitor/meter.ts';
import { eventsIn, HELLO, STREAM, send, until, withSimulator, wordsIn } from './testing.ts';

test('dataPlane: an answer in one piece has its length, and the headers of the model', () =>
  withSimulator(async ({ chat, lines }) => {
    const answer = await chat(HELLO);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-length'], String(answer.text.length));
    assert.equal(answer.headers['x-ms-deployment-name'], 'chat');
    assert.equal(JSON.parse(answer.text).object, 'chat.completion');
    assert.deepEqual(
      { ...lines[0], timeMs: 0 },
      {
        timeMs: 0,
        resource: 'openai1',
        method: 'POST',
        path: '/openai/deployments/chat/chat/completions',
        deployment: 'chat',
        status: 200,
        fault: null,
        durationMs: 0,
      },
    );
  }));

test('dataPlane: a stream is chunked, ends with its end mark, and says what the plain answer says', () =>
  withSimulator(async ({ chat }) => {
    const answer = await chat({ ...STREAM, stream_options: { include_usage: true } });
    assert.equal(answer.headers['transfer-encoding'], 'chunked');
    assert.equal(answer.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.ok(answer.whole && answer.text.endsWith('data: [DONE]\n\n'));
    const plain = JSON.parse((await chat(HELLO)).text);
    assert.equal(wordsIn(answer.text), plain.choices[0].message.content);
    assert.deepEqual(eventsIn(answer.text).at(-1).usage, plain.usage);
  }));

test('dataPlane: v1 takes the deployment from the body, on the same quota', () =>
  withSimulator(async ({ simulator, chat }) => {
    await chat({ ...HELLO, max_tokens: 100 });
    const url = `${simulator.resources[0]?.url}/openai/v1/chat/completions`;
    const headers = { authorization: 'Bearer simulated-key-1' };
    const answer = await send(url, { headers, body: { ...HELLO, model: 'chat', max_tokens: 100 } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['x-ratelimit-remaining-tokens'], String(30_000 - 2 * 102));
  }));

test('dataPlane: a wrong key is refused as Azure refuses, reason phrase and all', () =>
  withSimulator(async ({ chat }) => {
    const refused = await chat(HELLO, { headers: { 'api-key': 'wrong' } });
    assert.deepEqual([refused.status, refused.statusText], [401, 'PermissionDenied']);
    assert.equal(JSON.parse(refused.text).error.code, '401');
  }));

test('dataPlane: after the wait that a 429 tells, the same request is served', () =>
  withSimulator(async ({ chat, clock }) => {
    const large = { ...HELLO, max_tokens: 10_000, n: 2 };
    assert.equal((await chat(large)).status, 200);
    const refused = await chat(large);
    assert.equal(refused.status, 429);
    clock.advance(Number(refused.headers['retry-after-ms']) - 1);
    assert.equal((await chat(large)).status, 429);
    clock.advance(1);
    assert.equal((await chat(large)).status, 200);
  }));

test('dataPlane: a body in several pieces, with letters cut in two, is read as one', () =>
  withSimulator(async ({ simulator, chat }) => {
    const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: 'Grüße 🙂' }] }));
    const whole = JSON.parse((await chat(body.toString())).text);
    const url = `${simulator.resources[0]?.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
    const { request } = await import('node:http');
    const { promise, resolve } = Promise.withResolvers<string>();
    const sent = request(
      url,
      { method: 'POST', headers: { 'api-key': 'simulated-key-1' }, agent: false },
      (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (part) => (text += part))
          .on('end', () => resolve(text));
      },
    );
    for (const byte of body) sent.write(Buffer.of(byte));
    sent.end();
    const pieces = JSON.parse(await promise);
    assert.deepEqual([pieces.choices, pieces.usage], [whole.choices, whole.usage]);
  }));

test('dataPlane: a body announced as too large is refused before it comes, each time alike', () =>
  withSimulator(async ({ chat, lines }) => {
    const ask = () =>
      chat(undefined, {
        method: 'POST',
        headers: { 'content-length': BODY_BYTES_MAX + 1, 'api-key': 'simulated-key-1' },
        onRequest: (sent) => sent.flushHeaders(),
      });
    const refused = await ask();
    assert.deepEqual((await ask()).headers, refused.headers);
    assert.equal(refused.status, 413);
    assert.match(refused.text, /larger than 33554432 bytes/);
    assert.equal(lines[0]?.status, 413);
  }));

test('dataPlane: a body that grows too large without saying so is refused when it does', () =>
  withSimulator(async ({ simulator, lines }) => {
    const { request } = await import('node:http');
    const url = `${simulator.resources[0]?.url}/openai/deployments/chat/chat/completions?api-version=2024-10-21`;
    const sent = request(url, { method: 'POST', agent: false }).on('error', () => {});
    const piece = Buffer.alloc(4 * 1024 * 1024, 'x');
    for (let bytes = 0; bytes <= BODY_BYTES_MAX; bytes += piece.length) sent.write(piece);
    await until('it was refused', () => lines.length === 1);
    assert.equal(lines[0]?.status, 413);
    sent.destroy();
  }));

test('dataPlane: a head too large is refused', () =>
  withSimulator(async ({ chat }) => {
    const refused = await chat(HELLO, { headers: { 'x-large': 'x'.repeat(HEADER_BYTES_MAX) } });
    assert.equal(refused.status, 431);
  }));

test('dataPlane: a client that leaves before its body is whole is told of, as one that left', () =>
  withSimulator(async ({ simulator, lines }) => {
    const socket = connect(Number(new URL(simulator.resources[0]?.url ?? '').port), '127.0.0.1');
    socket.write('POST /openai/v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"model"');
    await until('it came', () => simulator.journal.entries().length === 1);
    socket.destroy();
    await until('it was over', () => lines.length === 1);
    assert.deepEqual([lines[0]?.status, lines[0]?.deployment], [499, null]);
    assert.equal(simulator.journal.entries()[0]?.status, 499);
  }));

test('dataPlane: a mistake of the simulator answers 500, is told of, and ends nothing', async () => {
  const defects: string[] = [];
  const statuses: Array<number | null> = [];
  const broken = {
    facts: { name: 'openai1' },
    respond(): never {
      throw new RangeError('broken for a moment');
    },
  };
  const serve = dataPlane({
    resource: broken as unknown as Resource,
    clock: new FakeClock(),
    journal: new Journal(false),
    meter: new Meter({ deployments: new Map() }, 0),
    onRequest: ({ status }) => statuses.push(status),
    onDefect: (text) => defects.push(text),
    recording: null,
    upstream: null,
    onChores: () => {},
  });
  const server = createServer((request, response) => serve(request, response, { path: '/openai/x', query: '' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const failed = await send(`http://127.0.0.1:${port}/openai/x`, { body: HELLO });
  server.close();
  assert.equal(failed.status, 500);
  assert.equal(JSON.parse(failed.text).error.code, 'InternalServerError');
  assert.deepEqual([defects, statuses], [['POST /openai/x: broken for a moment'], [500]]);
});

/** Requests that the meter counted, by status. */
async function counted(admin: (method: string, path: string) => Promise<{ readonly text: string }>): Promise<string[]> {
  const { text } = await admin('GET', '/metrics');
  return text
    .split('\n')
    .filter((line) => line.startsWith('spillway_simulator_requests_total{'))
    .map((line) => `${/status="(\d+)"/.exec(line)?.[1]} ${line.split(' ').at(-1)}`);
}

test('dataPlane: what somebody else answers is metered as what is made up here', () =>
  withSimulator(async (real) => {
    const { url = '', key = '' } = real.simulator.resources[0] ?? {};
    await withSimulator(
      async ({ chat, admin }) => {
        assert.equal((await chat(HELLO)).status, 200);
        assert.equal((await chat({ ...HELLO, max_tokens: 2_000 })).status, 429);
        assert.deepEqual(await counted(admin), ['200 1', '429 1']);
      },
      { upstream: { url, key }, deployments: [{ name: 'chat', model: 'gpt-4o', capacity: 1 }] },
      { recording: { mode: 'passThrough' } },
    );
  }));

test('dataPlane: the lines of a batch are metered, each once, when they are over', () =>
  withSimulator(async ({ simulator, admin, clock }) => {
    const { url = '', key = '' } = simulator.resources[0] ?? {};
    const line = { custom_id: 'a', method: 'POST', url: '/chat/completions', body: { ...HELLO, model: 'chat' } };
    const form = `--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="in.jsonl"\r\n\r\n${JSON.stringify(line)}\n${JSON.stringify({ ...line, custom_id: 'b' })}\r\n--b--\r\n`;
    const headers = { 'api-key': key, 'content-type': 'multipart/form-data; boundary=b' };
    const file = JSON.parse((await send(`${url}/openai/v1/files`, { method: 'POST', headers, body: form })).text);
    assert.ok(file.id, JSON.stringify(file));
    const body = { input_file_id: file.id, endpoint: '/chat/completions', completion_window: '24h' };
    const made = await send(`${url}/openai/v1/batches`, { headers: { 'api-key': key }, body });
    assert.equal(made.status, 200, made.text);
    for (let i = 0; i < 120; i++) clock.advance(1_000);
    assert.deepEqual(await counted(admin), ['200 2']);
  }));
