/** Backends that mean no good, or have broken down: whatever they send, the client gets one sound answer, or sees that it is broken. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import type { Exchange } from '../sim/raw-http.ts';
import { post, settled, startStage } from './stage.ts';

interface Case {
  readonly name: string;
  /** latin1. The backend closes after it where it `closes`. */
  readonly answer: string;
  readonly closes?: boolean;
  readonly status: number;
  readonly body?: string | RegExp;
  /** What the client's answer has, or has not, in its head. */
  readonly head?: (headers: ReadonlyMap<string, string>) => void;
}

const has = (name: string, value: string | undefined) => (headers: ReadonlyMap<string, string>) =>
  assert.equal(headers.get(name), value);
const ok = (headers: string, body = 'hi'): string =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;

const FAILED = { status: 502, body: /UpstreamFailed/ } as const;

const CASES: readonly Case[] = [
  {
    name: 'a reason with a control character',
    answer: 'HTTP/1.1 200 O\x01K\r\ncontent-length: 2\r\n\r\nhi',
    status: 200,
    body: 'hi',
  },
  {
    name: 'a reason beyond ASCII',
    answer: 'HTTP/1.1 200 \xc3\xa4\r\ncontent-length: 2\r\n\r\nhi',
    status: 200,
    body: 'hi',
  },
  {
    name: 'a reason of 10 kB',
    answer: `HTTP/1.1 200 ${'a'.repeat(10_000)}\r\ncontent-length: 2\r\n\r\nhi`,
    status: 200,
    body: 'hi',
  },
  { name: 'CR in a value', answer: ok('x-a: 1\rset-cookie: x=1\r\n'), ...FAILED },
  { name: 'LF in a value', answer: ok('x-a: 1\nx-b: 2\r\n'), ...FAILED },
  { name: 'NUL in a value', answer: ok('x-a: 1\x002\r\n'), ...FAILED },
  { name: 'a control character in a value', answer: ok('x-a: 1\x082\r\n'), ...FAILED },
  { name: 'a folded header', answer: ok('x-a: 1\r\n x-b: 2\r\n'), ...FAILED },
  { name: 'a name with a blank', answer: ok('x a: 1\r\n'), ...FAILED },
  { name: 'a name of no characters', answer: ok(': 1\r\n'), ...FAILED },
  { name: 'a value beyond ASCII', answer: ok('x-a: \xe4\r\n'), status: 200, body: 'hi', head: has('x-a', '\xe4') },
  {
    name: 'headers of ours',
    answer: ok('x-spillway-request-id: forged\r\nx-spillway-x: 1\r\n'),
    status: 200,
    head: (headers) => {
      assert.notEqual(headers.get('x-spillway-request-id'), 'forged');
      assert.equal(headers.get('x-spillway-x'), undefined);
    },
  },
  {
    name: 'headers of one hop',
    answer: ok('keep-alive: timeout=1\r\nproxy-authenticate: Basic\r\nx-a: 1\r\nconnection: x-a\r\n'),
    status: 200,
    head: has('proxy-authenticate', undefined),
  },
  {
    name: 'two lengths that differ',
    answer: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 9\r\n\r\nhi',
    ...FAILED,
  },
  {
    name: 'a length and chunks',
    answer: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ...FAILED,
  },
  { name: 'garbage', answer: 'I am no HTTP\r\n\r\n', ...FAILED },
  { name: 'nothing', answer: '', closes: true, ...FAILED },
  { name: 'half a head', answer: 'HTTP/1.1 200 OK\r\ncontent-', closes: true, ...FAILED },
  { name: 'a head of 100 kB', answer: ok(`x-a: ${'a'.repeat(100_000)}\r\n`), ...FAILED },
  { name: '30,000 headers', answer: ok('x-a: 1\r\n'.repeat(30_000)), ...FAILED },
  { name: 'a status of four digits', answer: 'HTTP/1.1 2000 OK\r\ncontent-length: 2\r\n\r\nhi', ...FAILED },
  { name: 'a status below 100', answer: 'HTTP/1.1 099 OK\r\ncontent-length: 2\r\n\r\nhi', ...FAILED },
  {
    name: 'a switch of protocols that nobody asked for',
    answer: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    ...FAILED,
  },
  {
    name: '20 interim answers',
    answer: 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(20) + ok(''),
    status: 200,
    body: 'hi',
    head: has('link', undefined),
  },
  {
    name: 'interim answers without end',
    answer: 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(10_000),
    closes: true,
    ...FAILED,
  },
  {
    name: 'trailers',
    answer:
      'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-smuggled: 1\r\n\r\n',
    status: 200,
    body: 'hi',
    head: has('x-smuggled', undefined),
  },
  {
    name: 'bad chunks',
    answer: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    ...FAILED,
  },
  { name: 'a second answer behind the first', answer: ok('') + ok('', 'forged'), status: 200, body: 'hi' },
  {
    name: 'a redirect to another host',
    answer: 'HTTP/1.1 307 Temporary Redirect\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n',
    status: 307,
  },
];

function only({ end, answers, rest }: Exchange): Exchange['answers'][number] {
  assert.deepEqual([end, answers.length, rest], ['closed', 1, '']);
  const [answer] = answers;
  assert.ok(answer);
  return answer;
}

for (const { name, answer, closes = false, status, body = /./, head } of CASES) {
  test(`gateway: a backend that answers ${name}`, async (t) => {
    let calls = 0;
    const stage = await startStage(t, {
      answer: (socket) => {
        const bytes = calls++ === 0 ? answer : ok('', 'well');
        if (closes && calls === 1) socket.end(bytes, 'latin1');
        else socket.write(bytes, 'latin1');
      },
    });
    const got = only(await stage.send(post({ body: '{"model":"chat","store":true}' })));
    assert.equal(got.status, status, got.body);
    if (typeof body === 'string') assert.equal(got.body, body);
    else if (status >= 400) assert.match(got.body, body);
    head?.(got.headers);
    const next = only(await stage.send(post({ body: '{"model":"chat","messages":[]}' })));
    assert.deepEqual([next.status, next.body], [200, 'well'], 'nothing is left of it');
  });
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 268435456\r\n\r\n';

test('gateway: a client that never reads holds the backend up, not the memory, and ends with its time', async (t) => {
  const clock = new FakeClock();
  const piece = Buffer.alloc(256 * 1024);
  let written = 0;
  let drains = 0;
  const stage = await startStage(t, {
    clock,
    answer: (socket) => {
      const more = (): void => {
        drains++;
        while (written < 256 * 1024 * 1024) {
          written += piece.length;
          if (!socket.write(piece)) return;
        }
      };
      socket.on('drain', more);
      socket.write(HEAD);
      more();
    },
  });
  const client = connect(stage.port, '127.0.0.1', () => client.write(post()));
  client.pause();
  await settled(() => drains > 0);
  let quiet = 0;
  let seen = -1;
  await settled(() => {
    quiet = seen === written ? quiet + 1 : 0;
    seen = written;
    return quiet > 2_000;
  });
  assert.ok(written < 64 * 1024 * 1024, `${written} bytes were taken from the backend`);
  assert.equal(stage.underWay, 1);
  clock.advance(3_600_000 + 1_000);
  await settled(() => stage.underWay === 0);
  assert.equal(stage.underWay, 0);
  client.destroy();
});
