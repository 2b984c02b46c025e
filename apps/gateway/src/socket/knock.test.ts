import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { handshakeProblem, isKnock, knockOf, withModel } from './knock.ts';

function request(url: string, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.url = url;
  message.method = 'GET';
  Object.assign(message.headers, { upgrade: 'websocket', ...headers });
  message.rawHeaders = Object.entries(headers).flat();
  return message;
}

const PATHS: ReadonlyArray<
  readonly [url: string, kind: 'realtime' | 'responses' | null, model: string | null, target: string]
> = [
  ['/openai/v1/realtime?model=a%2Bb&x=1', 'realtime', 'a+b', '/openai/v1/realtime?x=1'],
  ['/openai/v1/realtime/?model=talk', 'realtime', 'talk', '/openai/v1/realtime/'],
  ['/openai/realtime?api-version=v&Deployment=talk', 'realtime', 'talk', '/openai/realtime?api-version=v'],
  ['http://host/openai/v1/realtime?model=talk', 'realtime', 'talk', '/openai/v1/realtime'],
  ['/openai/v1/realtime', 'realtime', null, '/openai/v1/realtime'],
  ['/openai/v1/responses', 'responses', null, '/openai/v1/responses'],
  ['/responses?a=b', 'responses', null, '/responses?a=b'],
  ['/openai/v1/responses/resp_1', null, null, ''],
  ['/openai/deployments/talk/realtime', null, null, ''],
  ['/openai/v1/chat/completions', null, null, ''],
  ['/openai/v1/x/../realtime', null, null, ''],
  ['/healthz', null, null, ''],
];

for (const [url, kind, model, target] of PATHS) {
  test(`knockOf: ${url} is ${kind ?? 'a request like any other'}`, () => {
    const knock = knockOf(request(url));
    assert.equal(knock?.kind ?? null, kind);
    assert.equal(isKnock(request(url)), kind !== null);
    if (kind !== null) assert.deepEqual([knock?.model, knock?.target], [model, target]);
  });
}

test('isKnock: another protocol than WebSocket is not heeded', () => {
  assert.equal(isKnock(request('/openai/v1/responses', { upgrade: 'h2c' })), false);
});

test('knockOf: neither a key among the subprotocols nor what describes a body goes up', () => {
  const headers = {
    'sec-websocket-protocol': 'realtime, openai-insecure-api-key.mine',
    'content-type': 'multipart/form-data; boundary=x',
    'x-other': 'kept',
  };
  const knock = knockOf(request('/openai/v1/realtime', headers));
  assert.deepEqual(knock?.rawHeaders, ['sec-websocket-protocol', 'realtime', 'x-other', 'kept']);
  assert.deepEqual([knock?.header('api-key'), knock?.header('content-type')], ['mine', undefined]);
});

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const HANDSHAKES: ReadonlyArray<readonly [headers: Record<string, string>, want: RegExp | null]> = [
  [{ 'sec-websocket-version': '13', 'sec-websocket-key': KEY }, null],
  [{ 'sec-websocket-version': '8', 'sec-websocket-key': KEY }, /must be 13/],
  [{ 'sec-websocket-version': '13', 'sec-websocket-key': 'short' }, /16 bytes/],
  [{ 'sec-websocket-version': '13' }, /16 bytes/],
  [{ 'sec-websocket-version': '13', 'sec-websocket-key': KEY, 'content-length': '5' }, /no body/],
];

for (const [headers, want] of HANDSHAKES) {
  test(`handshakeProblem: ${JSON.stringify(headers)}`, () => {
    const problem = handshakeProblem(request('/openai/v1/realtime', headers));
    if (want === null) assert.equal(problem, null);
    else assert.match(problem ?? '', want);
  });
}

test('withModel: names the deployment as the path wants it', () => {
  assert.equal(withModel('/base/openai/v1/realtime?a=b', 'x y'), '/base/openai/v1/realtime?model=x%20y&a=b');
  assert.equal(withModel('/openai/realtime?api-version=v', 'x'), '/openai/realtime?deployment=x&api-version=v');
});
