import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knockOf } from './fingerprint.ts';

function printOf(client: string | null, body: Buffer): string {
  return knockOf(client, body, undefined).fingerprint();
}

test('knockOf: the same caller with the same bytes is known again, and nobody else', () => {
  const [body, other] = [Buffer.from('{"a":1}'), Buffer.from('{"a":2}')];
  assert.equal(printOf('app', body), printOf('app', Buffer.from(body)));
  const prints = [printOf('app', body), printOf('app', other), printOf('web', body), printOf(null, body)];
  assert.equal(new Set(prints).size, prints.length);
});

test('knockOf: long bodies are told apart by their beginning, their end and their length', () => {
  const long = Buffer.alloc(200_000, 'x');
  const ends = [0, 199_999].map((at) => {
    const body = Buffer.from(long);
    body[at] = 0;
    return body;
  });
  const prints = [long, ...ends, Buffer.alloc(200_001, 'x')].map((body) => printOf('app', body));
  assert.equal(new Set(prints).size, prints.length);
});

test('knockOf: an SDK says that it comes for the first time', () => {
  const first = (retryCount: string | undefined) => knockOf('app', Buffer.alloc(0), retryCount).isFirst;
  assert.deepEqual(['0', '1', undefined].map(first), [true, false, false]);
});

test('knockOf: says whose it is, for what each client may have at most', () => {
  assert.equal(knockOf('app', Buffer.alloc(0), undefined).client, 'app');
  assert.equal(knockOf(null, Buffer.alloc(0), undefined).client, null);
});
