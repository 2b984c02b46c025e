import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersIn, numbersWritten } from './numbers.ts';

const TABLE: ReadonlyArray<readonly [text: string, want: readonly string[]]> = [
  ['100 euros in 14 days', ['100', '14']],
  ['1,200.50', ['1200.5']],
  ['1.200,50', ['1200.5']],
  ['1 200,50', ['1200.5']],
  ['1’200', ['1200']],
  ['12,345,678', ['12345678']],
  ['1.250', ['1250', '1.25']],
  ['2.50', ['2.5']],
  ['100.00', ['100']],
  ['007', ['7']],
  ['2026-11-21', ['2026', '11', '21']],
  ['1.2.3', ['1', '2', '3']],
  ['rooms 12 14', ['12', '14']],
  ['none', []],
];

for (const [text, want] of TABLE) {
  test(`numbersIn: ${text}`, () => assert.deepEqual(numbersIn(text), want));
}

test('numbersWritten: small numbers in words count as numbers', () => {
  assert.deepEqual(numbersWritten(['fourteen', 'drei', 'doce', 'cat']), ['14', '3', '12']);
});
