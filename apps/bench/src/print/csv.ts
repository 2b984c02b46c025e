/** Rows of a CSV file (RFC 4180), written and read back; safe to open in a spreadsheet: what came from a server is never taken for a formula. */

export type Cell = string | number | boolean | null;

/** With its line end. null is an empty cell. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\n`;
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  // A spreadsheet would compute what begins like this. Source: OWASP, "CSV Injection".
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** By the names of the first row. Empty cells are null; all else stays text. */
export function rowsIn(text: string): ReadonlyArray<Readonly<Record<string, string | null>>> {
  const [head = [], ...rows] = cellsIn(text);
  return rows.map((cells) =>
    Object.fromEntries(head.map((name, at) => [name, (cells[at] ?? '') === '' ? null : (cells[at] ?? null)])),
  );
}

/** Cells may be long: it goes from mark to mark, not from character to character. */
function cellsIn(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? quotedAt(text, at) : plainAt(text, at);
    row.push(cell);
    const isLine = text[end] !== ',';
    at = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
    if (!isLine && at < text.length) continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

interface CellAt {
  readonly cell: string;
  /** Where what ends it stands. */
  readonly end: number;
}

function plainAt(text: string, from: number): CellAt {
  MARK.lastIndex = from;
  const end = MARK.exec(text)?.index ?? text.length;
  return { cell: text.slice(from, end), end };
}

const MARK = /[,\r\n]/g;

function quotedAt(text: string, from: number): CellAt {
  let to = text.indexOf('"', from + 1);
  while (to >= 0 && text[to + 1] === '"') to = text.indexOf('"', to + 2);
  const end = to < 0 ? text.length : to;
  return { cell: text.slice(from + 1, end).replaceAll('""', '"'), end: Math.min(text.length, end + 1) };
}
