import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { writeProse } from './prose.ts';

const LONG = { unit: 'tokens', count: 60 } as const;

test('writeProse: writes whole sentences, in characters that JSON takes as they are', () => {
  for (let seed = 0; seed < 200; seed++) {
    const text = writeProse(seededUnit(seed), LONG, null).tokens.join('');
    assert.match(text, /^[A-Z][A-Za-z]*( [A-Za-z]+)+\.( [A-Z][A-Za-z]*( [A-Za-z]+)+\.)*$/);
    assert.equal(JSON.stringify(text), `"${text}"`);
  }
});

for (const [limit, least] of [
  [10, 8],
  [100, 95],
  [10_000, 9993],
] as const) {
  test(`writeProse: what goes on to a limit of ${limit} comes near it (simulator reference S §1.16)`, () => {
    const endless = { unit: 'tokens', count: Number.POSITIVE_INFINITY } as const;
    const { tokens, finish } = writeProse(seededUnit(1), endless, limit);
    assert.ok(tokens.length >= least && tokens.length <= limit, `${tokens.length}`);
    assert.equal(finish, 'length');
  });
}

test('writeProse: writes exactly so many words, at least so many tokens, so many sentences', () => {
  for (let seed = 0; seed < 100; seed++) {
    const words = writeProse(seededUnit(seed), { unit: 'words', count: 40 }, null).tokens.join('');
    assert.equal(words.split(' ').length, 40, words);
    assert.ok(words.endsWith('.'));
    const { tokens } = writeProse(seededUnit(seed), { unit: 'tokens', count: 100 }, null);
    assert.ok(tokens.length >= 100 && tokens.length < 125, `${tokens.length}`);
    const sentences = writeProse(seededUnit(seed), { unit: 'sentences', count: 3 }, null).tokens;
    assert.equal(sentences.filter((token) => token === '.').length, 3);
  }
});

test('writeProse: a limit that is met exactly is no cut', () => {
  const whole = writeProse(seededUnit(3), LONG, null);
  assert.deepEqual(writeProse(seededUnit(3), LONG, whole.tokens.length), whole);
  const cut = writeProse(seededUnit(3), LONG, whole.tokens.length - 1);
  assert.deepEqual([cut.finish, cut.tokens], ['length', whole.tokens.slice(0, -1)]);
});
