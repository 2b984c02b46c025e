import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededUnit } from '@spillway/clock';
import { writeProse } from './prose.ts';

test('writeProse: writes whole sentences, in characters that JSON takes as they are', () => {
  for (let seed = 0; seed < 200; seed++) {
    const text = writeProse(seededUnit(seed), null).tokens.join('');
    assert.match(text, /^[A-Z][A-Za-z]*( [A-Za-z]+)+\.( [A-Z][A-Za-z]*( [A-Za-z]+)+\.)*$/);
    assert.equal(JSON.stringify(text), `"${text}"`);
  }
});

test('writeProse: lengths are plausible: a middle of some fifty tokens, none very short or very long', () => {
  const lengths = Array.from({ length: 2000 }, (_, seed) => writeProse(seededUnit(seed), null).tokens.length);
  lengths.sort((a, b) => a - b);
  assert.ok((lengths[0] ?? 0) >= 8, `shortest ${lengths[0]}`);
  assert.ok((lengths.at(-1) ?? 0) <= 420, `longest ${lengths.at(-1)}`);
  assert.ok(Math.abs((lengths[1000] ?? 0) - 54) < 10, `middle ${lengths[1000]}`);
});

test('writeProse: a limit that is met exactly is no cut', () => {
  const whole = writeProse(seededUnit(3), null);
  assert.deepEqual(writeProse(seededUnit(3), whole.tokens.length), whole);
  const cut = writeProse(seededUnit(3), whole.tokens.length - 1);
  assert.deepEqual([cut.finish, cut.tokens], ['length', whole.tokens.slice(0, -1)]);
});
