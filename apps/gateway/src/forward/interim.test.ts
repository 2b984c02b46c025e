import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../main.ts';
import { configFor, rawBackend } from '../testing/raw-backend.ts';
import { INTERIM_MAX, Interim } from './interim.ts';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi';
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\n\r\n';

function without(interim: Interim, text: string, size: number): string {
  let out = '';
  for (let i = 0; i < text.length; i += size) out += interim.without(Buffer.from(text.slice(i, i + size))) ?? '';
  return out;
}

const CASES: ReadonlyArray<readonly [name: string, given: string, want: string]> = [
  ['a plain answer', OK, OK],
  ['a 100 first', CONTINUE + OK, OK],
  ['a 100 of few words', `HTTP/1.1 100\r\n\r\n${OK}`, OK],
  ['several of several kinds', CONTINUE + HINTS + CONTINUE + OK, OK],
  ['a switch of protocols', SWITCH, SWITCH],
  ['what is no HTTP', 'garbage', 'garbage'],
  ['another version', 'HTTP/1.0 100 Continue\r\n\r\n', 'HTTP/1.0 100 Continue\r\n\r\n'],
];

for (const [name, given, want] of CASES) {
  for (const size of [1, 7, 1_000]) {
    test(`Interim: of ${name}, ${size} bytes at a time`, () => assert.equal(without(new Interim(), given, size), want));
  }
}

test('Interim: a body that looks like one passes, the next answer is looked at again', () => {
  const interim = new Interim();
  assert.equal(without(interim, CONTINUE + OK, 1_000), OK);
  interim.headRead();
  assert.equal(without(interim, CONTINUE, 1_000), CONTINUE);
  interim.answerRead();
  assert.equal(without(interim, CONTINUE + OK, 1_000), OK);
});

test(`Interim: what comes after ${INTERIM_MAX} of them passes`, () => {
  assert.equal(without(new Interim(), CONTINUE.repeat(INTERIM_MAX + 1), 1_000), CONTINUE);
});

test('Interim: one that does not end is not held without end', () => {
  const endless = `HTTP/1.1 103 Early Hints\r\nx: ${'y'.repeat(20_000)}`;
  assert.equal(without(new Interim(), endless, 30_000), endless);
});

test('gateway: a backend that says 100 Continue by itself is not broken, and what it says of 100 in a body arrives', async (t) => {
  const body = `HTTP/1.1 100 Continue\r\n\r\n`;
  const answer = `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\n\r\n`;
  const backend = await rawBackend(({ socket }) => {
    socket.write(CONTINUE + HINTS + answer);
    socket.write(body);
  });
  t.after(() => backend.close());
  const gateway = await startGateway({ config: configFor([backend.url]), port: 0, adminPort: 0 });
  t.after(() => gateway.close());
  for (let i = 0; i < 3; i++) {
    const got = await fetch(`${gateway.url}/openai/v1/chat/completions`, { method: 'POST', body: '{"model":"chat"}' });
    assert.deepEqual([got.status, await got.text()], [200, body]);
  }
  assert.equal(backend.connections(), 1, 'the connection is as good as before');
});
