import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { ANSWER_BYTES_MAX, authorizationOf, fetchMetrics, isAzure } from './fetch-metrics.ts';

async function server(t: TestContext, listener: RequestListener): Promise<string> {
  const http = createServer(listener).listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : assert.fail();
}

const BEARER = async () => 'Bearer t0ken';

test('isAzure: Azure is Azure over https, and nothing that only looks like it', () => {
  const rows: ReadonlyArray<readonly [string, boolean]> = [
    ['https://management.azure.com', true],
    ['https://management.usgovcloudapi.net/', true],
    ['http://management.azure.com', false],
    ['https://management.azure.com.evil.example', false],
    ['https://evil.example/management.azure.com', false],
    ['http://127.0.0.1:9000', false],
  ];
  for (const [url, want] of rows) assert.equal(isAzure(url), want, url);
});

test('authorizationOf: a token of Entra ID goes to Azure alone, a simulator gets its own key', async () => {
  const scopes: string[] = [];
  const token = async (scope: string) => {
    scopes.push(scope);
    return 'entra';
  };
  assert.equal(await authorizationOf('https://management.azure.com/', {}, token), 'Bearer entra');
  assert.equal(await authorizationOf('http://127.0.0.1:9000', { SPILLWAY_ADMIN_KEY: 'k' }, token), 'Bearer k');
  assert.equal(await authorizationOf('https://other.example', {}, token), 'Bearer simulated');
  assert.deepEqual(scopes, ['https://management.azure.com/.default']);
});

test('fetchMetrics: status, JSON and code of whatever answers; never a throw', async (t) => {
  const url = await server(t, (request, response) => {
    if (request.url === '/cut') return void response.destroy();
    response.statusCode = request.url === '/denied' ? 403 : 200;
    if (request.url === '/denied') response.end('{"error":{"code":"AuthorizationFailed"}}');
    else if (request.url === '/text') response.end('<html>');
    else if (request.url === '/long') response.end(Buffer.alloc(ANSWER_BYTES_MAX + 1, 0x20));
    else response.end(JSON.stringify({ by: request.headers.authorization }));
  });
  const get = (path: string) => fetchMetrics(`${url}${path}`, BEARER);
  assert.deepEqual(await get('/'), { status: 200, body: { by: 'Bearer t0ken' }, code: null });
  assert.deepEqual(await get('/denied'), {
    status: 403,
    body: { error: { code: 'AuthorizationFailed' } },
    code: 'AuthorizationFailed',
  });
  assert.deepEqual(await get('/text'), { status: 200, body: null, code: null });
  assert.deepEqual(await get('/long'), { status: 0, body: null, code: 'answer too long' });
  assert.equal((await get('/cut')).status, 0);
});

test('fetchMetrics: without a sign-in there is no question, and the reason is a name, not a text', async () => {
  const answer = await fetchMetrics('http://127.0.0.1:9', async () => {
    throw new TypeError('the secret is s3cret');
  });
  assert.deepEqual(answer, { status: 0, body: null, code: 'TypeError' });
});
