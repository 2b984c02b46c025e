import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Assets } from './assets.ts';
import { pageResponse } from './page.ts';

const body = Buffer.from('hello');
const ASSETS: Assets = new Map([
  ['/', { contentType: 'text/html', body, gzipped: Buffer.from('zipped'), etag: '"e"' }],
]);
const ASKED = { path: '/', ifNoneMatch: null, acceptEncoding: null };
const load = () => Promise.resolve(ASSETS);

test('pageResponse: gives the page with a policy that lets nothing from elsewhere in', async () => {
  const answer = await pageResponse(ASKED, load);
  assert.equal(await answer?.text(), 'hello');
  const policy = answer?.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:|data:/);
});

const CASES = [
  ['a path of others', { path: '/api/me' }, null],
  ['a conversation that is shared', { path: '/shared/aB3_-' }, 200],
  ['a path below it', { path: '/shared/aB3/more' }, null],
  ['a file that is not there', { path: '/ui/none.js' }, 404],
  ['what the browser has already', { ifNoneMatch: '"e"' }, 304],
  ['for a browser that unpacks', { acceptEncoding: 'br, gzip' }, 200],
] as const;

for (const [name, as, want] of CASES) {
  test(`pageResponse: ${name}`, async () => {
    const answer = await pageResponse({ ...ASKED, ...as }, load);
    assert.equal(answer?.status ?? null, want);
    if ('acceptEncoding' in as) assert.equal(answer?.headers.get('content-encoding'), 'gzip');
  });
}

test('pageResponse: a build that failed is told of, as text and not as markup', async () => {
  const answer = await pageResponse(ASKED, () => Promise.reject(new Error('no <esbuild>')));
  assert.equal(answer?.status, 500);
  assert.match((await answer?.text()) ?? '', /no &#60;esbuild&#62;/);
});
