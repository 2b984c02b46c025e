import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { AdminAccess } from '../admin/access.ts';
import { targetOf } from '../target.ts';
import { type Received, type Sending, send, withSimulator } from '../testing.ts';
import { pageAssets } from './assets.ts';
import { pageDoor } from './page-door.ts';

/** Bytes, compressed. */
const SCRIPT_BYTES_MAX = 40 * 1024;

test('pageDoor: serves page, script, style and icon under a policy that lets nothing else in', () =>
  withSimulator(async ({ simulator }) => {
    const types = [];
    for (const path of ['/ui/', '/ui', '/ui/page.js', '/ui/page.css', '/ui/icon.svg']) {
      const { status, headers } = await send(`${simulator.adminUrl}${path}`);
      types.push([status, headers['content-type']?.split(';')[0]]);
      assert.match(
        String(headers['content-security-policy']),
        /^default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      assert.deepEqual([headers['x-content-type-options'], headers['cache-control']], ['nosniff', 'no-cache']);
    }
    const want = ['text/html', 'text/html', 'text/javascript', 'text/css', 'image/svg+xml'];
    assert.deepEqual(
      types,
      want.map((type) => [200, type]),
    );
  }));

test('pageDoor: what the browser has already is not sent again', () =>
  withSimulator(async ({ simulator }) => {
    const url = `${simulator.adminUrl}/ui/page.js`;
    const { etag = '' } = (await send(url)).headers;
    const again = await send(url, { headers: { 'if-none-match': `"other", ${etag}` } });
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag]);
    assert.equal((await send(url, { headers: { 'if-none-match': '"other"' } })).status, 200);
  }));

test('pageDoor: a file that is not there is not found; what is not read is left to the admin routes', () =>
  withSimulator(async ({ simulator }) => {
    assert.equal((await send(`${simulator.adminUrl}/ui/nothing.js`)).status, 404);
    const posted = await send(`${simulator.adminUrl}/ui/`, { method: 'POST' });
    assert.match(posted.text, /no such route/);
  }));

test('pageDoor: with an admin key the page is served all the same, its data is not', () =>
  withSimulator(
    async ({ simulator }) => {
      assert.equal((await send(`${simulator.adminUrl}/ui/`)).status, 200);
      assert.equal((await send(`${simulator.adminUrl}/admin/state`)).status, 401);
    },
    {},
    { adminKey: 'secret' },
  ));

test('pageDoor: under the name of another machine nothing is served', () =>
  withSimulator(async ({ simulator }) => {
    const refused = await send(`${simulator.adminUrl}/ui/`, { headers: { host: 'attacker.example' } });
    assert.equal(refused.status, 403);
    assert.match(refused.text, /names another machine/);
  }));

test('pageDoor: a page that cannot be made says what to do', async () => {
  const received = await fromDoor('/ui/', () => Promise.reject(new Error('esbuild: <gone>')));
  assert.equal(received.status, 500);
  assert.match(received.text, /npm ci.*esbuild: &#60;gone&#62;/);
  assert.equal(received.headers['cache-control'], 'no-store');
});

test('pageAssets: the script is no larger than 40 KB compressed, and names no other place', async () => {
  const assets = await pageAssets();
  const script = assets.get('/ui/page.js')?.body ?? Buffer.alloc(0);
  assert.ok(script.length > 1000);
  assert.ok(gzipSync(script).length <= SCRIPT_BYTES_MAX, `${gzipSync(script).length} bytes`);
  for (const [path, { body }] of assets) {
    // Names of XML vocabularies are no addresses to load from.
    const urls = body.toString('utf8').match(/https?:\/\/(?!www\.w3\.org\/)[\w.-]+/g) ?? [];
    assert.deepEqual(urls, [], path);
  }
});

async function fromDoor(path: string, load: typeof pageAssets, sending: Sending = {}): Promise<Received> {
  const door = pageDoor(new AdminAccess('127.0.0.1', {}), load);
  const server = createServer((request, response) => door(request, response, targetOf(request.url ?? '/')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await send(`http://127.0.0.1:${portOf(address)}${path}`, sending);
  } finally {
    server.close();
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
