import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdsNumbers } from './numbers.ts';

const TABLE: ReadonlyArray<readonly [text: string, wanted: readonly string[], want: boolean]> = [
  ['It costs 25 euros [S1].', ['25'], true],
  ['It costs 250 euros.', ['25'], false],
  ['1,200 euros', ['1200'], true],
  ['1.200 Euro', ['1200'], true],
  ['1 200 euros', ['1200'], true],
  ['1’200 Franken', ['1200'], true],
  ['1,200.50', ['1200.5'], true],
  ['1.200,50', ['1200.5'], true],
  ['2.40 euros', ['2.4'], true],
  ['2,40 Euro', ['2.4'], true],
  ['2.40 euros', ['240'], false],
  ['version 5.2', ['5.2'], true],
  ['30 days then, 7 days now', ['7', '30'], true],
  ['30 days then', ['7', '30'], false],
  ['rooms 3 4', ['3', '4'], true],
  ['seven', ['7'], false],
  ['', [], true],
];
for (const [text, wanted, want] of TABLE) {
  test(`holdsNumbers: ${wanted.join(' and ') || 'nothing'} in “${text}”: ${want}`, () => {
    assert.equal(holdsNumbers(text, wanted), want);
  });
}
