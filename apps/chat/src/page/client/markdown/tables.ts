/** Rows of tables. Citations that were put behind a row belong to its last cell. */
import type { Align } from './nodes.ts';

const MARKS_BEHIND = /(\|)[ \t]*((?:\uE000\d+\uE001|[\uE002\uE003])+)[ \t]*$/;

export function cellsOf(line: string): readonly string[] {
  const cells: string[] = [];
  const row = line.replace(MARKS_BEHIND, '$2$1').trim();
  let from = row.startsWith('|') ? 1 : 0;
  for (let at = from; at <= row.length; at++) {
    if (row[at] === '\\') at++;
    else if (at >= row.length || row[at] === '|') {
      if (at < row.length || from < row.length) cells.push(row.slice(from, at).trim().replaceAll('\\|', '|'));
      from = at + 1;
    }
  }
  // A lone backslash at the end took the end with it.
  if (from < row.length) cells.push(row.slice(from).trim());
  return cells;
}

const DELIMITERS = /^[ \t|:-]+$/;

/** @returns Of each column; null: the two lines do not begin a table. */
export function alignsOf(head: string, below: string): readonly Align[] | null {
  if (!head.includes('|') || !below.includes('|') || !DELIMITERS.test(below)) return null;
  const cells = cellsOf(below);
  if (!cells.every((cell) => /^:?-+:?$/.test(cell)) || cells.length !== cellsOf(head).length) return null;
  return cells.map((cell) => {
    if (!cell.endsWith(':')) return cell.startsWith(':') ? 'left' : null;
    return cell.startsWith(':') ? 'center' : 'right';
  });
}
