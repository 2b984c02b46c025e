import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { didYouMean, editDistance, nearest } from './suggest.ts';

const KEYS = ['name', 'url', 'apiKey', 'scope', 'region', 'deployments', 'type', 'capacity', 'priority', 'weight'];

const CASES: ReadonlyArray<readonly [given: string, want: string | null]> = [
  ['wieght', 'weight'],
  ['WEIGHT', 'weight'],
  ['api_key', 'apiKey'],
  ['api-key', 'apiKey'],
  ['apkey', 'apiKey'],
  ['deployment', 'deployments'],
  ['endpoint', 'url'],
  ['tpm', 'capacity'],
  ['colour', null],
  ['', null],
  ['x'.repeat(100), null],
];

for (const [given, want] of CASES) {
  test(`nearest: ${given.slice(0, 20) || 'nothing'} is taken for ${want}`, () =>
    assert.equal(nearest(given, KEYS), want));
}

test('nearest: a synonym counts only where its key is known', () => assert.equal(nearest('endpoint', ['name']), null));

test('didYouMean: names all that are known where none is near, if they are few', () => {
  assert.equal(didYouMean('wieght', KEYS), 'did you mean weight?');
  assert.equal(didYouMean('colour', ['strip', 'pass']), 'known are strip, pass');
  assert.equal(didYouMean('colour', []), 'see docs/config.md');
  assert.equal(
    didYouMean(
      'colour',
      Array.from({ length: 21 }, (_, i) => `name-${i}`),
    ),
    'see docs/config.md',
  );
});

test('didYouMean: offers nothing that would not print as it is', () => {
  assert.equal(didYouMean('chat', ['ch\u001bat', `${'a1'.repeat(20)}`]), 'see docs/config.md');
});

test('editDistance: is a distance', () => {
  const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance >= Math.abs(a.length - b.length) && distance <= Math.max(a.length, b.length));
    }),
  );
  assert.equal(editDistance('wieght', 'weight'), 1, 'a swap is one slip');
});
