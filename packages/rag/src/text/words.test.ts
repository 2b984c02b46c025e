import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LANGUAGES, type Language } from './language.ts';
import { languageOf, queryTerms, tokenise, tokeniseMeaning, withoutCommon, wordsOf } from './words.ts';

const WORDS: ReadonlyArray<readonly [name: string, text: string, want: readonly string[]]> = [
  ['case, accents, sharp s', 'Größe ÉTÉ naïve', ['grosse', 'ete', 'naive']],
  ['possessives and elisions', "the guest's keys, l'eau, d’hôtel", ['the', 'guest', 'keys', 'eau', 'hotel']],
  ['composed and decomposed are one', 'cafe\u0301 café', ['cafe', 'cafe']],
  ['wide digits and letters', '１２ Ａ', ['12', 'a']],
  ['numbers and codes', 'v1.2, A4', ['v1', '2', 'a4']],
  ['Korean stays composed', '보증금은', ['보증금은']],
  ['Cyrillic keeps its letters', 'Йод', ['йод']],
  ['no word', ' .,!? ', []],
  ['the first 60 letters of a longer one', 'a'.repeat(61), ['a'.repeat(60)]],
];

for (const [name, text, want] of WORDS) {
  test(`wordsOf: ${name}`, () => assert.deepEqual(wordsOf(text), want));
}

const MEET: ReadonlyArray<readonly [language: Language, a: string, b: string]> = [
  ['en', 'refund', 'refunded'],
  ['en', 'deposits', 'deposit'],
  ['en', 'policy', 'policies'],
  ['en', 'include', 'including'],
  ['en', 'stop', 'stopped'],
  ['de', 'Wohnung', 'Wohnungen'],
  ['de', 'Gast', 'Gastes'],
  ['fr', 'annulation', 'annulations'],
  ['fr', 'animal', 'animaux'],
  ['es', 'mascota', 'mascotas'],
  ['es', 'luz', 'luces'],
  ['fi', 'talo', 'talossa'],
  ['fi', 'talo', 'talon'],
  ['pt', 'reserva', 'reservas'],
  ['pt', 'cancelação', 'cancelações'],
];

for (const [language, a, b] of MEET) {
  test(`tokenise: ${a} and ${b} meet`, () => assert.deepEqual(tokenise(a, language), tokenise(b, language)));
}

test('tokenise: words that differ stay apart', () => {
  const apart = ['universe university', 'bus busy', 'bed bee', 'red ring', 'wing win'];
  for (const pair of apart) {
    const [a, b] = tokenise(pair, 'en');
    assert.notEqual(a, b, pair);
  }
});

test('tokenise: scripts without blanks are cut into pairs, a lone character stays', () => {
  assert.deepEqual(tokenise('보증금은 집', 'ko'), ['보증', '증금', '금은', '집']);
  assert.deepEqual(tokenise('東京都 2026年', null), ['東京', '京都', '年', '2026']);
});

test('tokenise: takes any text, and a run of any length as one short term', () => {
  assert.deepEqual(tokenise('x'.repeat(1e6), 'en'), ['x'.repeat(60)]);
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, fc.constantFrom(null, ...LANGUAGES), (some, language) => {
      for (const term of tokenise(some, language))
        assert.ok(term.length > 0 && !/[\s\p{Lu}]/u.test(term.normalize('NFKC')), term);
    }),
  );
});

test('tokeniseMeaning: leaves out the words that every text has, unless there is nothing else', () => {
  assert.deepEqual(tokeniseMeaning('How much is the deposit?', 'en'), ['much', 'deposit']);
  assert.deepEqual(tokeniseMeaning('What is it?', 'en'), ['what', 'is', 'it']);
});

const TELLING: ReadonlyArray<readonly [question: string, want: string]> = [
  ['How much is the deposit?', 'much deposit'],
  ['Wie hoch ist die Kaution für einen Hund?', 'hoch Kaution Hund'],
  ['Is it open in May?', 'open May'],
  ['May I bring a dog? And what of Will?', 'bring dog Will'],
  ['"Who" wrote: May it be so?', 'wrote'],
  ['What is it?', 'What is it?'],
  ['반려견 보증금은 얼마인가요?', '반려견 보증금은 얼마인가요'],
  ['', ''],
];
for (const [question, want] of TELLING) {
  test(`withoutCommon: ${JSON.stringify(question)} is searched for as ${JSON.stringify(want)}`, () => {
    assert.equal(withoutCommon(question), want);
  });
}

test('queryTerms: a question is cut for each language of the index', () => {
  assert.deepEqual(queryTerms('Wohnungen', ['de', 'en']), ['wohn', 'wohnungen']);
  assert.deepEqual(queryTerms('a a a deposits', ['en']), ['deposit']);
});

const IN: ReadonlyArray<readonly [text: string, want: Language | null]> = [
  ['How much is the deposit for a dog?', 'en'],
  ['Wie hoch ist die Kaution für einen Hund?', 'de'],
  ['Quel est le montant de la caution pour un chien ?', 'fr'],
  ['¿Cuánto es el depósito por un perro?', 'es'],
  ['Kuinka suuri on koiran vakuusmaksu ja milloin se pitää maksaa?', 'fi'],
  ['Quanto é o depósito para um cão e quando pago?', 'pt'],
  ['반려견 보증금은 얼마인가요?', 'ko'],
  ['deposit', null],
  ['', null],
];

for (const [text, want] of IN) {
  test(`languageOf: ${JSON.stringify(text)} is ${want}`, () => assert.equal(languageOf(text), want));
}

test('languageOf: looks at the first 400 words alone', () => {
  const after = (words: number) => languageOf(`${'zzyzx '.repeat(words)}der und`);
  assert.equal(after(398), 'de');
  assert.equal(after(399), null);
});
