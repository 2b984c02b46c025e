import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestInbound } from '../testing/kit.ts';
import { Cors } from './cors.ts';

const ORIGIN = 'https://app.example.com';
const PREFLIGHT = {
  origin: ORIGIN,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'api-key,content-type, x-stainless-os',
};

function preflight(origins: readonly string[], headers: Readonly<Record<string, string>> = PREFLIGHT) {
  const inbound = new TestInbound({ method: 'OPTIONS', headers });
  return { inbound, admitted: new Cors(origins).admit(inbound) };
}

test('Cors: off, every request goes on as it is, OPTIONS among them', () => {
  const { inbound, admitted } = preflight([]);
  assert.equal(admitted, inbound);
  assert.equal(inbound.status, null);
});

test('Cors: a preflight of an origin that is listed is answered, with the headers it asks for', () => {
  for (const [origins, allowed, vary] of [
    [['https://other.example', ORIGIN], ORIGIN, 'Origin'],
    [['*'], '*', null],
  ] as const) {
    const { inbound, admitted } = preflight(origins);
    assert.equal(admitted, null);
    assert.equal(inbound.status, 204);
    assert.equal(inbound.ended, true);
    assert.equal(inbound.got('access-control-allow-origin'), allowed);
    assert.equal(inbound.got('vary'), vary);
    assert.equal(inbound.got('access-control-allow-headers'), 'api-key,content-type, x-stainless-os');
    assert.match(inbound.got('access-control-allow-methods') ?? '', /POST.*DELETE/);
    assert.equal(inbound.got('access-control-allow-credentials'), null);
  }
});

test('Cors: a preflight of another origin is refused, and nothing is allowed', () => {
  for (const origin of ['https://evil.example', 'null', 'https://app.example.com.evil.example']) {
    const { inbound, admitted } = preflight([ORIGIN], { ...PREFLIGHT, origin });
    assert.equal(admitted, null);
    assert.equal(inbound.status, 403);
    assert.match(inbound.received, /'cors\.origins'/);
    assert.equal(inbound.got('access-control-allow-origin'), null);
  }
});

test('Cors: names of headers that are none are not said back', () => {
  const { inbound } = preflight(['*'], { ...PREFLIGHT, 'access-control-request-headers': 'a, <b>' });
  assert.equal(inbound.status, 204);
  assert.equal(inbound.got('access-control-allow-headers'), null);
});

test('Cors: answers to a listed origin say that it may read them, in place of what the backend says', () => {
  const inbound = new TestInbound({ headers: { origin: 'HTTPS://App.Example.com' } });
  const admitted = new Cors([ORIGIN]).admit(inbound) ?? assert.fail('not admitted');
  admitted.writeHead(200, '', ['Access-Control-Allow-Origin', 'https://azure.example', 'x-a', '1']);
  admitted.write(Buffer.from('ab'));
  admitted.end(Buffer.from('c'));
  assert.deepEqual(inbound.headers, [
    'x-a',
    '1',
    'access-control-allow-origin',
    'HTTPS://App.Example.com',
    'vary',
    'Origin',
    'access-control-expose-headers',
    '*',
  ]);
  assert.equal(inbound.received, 'abc');
});

test('Cors: an OPTIONS that is no preflight, a request without an origin, and another origin go on as they are', () => {
  const requests = [
    { method: 'OPTIONS', headers: { origin: 'https://evil.example' } },
    { method: 'OPTIONS', headers: {} },
    { method: 'POST', headers: { origin: 'https://evil.example' } },
    { method: 'POST', headers: {} },
  ];
  for (const request of requests) {
    const inbound = new TestInbound(request);
    assert.equal(new Cors([ORIGIN]).admit(inbound), inbound);
  }
});
