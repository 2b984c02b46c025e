import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interactionOf, readInteraction, tapeOf } from './interaction.ts';
import type { KeyedRequest } from './key.ts';
import { Tape } from './tape.ts';

function request(body: string, contentType = 'application/json'): KeyedRequest {
  const header = (name: string) => (name === 'content-type' ? contentType : undefined);
  return { method: 'POST', path: '/openai/x', query: 'api-key=secret&a=1', header, body: Buffer.from(body) };
}

function recorded(body = '{}', contentType?: string) {
  return { key: 'exact:1', recordedMs: 1000.4, resource: 'openai1', request: request(body, contentType) };
}

function tape(contentType: string, ...pieces: Buffer[]): Tape {
  const headers = ['Content-Type', contentType, 'Date', 'today', 'Content-Length', '99'];
  const head = { status: 200, statusText: 'OK', headers, atMs: 10.04 };
  return Tape.of(
    head,
    pieces.map((bytes, index) => ({ atMs: 20 + index, bytes })),
  );
}

test('interactionOf: an answer of one piece is stored as one text, with the time of its last byte and no secret', () => {
  const bytes = Buffer.from('{"ü":1}');
  assert.deepEqual(interactionOf(recorded(), tape('application/json', bytes.subarray(0, 3), bytes.subarray(3))), {
    version: 1,
    key: 'exact:1',
    recordedMs: 1000,
    resource: 'openai1',
    request: { method: 'POST', path: '/openai/x', query: 'a=1', body: '{}' },
    response: {
      status: 200,
      statusText: 'OK',
      headers: [['Content-Type', 'application/json']],
      headMs: 10,
      chunks: [{ ms: 21, text: '{"ü":1}' }],
    },
  });
});

test('interactionOf: pieces of a stream stay apart, also where one ends within a letter', () => {
  const bytes = Buffer.from('data: ü\n\n');
  const stream = tape('text/event-stream; charset=utf-8', bytes.subarray(0, 7), bytes.subarray(7));
  const interaction = interactionOf(recorded(), stream) ?? assert.fail();
  assert.deepEqual(
    interaction.response.chunks.map((chunk) => Object.keys(chunk)),
    [
      ['ms', 'base64'],
      ['ms', 'base64'],
    ],
  );
  const again = tapeOf(readInteraction(JSON.stringify(interaction)));
  assert.deepEqual(Buffer.concat((again.chunks ?? []).map((chunk) => chunk.bytes)), bytes);
  assert.deepEqual(again.end, { kind: 'whole' });
});

test('interactionOf: a body that is long, or no JSON, is not kept for reading', () => {
  const answer = tape('application/json');
  const bodyOf = (...given: Parameters<typeof recorded>) => interactionOf(recorded(...given), answer)?.request.body;
  assert.equal(bodyOf(`"${'x'.repeat(1022)}"`)?.length, 1024);
  assert.equal(bodyOf(`"${'x'.repeat(1023)}"`), null);
  assert.equal(bodyOf('sound', 'multipart/form-data; boundary=x'), null);
});

test('interactionOf: an answer that broke off is none', () => {
  const limits = { answerBytesMax: 1, answerChunksMax: 1, unreadBytesMax: 1 };
  const broken = new Tape('keep', limits);
  broken.begin({ status: 200, statusText: 'OK', headers: [], atMs: 0 });
  broken.finish({ kind: 'failed', failure: { kind: 'broken', reason: 'ECONNRESET' } });
  assert.equal(interactionOf(recorded(), broken), null);
});
