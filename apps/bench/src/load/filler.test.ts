import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { encode as cl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as o200k } from 'gpt-tokenizer/encoding/o200k_base';
import { FILLER_TOKENS_MAX, fillerOf } from './filler.ts';
import { WORDS } from './words.ts';

const ENCODINGS = [
  ['o200k', (text: string) => o200k(text).length],
  ['cl100k', (text: string) => cl100k(text).length],
] as const;

for (const [name, count] of ENCODINGS) {
  test(`fillerOf: exactly as many tokens as wanted, by ${name}`, () => {
    for (const tokens of [0, 1, 2, 3, 17, 500, 1_993, 20_000]) {
      assert.equal(count(fillerOf(tokens, seededUnit(tokens), count)), tokens);
    }
  });

  test(`WORDS: each is one token behind a blank, by ${name}`, () => {
    assert.deepEqual(
      WORDS.filter((word) => count(` ${word}`) !== 1),
      [],
    );
    assert.equal(new Set(WORDS).size, WORDS.length);
    assert.ok(WORDS.length > 500);
  });
}

test('fillerOf: a tokenizer that counts far more than words is still obeyed: never longer than wanted', () => {
  const letters = (text: string): number => text.length;
  for (const tokens of [1, 5, 40, 400]) {
    const text = fillerOf(tokens, seededUnit(9), letters);
    assert.ok(text.length <= tokens, `${text.length} of ${tokens}`);
  }
});

test('fillerOf: counts a long text a few times only', () => {
  let counted = 0;
  const words = (text: string): number => {
    counted++;
    return text === '' ? 0 : text.split(' ').length;
  };
  fillerOf(100_000, seededUnit(1), words);
  assert.ok(counted < 40, `${counted} times`);
});

test('fillerOf: refuses more than any model takes', () => {
  assert.throws(() => fillerOf(FILLER_TOKENS_MAX + 1, seededUnit(1), (text) => text.length), /at most 2000000/);
});
