import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { drive } from './drive.ts';
import type { Load, PlannedRequest } from './load.ts';
import type { Sight } from './tally.ts';

type Behave = (request: IncomingMessage, response: ServerResponse) => void;

const REQUEST: PlannedRequest = {
  atMs: 100,
  streamed: false,
  system: 's',
  question: 'q',
  answerTokensMax: 5,
  tokens: 6,
};
const CHUNK = (finish: string | null) =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'a' }, finish_reason: finish }] })}\n\n`;

/** Drives one request against a server that behaves so. @returns what the client saw, and the requests that came. */
async function driven(behave: Behave, request: Partial<PlannedRequest>) {
  const asked: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    asked.push(incoming);
    behave(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const clock = new FakeClock();
  const sights: Sight[] = [];
  const load: Load = { requests: [{ ...REQUEST, ...request }], durationMs: 1_000 };
  const way = { endpoint: `http://127.0.0.1:${port}`, apiKey: 'key-1', deployment: 'chat' };
  const driving = drive(way, load, clock, (sight) => sights.push(sight));
  clock.advance(99);
  assert.equal(sights.length, 0, 'not before its time');
  clock.advance(1);
  await driving.ended;
  server.closeAllConnections();
  server.close();
  return { sights: sights.map((sight) => (sight.kind === 'failed' ? `failed: ${sight.why}` : sight.kind)), asked };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1' });
  response.end(JSON.stringify(body));
}

test('drive: asks as AzureOpenAI does, and sees an answer', async () => {
  const { sights, asked } = await driven(
    (_, response) => answer(response, 200, { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] }),
    {},
  );
  assert.deepEqual(sights, ['sent', 'answered']);
  assert.match(asked[0]?.url ?? '', /^\/openai\/deployments\/chat\/chat\/completions\?api-version=/);
  assert.equal(asked[0]?.headers['api-key'], 'key-1');
});

test('drive: sees a 429 as refused and does not try again', async () => {
  const { sights, asked } = await driven(
    (_, response) => answer(response, 429, { error: { code: '429', message: 'no' } }),
    {},
  );
  assert.deepEqual(sights, ['sent', 'refused']);
  assert.equal(asked.length, 1);
});

test('drive: sees other errors, and streams that break off, as failed', async () => {
  const failing = await driven((_, response) => answer(response, 500, { error: { message: 'oh' } }), {});
  assert.match(failing.sights.join(), /^sent,failed: 500/);
  const cut = await driven(
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(CHUNK(null));
    },
    { streamed: true },
  );
  assert.deepEqual(cut.sights, ['sent', 'failed: the answer broke off']);
});

test('drive: a stream is answered once it has come to its end', async () => {
  const { sights } = await driven(
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`${CHUNK(null)}${CHUNK('stop')}data: [DONE]\n\n`);
    },
    { streamed: true },
  );
  assert.deepEqual(sights, ['sent', 'answered']);
});

test('drive: once stopped, it sends no more, and what is given up is neither answered nor failed', async () => {
  const clock = new FakeClock();
  const sights: Sight[] = [];
  const arrived = Promise.withResolvers<void>();
  const server = createServer(() => arrived.resolve());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const load: Load = { requests: [REQUEST, { ...REQUEST, atMs: 200 }], durationMs: 1_000 };
  const way = { endpoint: `http://127.0.0.1:${port}`, apiKey: 'key-1', deployment: 'chat' };
  const driving = drive(way, load, clock, (sight) => sights.push(sight));
  clock.advance(100);
  await arrived.promise;
  driving.stop();
  clock.advance(100);
  await driving.ended;
  assert.deepEqual(
    sights.map(({ kind }) => kind),
    ['sent'],
  );
  server.closeAllConnections();
  server.close();
});
