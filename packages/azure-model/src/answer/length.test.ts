import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { askedLength, type Length, usualTokens } from './length.ts';

const TABLE: ReadonlyArray<readonly [text: string, unit: Length['unit'] | null, count: number]> = [
  ['Explain TCP in 40 words', 'words', 40],
  ['a 100-word summary', 'words', 100],
  ['Write a long essay about life in at least 500 tokens.', 'tokens', 500],
  ['in 3 sentences, please', 'sentences', 3],
  ['write 1,000 words', 'words', 1000],
  ['write 99999 tokens', 'tokens', 20_000],
  ['in 0 words', null, 0],
  ['in a few words', null, 0],
  ['room 12, passwords', null, 0],
  ['', null, 0],
];

for (const [text, unit, count] of TABLE) {
  test(`askedLength: '${text}' asks for ${unit === null ? 'no length' : `${count} ${unit}`}`, () => {
    assert.deepEqual(askedLength(text), unit === null ? null : { unit, count });
  });
}

test('askedLength: looks at the end of a long text alone', () => {
  assert.equal(askedLength(`in 40 words${' x'.repeat(5000)}`), null);
  assert.deepEqual(askedLength(`${'x '.repeat(5000)}in 40 words`), { unit: 'words', count: 40 });
});

test('usualTokens: a middle near the median, none very short or very long', () => {
  const lengths = Array.from({ length: 2000 }, (_, seed) => usualTokens(50, seededUnit(seed)));
  lengths.sort((a, b) => a - b);
  assert.ok((lengths[0] ?? 0) >= 8, `shortest ${lengths[0]}`);
  assert.ok((lengths.at(-1) ?? 0) <= 400, `longest ${lengths.at(-1)}`);
  assert.ok(Math.abs((lengths[1000] ?? 0) - 50) < 6, `middle ${lengths[1000]}`);
  assert.equal(usualTokens(0, seededUnit(1)), 1);
});
