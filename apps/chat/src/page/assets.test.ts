import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { pageAssets } from './assets.ts';

/** Issue 7: what a phone has to fetch before anything is drawn. Bytes, compressed. */
const SCRIPT_BYTES_MAX = 60_000;

test('pageAssets: the script is small enough', async () => {
  const script = (await pageAssets()).get('/ui/page.js');
  assert.ok(script !== undefined && script.gzipped.length <= SCRIPT_BYTES_MAX, `${script?.gzipped.length}`);
  assert.deepEqual(gunzipSync(script.gzipped), script.body);
});

test('pageAssets: nothing of it names another place, and nothing is inline', async () => {
  const assets = await pageAssets();
  const html = assets.get('/')?.body.toString() ?? '';
  assert.doesNotMatch(html, /<style|<script(?![^>]*src=)|style=|https?:/);
  assert.doesNotMatch(assets.get('/ui/page.css')?.body.toString() ?? 'url(', /url\(|@import/);
});

test('pageAssets: there are words of seven languages', async () => {
  const words = [...(await pageAssets()).keys()].filter((path) => path.startsWith('/ui/words/'));
  assert.equal(words.length, 7);
});
