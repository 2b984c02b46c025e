/** CSV, and its kin with other delimiters, to one table; whoever cuts it tells its head again. Source: RFC 4180. */
import type { BlockList } from './blocks.ts';

type Row = readonly string[];

export function readCsv(text: string, to: BlockList): void {
  to.table(parseCsv(text, delimiterOf(text)));
}

/** The one that divides the first line most often, what is in quotes left out. */
export function delimiterOf(text: string): string {
  const line = (text.split(/\r?\n/, 1)[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: line.split(mark).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}

/** A quote that never closes holds the rest of the text: nothing is lost. Rows without any text are left out. */
export function parseCsv(text: string, delimiter: string): readonly Row[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    const field = text[at] === '"' ? quoted(text, at) : { text: '', next: at };
    const end = endOfField(text, field.next, delimiter);
    row.push((field.text + text.slice(field.next, end)).trim());
    at = end + 1;
    if (text[end] === delimiter) continue;
    if (text[end] === '\r' && text[at] === '\n') at++;
    rows.push(row);
    row = [];
  }
  return [...rows, row].filter((cells) => cells.some((cell) => cell !== ''));
}

function endOfField(text: string, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

/** @param from Of the opening quote. @returns what is within, and the place behind the closing one. */
function quoted(text: string, from: number): { readonly text: string; readonly next: number } {
  const parts: string[] = [];
  for (let at = from + 1; ; ) {
    const close = text.indexOf('"', at);
    if (close === -1) return { text: parts.join('') + text.slice(at), next: text.length };
    parts.push(text.slice(at, close));
    if (text[close + 1] !== '"') return { text: parts.join(''), next: close + 1 };
    parts.push('"');
    at = close + 2;
  }
}
