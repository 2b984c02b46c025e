import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { estimateTokens, knownChars } from './tokens.ts';

/** Counted with o200k_base (gpt-tokenizer 4). */
const TABLE: ReadonlyArray<readonly [text: string, tokens: number]> = [
  ['The guest pays the deposit of 100 euros within 14 days of the booking.', 17],
  ['Die Kaution beträgt 100 Euro und ist vor der Anreise zu überweisen.', 17],
  ['Vakuusmaksu on sata euroa ja se maksetaan ennen saapumista.', 19],
  ["Le dépôt de garantie est à payer avant l'arrivée du voyageur.", 14],
  ['보증금은 도착 전에 송금해야 합니다.', 12],
  ['東京の部屋は二人まで泊まれます。', 13],
  ['Гость платит залог за две недели до заезда.', 13],
  ['| Town | Tax |\n| --- | --- |\n| Porvoo | 2.50 |', 20],
  ['const a = b[0]?.c ?? null;', 11],
  ['2026-11-21 14:05, 1,200.50 EUR', 18],
  ['😀🏡', 3],
];

for (const [text, tokens] of TABLE) {
  test(`estimateTokens: ${JSON.stringify(text)} is about what it is`, () => {
    const estimate = estimateTokens(text);
    assert.ok(estimate >= tokens * 0.84 && estimate <= tokens * 1.6, `${estimate} for ${tokens}`);
  });
}

test('estimateTokens: nothing is nothing; a longer text is never less', () => {
  assert.equal(estimateTokens(''), 0);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (a, b) => {
      assert.ok(estimateTokens(a + b) >= estimateTokens(a));
    }),
  );
});

test('estimateTokens: remembers 20,000 characters, and knows of those beyond as well what they cost', () => {
  const ideographs = Array.from({ length: 20_100 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
  const once = estimateTokens(ideographs);
  assert.equal(once, 18_090);
  assert.equal(knownChars(), 20_000);
  assert.equal(estimateTokens(ideographs), once);
  assert.equal(knownChars(), 20_000);
});
