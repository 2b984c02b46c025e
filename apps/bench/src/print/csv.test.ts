import assert from 'node:assert/strict';
import test from 'node:test';
import { type Cell, csvRow } from './csv.ts';

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
