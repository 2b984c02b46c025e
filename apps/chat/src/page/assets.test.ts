import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Asset, pageAssets } from './assets.ts';

/** What a phone has to fetch before anything is drawn: 29.0 kB on 2026-11-22. Bytes, compressed. */
const FIRST_BYTES_MAX = 32_000;
/** All that conversing can load, settings, history and sharing included: 45.1 kB then. Bytes, compressed. */
const TALK_BYTES_MAX = 50_000;
/** Pages that few ever open, each by itself. Bytes, compressed. */
const OPENED_BYTES_MAX = { documents: 8_000, evaluation: 9_000 };
/** Issue 7, for all scripts together: 57.0 kB then; words of one language come beside them. Bytes, compressed. */
const ALL_BYTES_MAX = 60_000;
/** Its words. Bytes, compressed. */
const WORDS_BYTES_MAX = 8_000;

const assets = await pageAssets();
const html = assets.get('/')?.body.toString() ?? '';
const isScript = ([path]: readonly [string, Asset]): boolean => path.endsWith('.js');

function bytesOf(files: readonly (readonly [string, Asset])[]): number {
  return files.reduce((sum, [, { gzipped }]) => sum + gzipped.length, 0);
}

test('pageAssets: what is fetched first is small enough, and so is what conversing loads, and all of it', () => {
  const all = [...assets].filter(isScript);
  const first = all.filter(([path]) => html.includes(`"${path}"`));
  assert.ok(first.some(([path]) => path === '/ui/page.js'));
  assert.ok(bytesOf(first) <= FIRST_BYTES_MAX, `${bytesOf(first)}`);
  let talk = all;
  for (const [name, bytesMax] of Object.entries(OPENED_BYTES_MAX)) {
    const opened = all.filter(([path]) => path.startsWith(`/ui/${name}-`));
    assert.equal(opened.length, 1, name);
    assert.ok(bytesOf(opened) <= bytesMax, `${name}: ${bytesOf(opened)}`);
    talk = talk.filter(([path]) => !path.startsWith(`/ui/${name}-`));
  }
  assert.ok(talk.some(([path]) => path.startsWith('/ui/markdown-')));
  assert.ok(bytesOf(talk) <= TALK_BYTES_MAX, `${bytesOf(talk)}`);
  assert.ok(bytesOf(all) <= ALL_BYTES_MAX, `${bytesOf(all)}`);
});

test('pageAssets: the words of a language are small enough', () => {
  for (const [path, { gzipped }] of assets)
    if (path.startsWith('/ui/words/')) assert.ok(gzipped.length <= WORDS_BYTES_MAX, `${path}: ${gzipped.length}`);
});

test('pageAssets: what all have in common is one script, and one or two more come first', () => {
  const scripts = html.match(/"\/ui\/[\w-]+\.js"/g) ?? [];
  assert.ok(scripts.length <= 3, scripts.join());
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
  for (const rare of ['markdown', 'panel', 'settings', 'documents', 'evaluation', 'shared', 'share'])
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
