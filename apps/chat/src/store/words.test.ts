import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { indexable, QUERY_WORDS_MAX, wordsOf } from './words.ts';

test('wordsOf: each word once, in lower case, without signs; nothing else', () => {
  const table: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['How much is the DEPOSIT? The deposit!', ['how', 'much', 'is', 'the', 'deposit']],
    ["o'hara's 100% (a OR b) *", ['o', 'hara', 's', '100', 'a', 'or', 'b']],
    ['Ko\u0308ln', ['köln']],
    ['보증금 얼마', ['보증', '증금', '얼마']],
    ['東京', ['東京']],
    ['京', ['京']],
    ['\u0000 "" -- 😀', []],
    ['', []],
  ];
  for (const [question, want] of table) assert.deepEqual(wordsOf(question), want, question);
});

test('wordsOf: no more words than the limit, and none that is endless', () => {
  const many = Array.from({ length: QUERY_WORDS_MAX + 5 }, (_, at) => `word${at}`).join(' ');
  assert.equal(wordsOf(many).length, QUERY_WORDS_MAX);
  assert.deepEqual(wordsOf(`${'x'.repeat(101)} ${'y'.repeat(100)}`), ['y'.repeat(100)]);
});

test('wordsOf: finds in the indexed text every word that it makes of it, for any text (seed 20261121)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const indexed = new Set(
        indexable(text)
          .toLowerCase()
          .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [],
      );
      for (const word of wordsOf(text)) assert.ok(indexed.has(word), `${word} of ${text}`);
    }),
    { seed: 20_261_121 },
  );
});
