/** Rows of a CSV file (RFC 4180), safe to open in a spreadsheet: what came from a server is never taken for a formula. */

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
