/** Tables, as far as lines tell: rows in succession whose fragments stand below one another. Rules drawn around them are not looked at. */
import type { Row } from './page.ts';

const ROWS_MIN = 2;
const COLUMNS_MAX = 30;

export interface TableRun {
  /** Rows taken from the beginning of what was given. */
  readonly taken: number;
  readonly cells: readonly (readonly string[])[];
}

interface Column {
  left: number;
  right: number;
}

/** @returns the table that `rows` begin with, or null. */
export function tableAt(rows: readonly Row[]): TableRun | null {
  const taken = runLength(rows);
  const run = rows.slice(0, taken);
  if (run.filter(({ fragments }) => fragments.length > 1).length < ROWS_MIN) return null;
  const columns = columnsOf(run);
  const most = Math.max(...run.map(({ fragments }) => fragments.length));
  // Gaps that do not stand below one another merge into fewer columns than there are fragments: justified prose, not a table.
  if (columns.length < 2 || columns.length > COLUMNS_MAX || columns.length < most) return null;
  return { taken, cells: withContinuations(run, columns) };
}

/** Rows of several fragments; between them, rows of one that go on a cell. */
function runLength(rows: readonly Row[]): number {
  let length = 0;
  for (const [i, row] of rows.entries()) {
    const above = rows[i - 1];
    if (above !== undefined && isApart(above, row)) break;
    if (row.fragments.length > 1) length = i + 1;
    else if (i === 0 || !isContinuation(rows, i)) break;
  }
  return length;
}

/** Lines further apart than rows of one table are. Of the font's size. */
const APART = 3.2;

function isApart(above: Row, row: Row): boolean {
  return above.y - row.y > APART * (row.fragments[0]?.size ?? 10);
}

/** The rest of a cell stands within a column that is not the first, close below. */
function isContinuation(rows: readonly Row[], at: number): boolean {
  const fragment = rows[at]?.fragments[0];
  const above = rows[at - 1]?.fragments;
  const first = above?.[0];
  if (fragment === undefined || above === undefined || first === undefined) return false;
  return fragment.left >= first.right || (above.length === 1 && Math.abs(first.left - fragment.left) < 2);
}

function columnsOf(rows: readonly Row[]): readonly Column[] {
  const spans = rows.flatMap(({ fragments }) => fragments).toSorted((a, b) => a.left - b.left);
  const columns: Column[] = [];
  for (const { left, right } of spans) {
    const last = columns.at(-1);
    if (last !== undefined && left < last.right) last.right = Math.max(last.right, right);
    else columns.push({ left, right });
  }
  return columns;
}

function withContinuations(rows: readonly Row[], columns: readonly Column[]): readonly (readonly string[])[] {
  const table: string[][] = [];
  for (const { fragments } of rows) {
    const cells = columns.map(({ left, right }) =>
      fragments
        .filter((fragment) => fragment.left >= left - 0.5 && fragment.left < right)
        .map(({ text }) => text.trim())
        .join(' '),
    );
    const above = table.at(-1);
    if (fragments.length > 1 || above === undefined) table.push(cells);
    else for (const [i, text] of cells.entries()) if (text !== '') above[i] = `${above[i] ?? ''} ${text}`.trim();
  }
  return table;
}
