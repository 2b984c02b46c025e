import assert from 'node:assert/strict';
import test from 'node:test';
import { BlockList } from '../blocks.ts';
import { EXTRACT_LIMITS } from '../limits.ts';
import { addPages } from './blocks.ts';
import type { Item, Row } from './page.ts';
import { tableAt } from './tables.ts';

function rowOf(y: number, columns: number): Row {
  const fragments = Array.from({ length: columns }, (_, i) => {
    return { text: `c${i}`, left: 100 * i, right: 100 * i + 40, y, size: 10, font: 'f' };
  });
  return { y, fragments };
}

test('tableAt: rows of 30 columns are a table, of 31 none', () => {
  const rows = (columns: number) => [rowOf(700, columns), rowOf(688, columns)];
  assert.deepEqual(
    tableAt(rows(30))?.cells.map(({ length }) => length),
    [30, 30],
  );
  assert.equal(tableAt(rows(31)), null);
});

/** @returns how many rows each table has that is found on a page of so many. */
function tablesOf(rows: number): readonly number[] {
  const height = 12 * rows + 200;
  const items = Array.from({ length: rows }, (_, row) =>
    [60, 250, 440].map((x, column): Item => {
      return { text: `r${row}c${column}`, x, y: height - 100 - 12 * row, width: 60, size: 10, font: 'f' };
    }),
  );
  const to = new BlockList(EXTRACT_LIMITS);
  addPages([{ number: 1, width: 600, height, items: items.flat() }], to);
  // The line below the head is no row.
  return to.blocks.filter(({ kind }) => kind === 'table').map(({ text }) => text.split('\n').length - 1);
}

test('addPages: 200 rows are one table; those beyond are looked at for another', () => {
  assert.deepEqual(tablesOf(200), [200]);
  assert.deepEqual(tablesOf(203), [200, 3]);
});
