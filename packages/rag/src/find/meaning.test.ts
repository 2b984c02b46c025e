import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokeniseMeaning } from '../text/words.ts';
import { MEANING_PAIRS, MEANING_SHARE_MIN, meaningShare } from './meaning.ts';

/** What a model does that knows words alone: each run of three letters is one place. */
function byLetters(text: string): Float32Array {
  const vector = new Float32Array(512);
  const letters = ` ${text.toLowerCase()} `;
  for (let i = 0; i + 3 <= letters.length; i++) {
    const hash = [...letters.slice(i, i + 3)].reduce(
      (sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 511,
      7,
    );
    vector[hash] = (vector[hash] ?? 0) + 1;
  }
  return vector;
}

/** A direction for each number. */
function pointing(place: number): Float32Array {
  const vector = new Float32Array(16);
  vector[place] = 1;
  return vector;
}

test('MEANING_PAIRS: the two of a pair share no word of meaning', () => {
  const shared = MEANING_PAIRS.flat().filter(([a, b]) => {
    const words = new Set(a.toLowerCase().match(/[\p{L}]{4,}/gu));
    return (b.toLowerCase().match(/[\p{L}]{4,}/gu) ?? []).some((word) => words.has(word));
  });
  assert.deepEqual(shared, []);
  for (const [a, b] of MEANING_PAIRS[0] ?? []) {
    const words = new Set(tokeniseMeaning(a, 'en'));
    assert.deepEqual(
      tokeniseMeaning(b, 'en').filter((word) => words.has(word)),
      [],
    );
  }
});

test('meaningShare: vectors of letters stay far below the least, in every language', () => {
  for (const pairs of MEANING_PAIRS) {
    const share = meaningShare(pairs.flat().map(byLetters));
    assert.ok(share < MEANING_SHARE_MIN - 0.1, `${pairs[0]?.[0]}: ${share}`);
  }
});

const SHARES: ReadonlyArray<readonly [name: string, places: readonly number[], want: number]> = [
  ['partners agree', [1, 1, 2, 2, 3, 3], 1],
  ['one pair of two', [1, 1, 2, 3], 0.5],
  ['all alike tells nothing', [1, 1, 1, 1], 0],
  ['nothing in common', [1, 2, 3, 4], 0],
  ['strangers agree', [1, 2, 1, 2], 0],
  ['none', [], 0],
];
for (const [name, places, want] of SHARES) {
  test(`meaningShare: ${name}: ${want}`, () => assert.equal(meaningShare(places.map(pointing)), want));
}

test('meaningShare: vectors without length find nothing', () => {
  assert.equal(meaningShare([new Float32Array(4), new Float32Array(4)]), 0);
});
