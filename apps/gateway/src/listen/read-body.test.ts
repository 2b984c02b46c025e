/** Bodies that are too long for memory, from a real client to a real backend. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Config, DEFAULT_GATEWAY, type GatewaySettings, type Limits } from '@spillway/config';
import { JSON_BYTES_MAX } from '../body/look.ts';
import { type Gateway, startGateway } from '../main.ts';
import { configFor, type RawBackend, type RawRequest, rawBackend } from '../testing/raw-backend.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}';
const BUSY = 'HTTP/1.1 429 Too Many Requests\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n';
const CHAT = '/openai/v1/chat/completions';

interface Stage {
  readonly gateway: Gateway;
  readonly backends: readonly RawBackend[];
  readonly folder: string;
}

/** One backend for each of the answers. */
async function stage(t: TestContext, answers: readonly string[], limits: Partial<Limits> = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const backends = await Promise.all(answers.map((answer) => rawBackend(({ socket }) => socket.write(answer))));
  const gateway = await startGateway({ config: configOf(backends, folder, limits), port: 0, adminPort: 0 });
  t.after(async () => {
    await gateway.close();
    await Promise.all(backends.map((backend) => backend.close()));
  });
  return { gateway, backends, folder };
}

function configOf(backends: readonly RawBackend[], spoolFolder: string, limits: Partial<Limits>): Config {
  return configFor(
    backends.map(({ url }) => url),
    { gateway: gatewayOf(spoolFolder, limits) },
  );
}

function gatewayOf(spoolFolder: string, limits: Partial<Limits>): GatewaySettings {
  return {
    ...DEFAULT_GATEWAY,
    limits: { ...DEFAULT_GATEWAY.limits, memoryBodyBytesMax: 1_000, spoolFolder, ...limits },
  };
}

interface Asked {
  readonly body: string | Buffer;
  readonly path?: string;
  readonly type?: string;
  readonly chunked?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Got {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

function asking({ gateway }: Pick<Stage, 'gateway'>, asked: Asked): ClientRequest {
  const { path = CHAT, type = 'application/json', body, chunked = false, headers = {} } = asked;
  const length = chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return request(gateway.url + path, { method: 'POST', headers: { 'content-type': type, ...length, ...headers } });
}

function answerOf(outgoing: ClientRequest): Promise<Got> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text, headers: incoming.headers }));
    });
  });
}

function ask(at: Pick<Stage, 'gateway'>, asked: Asked): Promise<Got> {
  const outgoing = asking(at, asked);
  const answer = answerOf(outgoing);
  outgoing.end(asked.body);
  return answer;
}

const bodyOf = ({ text }: RawRequest): string => text.slice(text.indexOf('\r\n\r\n') + 4);
const long = (model: string, size = 700_000): string =>
  `{"model":"${model}","messages":[{"content":"${'x'.repeat(size)}"}]}`;
const form = (file: string): string =>
  `--b0\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n${file}\r\n--b0\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper\r\n--b0--\r\n`;

for (const chunked of [false, true]) {
  test(`readBody: a long body, ${chunked ? 'chunked' : 'with a length'}, reaches one backend after the other, byte for byte`, async (t) => {
    const { gateway, backends, folder } = await stage(t, [BUSY, OK]);
    const body = long('chat');
    const got = await ask({ gateway }, { body, chunked });
    assert.deepEqual([got.status, got.text], [200, '{"ok":true}']);
    for (const backend of backends) assert.ok(backend.requests.map(bodyOf).every((sent) => sent === body));
    assert.deepEqual([backends.map(({ requests }) => requests.length), readdirSync(folder)], [[1, 1], []]);
  });
}

test('readBody: of a long form the model is found behind the file, and becomes the backend’s own', async (t) => {
  const { gateway, backends } = await stage(t, [OK]);
  const config = configOf(backends, tmpdir(), {});
  const [open] = config.fleet.openBackends;
  assert.ok(open);
  const fleet = { ...config.fleet, openBackends: [{ ...open, deploymentName: 'ear-of-openai1' }] };
  assert.equal(gateway.reload({ ...config, fleet }), null);
  const body = form('RIFF'.repeat(100_000));
  const type = 'multipart/form-data; boundary=b0';
  const got = await ask({ gateway }, { body, type, path: '/openai/v1/audio/transcriptions' });
  assert.equal(got.status, 200);
  assert.deepEqual(backends[0]?.requests.map(bodyOf), [body.replace('whisper', 'ear-of-openai1')]);
});

test('readBody: a long body that is compressed passes untouched', async (t) => {
  const { gateway, backends } = await stage(t, [OK]);
  const body = Buffer.alloc(200_000, '\x1f\x8b\0\xff', 'latin1');
  const path = '/openai/deployments/chat/chat/completions?api-version=2024-10-21';
  const got = await ask({ gateway }, { body, path, headers: { 'content-encoding': 'gzip' } });
  assert.equal(got.status, 200);
  assert.deepEqual(backends[0]?.requests.map(bodyOf), [body.toString('latin1')]);
  assert.match(backends[0]?.requests[0]?.text ?? '', /content-encoding: gzip/);
});

test('readBody: what would pass the limit of all files is refused with 503, and taken when there is room again', async (t) => {
  const { gateway, backends } = await stage(t, [OK], { spoolBytesMax: 250_000 });
  for (const chunked of [false, true]) {
    const refused = await ask({ gateway }, { body: long('chat', 260_000), chunked });
    assert.equal(refused.status, 503);
    assert.match(refused.text, /GatewayBusy.*limits\.spoolBytesMax/);
    assert.equal(refused.headers['retry-after'], '1');
  }
  assert.equal(backends[0]?.requests.length, 0);
  for (let i = 0; i < 4; i++)
    assert.equal((await ask({ gateway }, { body: long('chat', 200_000) })).status, 200, String(i));
});

test('readBody: a client that leaves in the middle gives its room back', async (t) => {
  const { gateway } = await stage(t, [OK], { spoolBytesMax: 250_000 });
  const body = long('chat', 200_000);
  const outgoing = asking({ gateway }, { body });
  outgoing.on('error', () => {});
  const gone = new Promise((resolve) => outgoing.on('close', resolve));
  outgoing.write(body.slice(0, 150_000), () => outgoing.destroy());
  await gone;
  let status = 503;
  for (let i = 0; i < 100 && status === 503; i++) ({ status } = await ask({ gateway }, { body }));
  assert.equal(status, 200);
});

test('readBody: a body past its limit is refused with 413 wherever it is kept', async (t) => {
  const { gateway, backends } = await stage(t, [OK], { bodyBytesMax: 400_000 });
  for (const chunked of [false, true]) {
    const refused = await ask({ gateway }, { body: long('chat'), chunked });
    assert.equal(refused.status, 413);
    assert.match(refused.text, /RequestTooLarge.*400000 bytes.*limits\.bodyBytesMax/);
  }
  assert.equal(backends[0]?.requests.length, 0);
});

test('readBody: JSON that is too long to be looked into is refused before it is sent', async (t) => {
  const { gateway } = await stage(t, [OK]);
  const outgoing = asking({ gateway }, { body: '', headers: { 'content-length': String(JSON_BYTES_MAX + 1) } });
  const answer = answerOf(outgoing);
  outgoing.write('{');
  const { status, text } = await answer;
  assert.equal(status, 413);
  assert.match(text, /JSON_BYTES_MAX/);
  outgoing.destroy();
});

test('readBody: a folder that is gone is a 503 that says so', async (t) => {
  const { gateway, folder } = await stage(t, [OK]);
  rmSync(folder, { recursive: true });
  assert.equal(existsSync(folder), false);
  const { status, text } = await ask({ gateway }, { body: long('chat') });
  assert.equal(status, 503);
  assert.match(text, /ENOENT.*limits\.spoolFolder/);
});

test('readBody: a backend that answers before it has read all ends the exchange with that answer', async (t) => {
  const early = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}'));
  });
  await new Promise<void>((resolve) => early.listen(0, '127.0.0.1', resolve));
  t.after(() => early.close());
  const { gateway, folder } = await stage(t, [OK]);
  const address = early.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  assert.equal(gateway.reload(configFor([url], { gateway: gatewayOf(folder, { spoolBytesMax: 4_000_000 }) })), null);
  for (let i = 0; i < 3; i++) {
    const got = await ask({ gateway }, { body: long('chat', 3_000_000) });
    assert.deepEqual([got.status, got.text], [400, '{}'], String(i));
  }
});

const EXPECT = { expect: '100-continue' };

test('Expect: the client is told to send its body where the head is acceptable', async (t) => {
  const { gateway, backends } = await stage(t, [OK]);
  const body = long('chat');
  const outgoing = asking({ gateway }, { body, headers: EXPECT });
  outgoing.on('continue', () => outgoing.end(body));
  outgoing.flushHeaders();
  assert.equal((await answerOf(outgoing)).status, 200);
  assert.doesNotMatch(backends[0]?.requests[0]?.text.slice(0, 2_000) ?? '', /expect/i);
});

const REFUSED: ReadonlyArray<readonly [name: string, asked: Partial<Asked>, status: number]> = [
  ['a length past the limit', { headers: { ...EXPECT, 'content-length': '2000000' } }, 413],
  ['a path of nobody', { path: '/nothing', headers: EXPECT }, 404],
  ['no room on disk', { headers: { ...EXPECT, 'content-length': '999999' } }, 503],
  ['another expectation', { headers: { expect: 'the-spanish-inquisition' } }, 417],
];

for (const [name, asked, status] of REFUSED) {
  test(`Expect: ${name} is refused with ${status} instead of 100, and the connection closes`, async (t) => {
    const { gateway, backends } = await stage(t, [OK], { bodyBytesMax: 1_000_000, spoolBytesMax: 500_000 });
    const outgoing = asking({ gateway }, { body: '12345', ...asked });
    outgoing.on('continue', () => assert.fail('it was told to send its body'));
    outgoing.flushHeaders();
    const got = await answerOf(outgoing);
    outgoing.destroy();
    assert.deepEqual([got.status, got.headers.connection], [status, 'close']);
    assert.equal(backends[0]?.requests.length, 0);
  });
}
