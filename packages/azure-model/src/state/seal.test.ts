import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Seal } from './seal.ts';

const NOW_MS = 1_772_323_198_987.25;

test('Seal: looks like the content of Azure, and is the same for the same content and second', () => {
  const sealed = new Seal(1).seal({ id: 'rs_1' }, NOW_MS);
  assert.match(sealed, /^gAAAAAB[A-Za-z0-9_-]{60,}=*$/);
  assert.equal(sealed, new Seal(1).seal({ id: 'rs_1' }, NOW_MS + 10));
  assert.equal(sealed.includes('rs_1'), false);
});

test('Seal: opens what it sealed, and nothing else: seed 7', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer(), fc.integer(), (content, secret, other) => {
      const sealed = new Seal(secret).seal(content, NOW_MS);
      assert.deepEqual(new Seal(secret).open(sealed), JSON.parse(JSON.stringify(content)));
      if ((secret | 0) !== (other | 0)) assert.equal(new Seal(other).open(sealed), undefined);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('Seal: notices each change of a character: seed 7', () => {
  const sealed = new Seal(1).seal({ text: 'Ünder the weir 😀' }, NOW_MS);
  // The last characters before the padding hold bits that say nothing.
  const place = fc.integer({ min: 0, max: sealed.replace(/=+$/, '').length - 2 });
  fc.assert(
    fc.property(place, fc.constantFrom('A', 'b', '7', '-', '.', 'é'), (at, by) => {
      if (sealed[at] === by) return;
      assert.equal(new Seal(1).open(`${sealed.slice(0, at)}${by}${sealed.slice(at + 1)}`), undefined);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('Seal: opens no text that is too short, or of other letters', () => {
  for (const text of ['', 'gAAAAAB', 'gAAAAABx', 'ä'.repeat(100), 'A'.repeat(200)]) {
    assert.equal(new Seal(1).open(text), undefined);
  }
});
