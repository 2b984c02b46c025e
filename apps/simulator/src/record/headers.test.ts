import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headersDown, headersKept, headersUp } from './headers.ts';

test('headersUp: credentials and what belongs to one hop end here, the upstream’s key is added', () => {
  const given = ['Api-Key', 'a', 'Authorization', 'b', 'Cookie', 'c', 'Host', 'd', 'Connection', 'X-Hop, close'];
  given.push('X-Hop', 'e', 'Accept-Encoding', 'gzip', 'X-Ms-Spillover-Deployment', 'f', 'Content-Type', 'g');
  const want = ['X-Ms-Spillover-Deployment', 'f', 'Content-Type', 'g', 'api-key', 'real'];
  assert.deepEqual(headersUp(given, 'real'), want);
});

const KEPT: ReadonlyArray<readonly [name: string, want: 'kept' | 'dropped']> = [
  ['Content-Type', 'kept'],
  ['Content-Encoding', 'kept'],
  ['azure-openai-deployment-utilization', 'kept'],
  ['x-ratelimit-remaining-tokens', 'kept'],
  ['retry-after-ms', 'kept'],
  ['x-ms-deployment-name', 'kept'],
  ['x-request-id', 'dropped'],
  ['apim-request-id', 'dropped'],
  ['x-ms-region', 'dropped'],
  ['Cache-Control', 'dropped'],
  ['Date', 'dropped'],
  ['Content-Length', 'dropped'],
  ['Transfer-Encoding', 'dropped'],
  ['Set-Cookie', 'dropped'],
  ['api-key', 'dropped'],
  ['Authorization', 'dropped'],
];

for (const [name, want] of KEPT) {
  test(`headersKept: ${name} is ${want}`, () => assert.equal(headersKept([name, 'x']).length, want === 'kept' ? 2 : 0));
}

const OURS = ['x-ms-region', 'here', 'x-ratelimit-remaining-tokens', '1', 'azure-openai-deployment-utilization', '5%'];
const THEIRS = ['X-Ms-Region', 'there', 'X-RateLimit-Limit-Tokens', '9', 'Azure-OpenAI-Deployment-Utilization', '80%'];

test('headersDown: of a live answer all passes but its quota, which is the simulator’s', () => {
  const want = ['X-Ms-Region', 'there', ...OURS.slice(2)];
  assert.deepEqual(headersDown([...THEIRS, 'Set-Cookie', 'x', 'Connection', 'close'], OURS, 'upstream'), want);
});

test('headersDown: of a recorded answer whatever the simulator says itself is the simulator’s', () => {
  assert.deepEqual(headersDown([...THEIRS, 'x-other', 'y'], OURS, 'recording'), ['x-other', 'y', ...OURS]);
});

test('headersDown: where no limiter spoke, recorded limits stay', () => {
  const limits = ['x-ratelimit-remaining-tokens', '7'];
  assert.deepEqual(headersDown(limits, [], 'recording'), limits);
});

test('headersUp: a token of Entra ID goes up as Bearer, a key as api-key, and never both', () => {
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2FpLmF6dXJlLmNvbSJ9.c2lnbmF0dXJl';
  assert.deepEqual(headersUp(['Authorization', 'Bearer mine'], token), ['authorization', `Bearer ${token}`]);
  assert.deepEqual(headersUp(['api-key', 'mine'], 'key-of-the-upstream'), ['api-key', 'key-of-the-upstream']);
});
