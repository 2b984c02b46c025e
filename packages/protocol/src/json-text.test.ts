import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Passing, skipString, skipValue, stringEnd } from './json-text.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The same, one by one. */
function slowEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    if (bytes[i] === 0x5c) i++;
    else if (bytes[i] === 0x22) return i;
  }
  return -1;
}

test('stringEnd: finds the quote that a look at each byte finds, and none behind the end (seed 65)', () => {
  const any = fc.string({ unit: fc.constantFrom('"', '\\', 'x', 'é'), maxLength: 400 });
  const long = fc.tuple(fc.nat({ max: 400 }), any).map(([length, text]) => 'x'.repeat(length) + text);
  fc.assert(
    fc.property(long, fc.nat({ max: 800 }), (text, at) => {
      const bytes = bytesOf(text);
      const to = Math.min(at, bytes.length);
      assert.equal(stringEnd(bytes, 0, to), slowEnd(bytes, 0, to));
      assert.equal(stringEnd(bytes, 0), slowEnd(bytes, 0, bytes.length));
    }),
    { seed: 65, numRuns: 1_000 },
  );
});

test('skipString: ends behind the closing quote, or nowhere', () => {
  assert.equal(skipString(bytesOf('"ab" '), 0), 4);
  assert.equal(skipString(bytesOf('"ab'), 0), -1);
});

class Told implements Passing {
  items = 0;
  readonly told: string[] = [];

  longString(_bytes: Uint8Array, start: number, end: number): void {
    this.told.push(`string of ${end - start}`);
  }

  key(bytes: Uint8Array, start: number): void {
    this.told.push(new TextDecoder().decode(bytes.subarray(start, start + 9)));
  }
}

const PASSED: ReadonlyArray<readonly [name: string, value: unknown, items: number, told: readonly string[]]> = [
  [
    'messages',
    [
      { role: 'user', content: 'hi' },
      { role: 'user', content: [{ type: 'text' }] },
    ],
    2,
    [],
  ],
  ['texts', ['one', 'two'], 0, []],
  ['a text by itself', 'x'.repeat(300), 0, []],
  ['a long text', [{ content: 'x'.repeat(256) }], 1, ['string of 256']],
  ['a text that is not long', [{ content: 'x'.repeat(255) }], 1, []],
  ['a picture', [{ content: [{ type: 'image_url', image_url: { url: 'u' } }] }], 1, ['image_url']],
  ['a key as long as that', [{ nine_long: 1 }], 1, ['nine_long']],
];

for (const [name, value, items, told] of PASSED) {
  test(`skipValue: tells what it passes: ${name}`, () => {
    const bytes = bytesOf(JSON.stringify(value));
    const passing = new Told();
    assert.equal(skipValue(bytes, 0, passing), bytes.length);
    assert.deepEqual({ items: passing.items, told: passing.told }, { items, told });
  });
}
