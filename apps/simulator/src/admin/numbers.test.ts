import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNumbers } from './numbers.ts';

const RULES = {
  seconds: { low: 0, above: true, high: 10 },
  tokens: { low: 0, high: 5, whole: true, optional: true },
} as const;

const READ: ReadonlyArray<readonly [body: unknown, want: unknown]> = [
  [{ seconds: 0.5 }, { seconds: 0.5 }],
  [{ seconds: 10, tokens: null }, { seconds: 10 }],
  [
    { seconds: 10, tokens: 0 },
    { seconds: 10, tokens: 0 },
  ],
  [undefined, ['seconds: is missing; give a number above 0 and at most 10']],
  [[1], ['body: expected a JSON object with seconds, tokens']],
  [{ seconds: 0 }, ['seconds: 0 is not above 0 and at most 10']],
  [
    { seconds: '1', tokens: 1.5, more: 1 },
    [
      'more: is unknown; known are seconds, tokens',
      'seconds: "1" is not above 0 and at most 10',
      'tokens: 1.5 is not a whole number from 0 to 5',
    ],
  ],
];

for (const [body, want] of READ) {
  test(`readNumbers: ${JSON.stringify(body) ?? 'nothing'} is ${JSON.stringify(want)}`, () => {
    const read = readNumbers(body, RULES);
    assert.deepEqual(read.kind === 'numbers' ? read.numbers : read.errors, want);
  });
}
