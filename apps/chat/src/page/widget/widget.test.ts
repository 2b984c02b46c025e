import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { QUESTION_CODES } from '../client/model/telling.ts';
import { ENGLISH, failureToldWith, languageOf, sayWith } from './client/words.ts';
import { WIDGET_PATHS, widgetResponse, widgetScripts } from './widget.ts';

/** What a page of others takes in before anybody asks, and in all. Bytes, compressed. */
const FIRST_BYTES_MAX = 17_400;
const SCRIPT_BYTES_MAX = 26_000;

test('widgetScripts: the first is small, the rest follows when somebody asks, and none names another place', async () => {
  const scripts = await widgetScripts();
  const first = scripts.get('/widget.js');
  assert.ok(first !== undefined && first.gzipped.length <= FIRST_BYTES_MAX, `${first?.gzipped.length}`);
  const all = [...scripts.values()];
  const bytes = all.reduce((sum, { gzipped }) => sum + gzipped.length, 0);
  assert.ok(bytes <= SCRIPT_BYTES_MAX, `${bytes}`);
  assert.equal(scripts.size, 2);
  for (const [path, { body, gzipped }] of scripts) {
    assert.match(path, WIDGET_PATHS);
    assert.deepEqual(gunzipSync(gzipped), body);
    const places = body.toString().match(/https?:\/\/[\w.]+/g) ?? [];
    // Names of namespaces, and where an error of the parser is to be reported.
    assert.deepEqual(
      places.filter((place) => !['http://www.w3.org', 'https://github.com'].includes(place)),
      [],
    );
  }
});

const script = {
  contentType: 'text/javascript',
  body: Buffer.from('hello'),
  gzipped: Buffer.from('zipped'),
  etag: '"e"',
};
const load = () => Promise.resolve(new Map([['/widget.js', script]]));
const ASKED = { path: '/widget.js', ifNoneMatch: null, acceptEncoding: null, isShared: true };

const CASES = [
  ['as it is', {}, 200, 'hello', 'cross-origin'],
  ['for a browser that unpacks', { acceptEncoding: 'br, gzip' }, 200, 'zipped', 'cross-origin'],
  ['what the browser has already', { ifNoneMatch: '"e"' }, 304, '', 'cross-origin'],
  ['for pages of its own origin alone', { isShared: false }, 200, 'hello', 'same-origin'],
] as const;

for (const [name, as, status, body, shared] of CASES) {
  test(`widgetResponse: ${name}`, async () => {
    const answer = await widgetResponse({ ...ASKED, ...as }, load);
    assert.deepEqual([answer?.status, await answer?.text()], [status, body]);
    assert.equal(answer?.headers.get('cross-origin-resource-policy'), shared);
  });
}

test('widgetResponse: nothing for a path that is none of its own', async () => {
  for (const path of ['/', '/widget', '/widget/', '/widget/none.js', '/widget/../ui/page.js', '/ui/page.js']) {
    assert.equal(await widgetResponse({ ...ASKED, path }, load), null, path);
  }
});

test('widgetResponse: a build that failed is told in one line of comment', async () => {
  const answer = await widgetResponse(ASKED, () => Promise.reject(new Error('no\nesbuild')));
  assert.equal(answer?.status, 500);
  assert.match((await answer?.text()) ?? '', /^\/\/ .*no esbuild.*\n$/);
});

const WORDS = join(import.meta.dirname, '../client/words');
const tableOf = (file: string): Readonly<Record<string, string>> => JSON.parse(readFileSync(join(WORDS, file), 'utf8'));

test('failureToldWith: each code that a question is refused by is told in the words of the page, in each of its languages', () => {
  const english = tableOf('en.json');
  const others = readdirSync(WORDS).filter((file) => file !== 'en.json');
  assert.ok(others.length >= 6);
  const message = 'As the app says it.';
  for (const file of others) {
    const table = tableOf(file);
    for (const [code, word] of Object.entries(QUESTION_CODES)) {
      const told = failureToldWith(table)({ kind: 'internal', code, message, retryAtMs: null });
      assert.deepEqual(told, { text: table[word], detail: null }, `${file}: ${code}`);
      assert.notEqual(told.text, english[word], `${file}: ${code}`);
    }
  }
  const busy = { kind: 'internal', code: 'busy', message, retryAtMs: null } as const;
  assert.equal(
    failureToldWith(tableOf('de.json'))(busy).text,
    'Es werden zu viele Antworten geschrieben; versuchen Sie es gleich noch einmal.',
  );
  assert.deepEqual(failureToldWith(null)(busy), { text: message, detail: null }, 'English, or no words to be had');
  assert.deepEqual(failureToldWith({})(busy), { text: message, detail: null }, 'an app of another version');
});

test('sayWith: its English is that of the page, and every language of the page has each word', () => {
  const files = readdirSync(WORDS);
  assert.ok(files.length >= 7);
  for (const file of files) {
    const words = tableOf(file);
    for (const [word, text] of Object.entries(ENGLISH)) {
      assert.equal(typeof words[word], 'string', `${file}: ${word}`);
      if (file === 'en.json') assert.equal(words[word], text);
    }
    assert.equal(languageOf([file.replace('.json', '-XX')]), file.replace('.json', ''));
  }
  assert.equal(sayWith({ page: 'Seite {page}' })('page', { page: 3 }), 'Seite 3');
  assert.equal(sayWith({})('page', { page: 3 }), 'page 3');
  assert.equal(languageOf(['xx', 'de-AT']), 'de');
  assert.equal(languageOf([]), 'en');
});
