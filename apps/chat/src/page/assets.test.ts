import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Asset, pageAssets } from './assets.ts';

/** What a phone has to fetch before anything is drawn. Bytes, compressed. */
const FIRST_BYTES_MAX = 36_000;
/** Issue 7: and to converse. Bytes, compressed. */
const TALK_BYTES_MAX = 60_000;
/** All scripts together; words of other languages come beside them. Bytes, compressed. */
const ALL_BYTES_MAX = 75_000;

const assets = await pageAssets();
const html = assets.get('/')?.body.toString() ?? '';
const isScript = ([path]: readonly [string, Asset]): boolean => path.endsWith('.js');

function bytesOf(files: readonly (readonly [string, Asset])[]): number {
  return files.reduce((sum, [, { gzipped }]) => sum + gzipped.length, 0);
}

test('pageAssets: what is fetched first is small enough, and so is all of it', () => {
  const first = [...assets].filter(isScript).filter(([path]) => html.includes(`"${path}"`));
  assert.ok(first.some(([path]) => path === '/ui/page.js'));
  assert.ok(bytesOf(first) <= FIRST_BYTES_MAX, `${bytesOf(first)}`);
  const talk = [...first, ...[...assets].filter(([path]) => path.startsWith('/ui/markdown-'))];
  assert.equal(talk.length, first.length + 1);
  assert.ok(bytesOf(talk) <= TALK_BYTES_MAX, `${bytesOf(talk)}`);
  const all = [...assets].filter(isScript);
  assert.ok(bytesOf(all) <= ALL_BYTES_MAX, `${bytesOf(all)}`);
  assert.ok(all.length > first.length);
});

test('pageAssets: what a script imports is fetched beside it, and what is rarely opened is not', () => {
  const preloaded = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, path = '']) => path);
  assert.ok(preloaded.length > 0);
  for (const path of preloaded) assert.ok(assets.has(path), path);
  const imported = [...assets]
    .filter(([path]) => path === '/ui/page.js' || preloaded.includes(path))
    .flatMap(([, { body }]) => [...body.toString().matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)])
    .map(([, name = '']) => `/ui/${name}`);
  assert.deepEqual(preloaded.toSorted(), [...new Set(imported)].toSorted());
  for (const rare of ['markdown', 'panel', 'settings', 'documents', 'shared', 'share'])
    assert.ok(!preloaded.some((path) => path.startsWith(`/ui/${rare}-`)), rare);
});

test('pageAssets: what is sent compressed is the same', () => {
  for (const [path, { body, gzipped }] of assets) assert.deepEqual(gunzipSync(gzipped), body, path);
});

test('pageAssets: nothing of it names another place, and nothing is inline', () => {
  assert.doesNotMatch(html, /<style|<script(?![^>]*src=)|style=|https?:/);
  assert.doesNotMatch(assets.get('/ui/style.css')?.body.toString() ?? 'url(', /url\(|@import/);
});

test('pageAssets: there are words of seven languages', () => {
  assert.equal([...assets.keys()].filter((path) => path.startsWith('/ui/words/')).length, 7);
});
