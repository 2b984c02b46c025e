import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CODES, codeText, failureTold, refusalText, UNREAD, unreadTold } from './telling.ts';
import { LANGUAGES, type Language, language, speak } from './words.ts';

const WORDS = join(import.meta.dirname, '../words');

/** The page's own way to its words, with the files in place of the server. */
async function speaks(wanted: Language): Promise<void> {
  const asked = globalThis.fetch;
  globalThis.fetch = async () => new Response(await readFile(join(WORDS, `${wanted}.json`), 'utf8'));
  Object.assign(globalThis, { document: { documentElement: { lang: '' } } });
  await speak(wanted).finally(() => {
    globalThis.fetch = asked;
  });
  assert.equal(language.value, wanted);
}
after(() => {
  language.value = 'en';
});

const ENGLISH = 'As the server says it.';
const languages = Object.keys(LANGUAGES).filter((name): name is Language => name !== 'en');

for (const name of languages) {
  test(`codeText: has words in ${name} for each code that the server refuses by, none of them English`, async () => {
    const english: Readonly<Record<string, string>> = JSON.parse(await readFile(join(WORDS, 'en.json'), 'utf8'));
    await speaks(name);
    for (const [code, word] of Object.entries(CODES)) {
      const text = codeText({ code, message: ENGLISH });
      assert.ok(text !== ENGLISH && text !== word && text !== english[word], `${code}: ${text}`);
      assert.equal(failureTold({ kind: 'internal', code, message: ENGLISH, retryAtMs: null }).text, text);
    }
  });

  test(`unreadTold: has words in ${name} for each reason that a file is not indexed`, async () => {
    const english: Readonly<Record<string, string>> = JSON.parse(await readFile(join(WORDS, 'en.json'), 'utf8'));
    await speaks(name);
    for (const [code, word] of Object.entries(UNREAD)) {
      const { text } = unreadTold({ code: codeOf(code), reason: ENGLISH });
      assert.ok(text !== ENGLISH && text !== word && text !== english[word], `${code}: ${text}`);
    }
  });
}

function codeOf(name: string): keyof typeof UNREAD {
  const found = Object.keys(UNREAD).find((code): code is keyof typeof UNREAD => code === name);
  return found ?? assert.fail(name);
}

test('codeText: a code of a newer server is told as it came', async () => {
  await speaks('de');
  assert.equal(codeText({ code: 'somethingNew', message: ENGLISH }), ENGLISH);
  assert.equal(codeText({ code: 'toString', message: ENGLISH }), ENGLISH);
  assert.equal(refusalText({ kind: 'gone' }), 'Der Server antwortet nicht. Versuchen Sie es gleich noch einmal.');
});

test('unreadTold: what the server says goes along where it says more', async () => {
  await speaks('de');
  const reason = '2001 pages, above 2000; split the document';
  assert.equal(unreadTold({ code: 'tooLarge', reason }).detail, reason);
  assert.equal(unreadTold({ code: 'encrypted', reason }).detail, null);
  language.value = 'en';
  assert.deepEqual(unreadTold({ code: 'tooLarge', reason }), { text: reason, detail: null });
});
