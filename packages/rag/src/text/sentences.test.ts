import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sentencesIn } from './sentences.ts';

const cut = (text: string) => sentencesIn(text).map(({ start, end }) => text.slice(start, end));

const TABLE: ReadonlyArray<readonly [name: string, text: string, want: readonly string[]]> = [
  ['stops of all kinds', 'One. Two! Three? Four', ['One.', 'Two!', 'Three?', 'Four']],
  ['abbreviations end nothing', 'See No. 5, e.g. Dr. Smith. Done.', ['See No. 5, e.g. Dr. Smith.', 'Done.']],
  ['German abbreviations', 'Das gilt z. B. Sonntags. Ende.', ['Das gilt z. B. Sonntags.', 'Ende.']],
  ['decimals and dates', 'It is 3.50 on 2026.11.21. Yes.', ['It is 3.50 on 2026.11.21.', 'Yes.']],
  [
    'numbers of items, days of months',
    '1. Pay. 2. Go.\nAm 3. Mai. Code 4. Then',
    ['1. Pay.', '2. Go.', 'Am 3. Mai.', 'Code 4.', 'Then'],
  ],
  ['lines are sentences', '- One\n- Two', ['- One', '- Two']],
  ['Japanese stops', '一つ。二つ。', ['一つ。', '二つ。']],
  ['blanks alone', ' \n\t ', []],
];

for (const [name, text, want] of TABLE) {
  test(`sentencesIn: ${name}`, () => assert.deepEqual(cut(text), want));
}

test('sentencesIn: of a part, places are those of the whole text', () => {
  assert.deepEqual(sentencesIn('xxx One. Two. yyy', 4, 13), [
    { start: 4, end: 8 },
    { start: 9, end: 13 },
  ]);
});

test('sentencesIn: for any text, loses nothing but blanks', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '. ', '!', '\n', ' ', '1', 'e.g. ', '[S1]', '。') });
  fc.assert(
    fc.property(text, (some) => {
      let from = 0;
      for (const { start, end } of sentencesIn(some)) {
        assert.ok(start < end && some.slice(from, start).trim() === '');
        from = end;
      }
      assert.equal(some.slice(from).trim(), '');
    }),
  );
});
