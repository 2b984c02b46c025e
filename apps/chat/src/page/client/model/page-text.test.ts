import assert from 'node:assert/strict';
import { test } from 'node:test';
import { piecesOfPage } from './page-text.ts';

test('piecesOfPage: a table has its head, its rows, and its figures at the right', () => {
  const text =
    'Prices.\n\n| flat | sleeps | a night |\n| --- | :-: | --: |\n| Row 1 | 4 | 92.50 € |\n| Row 2 | 2 |  |\n\nTax extra.';
  assert.deepEqual(piecesOfPage(text), [
    { kind: 'text', text: 'Prices.\n' },
    {
      kind: 'table',
      head: ['flat', 'sleeps', 'a night'],
      rows: [
        ['Row 1', '4', '92.50 €'],
        ['Row 2', '2', ''],
      ],
      isNumber: [false, true, true],
    },
    { kind: 'text', text: '\nTax extra.' },
  ]);
});

test('piecesOfPage: rows without their head are rows all the same, and a bar in a cell stays in it', () => {
  assert.deepEqual(piecesOfPage('| a \\| b | 1 |\n| c | 12:30 |'), [
    {
      kind: 'table',
      head: null,
      rows: [
        ['a | b', '1'],
        ['c', '12:30'],
      ],
      isNumber: [false, true],
    },
  ]);
});

for (const text of ['', 'plain', 'a | b', '| not closed', 'one\n\ntwo'])
  test(`piecesOfPage: ${JSON.stringify(text)} is text and stays as it is`, () =>
    assert.deepEqual(piecesOfPage(text), [{ kind: 'text', text }]));

test('piecesOfPage: a long line of bars is no trouble', () => {
  assert.equal(piecesOfPage('|'.repeat(50_000)).length, 1);
  assert.equal(piecesOfPage(`|${' - |'.repeat(20_000)}x`).length, 1);
});
