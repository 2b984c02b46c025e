import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { knockOf, protocolOf, withoutKeys } from './knock.ts';

function requestWith(headers: Readonly<Record<string, string>>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return request;
}

const TARGET = { path: '/openai/v1/realtime', query: 'model=talk' };
const PROTOCOLS = 'realtime, openai-insecure-api-key.from-protocol, openai-beta.realtime-v1';

/** Headers, query, and the key that is found. */
const KEYS: ReadonlyArray<readonly [headers: Record<string, string>, query: string, key: string | undefined]> = [
  [{ 'api-key': 'from-header' }, 'api-key=from-query', 'from-header'],
  [{ 'sec-websocket-protocol': PROTOCOLS }, 'model=talk&api-key=from%20query', 'from query'],
  [{ 'sec-websocket-protocol': PROTOCOLS }, 'model=talk', 'from-protocol'],
  [{ authorization: 'Bearer x' }, 'model=talk', undefined],
];

for (const [headers, query, key] of KEYS) {
  test(`knockOf: with ${Object.keys(headers)} and ?${query} the key is ${key}`, () => {
    const knock = knockOf(requestWith(headers), { ...TARGET, query });
    assert.equal(knock.header('api-key'), key);
    assert.equal(knock.header('authorization'), headers.authorization);
    assert.equal(knock.method, 'GET');
  });
}

test('protocolOf: never gives a credential back', () => {
  assert.equal(protocolOf(['openai-insecure-api-key.x', 'realtime']), 'realtime');
  assert.equal(protocolOf(['openai-insecure-api-key.x']), false);
});

test('withoutKeys: masks the key that stands among the subprotocols', () => {
  const headers = withoutKeys({ host: 'x', 'sec-websocket-protocol': PROTOCOLS });
  assert.ok(!JSON.stringify(headers).includes('from-protocol'));
  assert.match(headers['sec-websocket-protocol'] ?? '', /^realtime, openai-insecure-api-key\.…, openai-beta/);
});
