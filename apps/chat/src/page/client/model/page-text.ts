/** Text of a document as it was read, for people: tables, which stand in it as Markdown, become rows again. */

export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'table';
      /** null: the cut begins below its head. */
      readonly head: readonly string[] | null;
      readonly rows: readonly (readonly string[])[];
      /** Of each column: its cells are figures, and stand at the right. */
      readonly isNumber: readonly boolean[];
    };

const ROW = /^\|.*\|$/;
const RULE = /^\|(?:\s*:?-+:?\s*\|)+$/;
/** 1,234.50 €, −3 %, 14–16, 2026-11-21 */
const FIGURE = /^[-−+]?[\p{Sc}\s]*\d[\d.,:'\s/–-]*(?:%|\p{Sc}|[a-zA-Z]{1,3})?$/u;

/** In order; put together again they are the text, but for the rules below heads. */
export function piecesOfPage(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let lines: string[] = [];
  let isTable = false;
  const end = (): void => {
    if (lines.length > 0) pieces.push(isTable ? table(lines) : { kind: 'text', text: lines.join('\n') });
    lines = [];
  };
  for (const line of text.split('\n')) {
    const isRow = ROW.test(line.trim());
    if (isRow !== isTable) end();
    isTable = isRow;
    lines.push(line);
  }
  end();
  return pieces;
}

function table(lines: readonly string[]): TextPiece {
  const hasHead = RULE.test(lines[1]?.trim() ?? '');
  const all = lines.filter((line) => !RULE.test(line.trim())).map(cellsOf);
  const head = hasHead ? (all[0] ?? null) : null;
  const rows = hasHead ? all.slice(1) : all;
  const width = Math.max(0, ...all.map(({ length }) => length));
  const isNumber = Array.from({ length: width }, (_, i) => isFigures(rows.map((row) => row[i] ?? '')));
  return { kind: 'table', head, rows, isNumber };
}

/** A bar within a cell is escaped. */
function cellsOf(line: string): readonly string[] {
  const inner = line.trim().replace(/^\||\|$/g, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function isFigures(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== '');
  return filled.length > 0 && filled.every((cell) => FIGURE.test(cell));
}
