import assert from 'node:assert/strict';
import test from 'node:test';
import { type Cell, csvRow, rowsIn } from './csv.ts';

test('csvRow: quotes what would end a cell or a row, leaves out what there is not, and lets nothing become a formula', () => {
  const rows: ReadonlyArray<readonly [cells: readonly Cell[], want: string]> = [
    [['a', 1, true, null, 0.5], 'a,1,true,,0.5\n'],
    [['a,b', 'c"d"e', 'e\nf', 'g\rh'], '"a,b","c""d""e","e\nf","g\rh"\n'],
    [['=1+1', '+1', '-1', '@x', '\tx'], "'=1+1,'+1,'-1,'@x,'\tx\n"],
    [[-1], '-1\n'],
    [[], '\n'],
  ];
  for (const [cells, want] of rows) assert.equal(csvRow(cells), want);
});

test('rowsIn: reads back what csvRow writes, whatever is in it and however its lines end', () => {
  const cells = ['a,b', 'c"d"e', 'e\nf', 'g\r\nh', '""', 'plain', '[{"x": "y"}]'];
  const names = cells.map((_, at) => `name ${at}`);
  const want = Object.fromEntries(names.map((name, at) => [name, cells[at]]));
  assert.deepEqual(rowsIn(csvRow(names) + csvRow(cells)), [want]);
  const rows: ReadonlyArray<readonly [text: string, want: ReturnType<typeof rowsIn>]> = [
    ['', []],
    ['a,b\n', []],
    ['a,b\n1,\n', [{ a: '1', b: null }]],
    [
      'a,b\r\n1,2\r\n3',
      [
        { a: '1', b: '2' },
        { a: '3', b: null },
      ],
    ],
    ['a\n"cut', [{ a: 'cut' }]],
  ];
  for (const [text, wanted] of rows) assert.deepEqual(rowsIn(text), wanted, JSON.stringify(text));
  const long = '"'.repeat(1_000_000);
  assert.deepEqual(rowsIn(`a\n${csvRow([long])}`), [{ a: long }]);
});
