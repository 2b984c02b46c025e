/** The table as text for a terminal, and as Markdown between two marks of a document. Pure. */
import { COLUMNS, type ColumnName, type Row, type Target } from './table.ts';

/** What the figures hold for. */
export interface Circumstances {
  /** ISO date. */
  readonly date: string;
  /** CPU, memory, kernel; nothing that names the machine. */
  readonly machine: string;
  readonly node: string;
  readonly nginx: string;
  readonly rounds: number;
}

const HEADER = ['measure', 'gateway ×', 'target', 'undici ×', 'nginx', 'undici', 'gateway', 'core %'];
const UNKNOWN = '–';
const GAP = '  ';

const LEGEND = [
  '×: times nginx; the median of the ratios of each round, in which all are measured in turn.',
  'undici: a bare node:http + undici proxy, what the libraries alone cost.',
  'core %: share of their core that nginx/undici/gateway used. nginx writes no access log.',
  'added p50: latency beyond that of the backend without a proxy.',
  'memory: growth of a fresh, warmed-up process from none to 1,000 streams of 20 events/s, by stream.',
];

/** Lines of the table for a terminal, at most 100 columns wide. */
export function renderText(rows: readonly Row[], about: Circumstances, remarks: readonly string[]): string {
  const cells = [HEADER, ...rows.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, column))
      .join(GAP)
      .trimEnd(),
  );
  lines.splice(1, 0, '-'.repeat(Math.max(...lines.map((line) => line.length))));
  return [...lines, '', captionOf(about), ...LEGEND, ...remarks.map((remark) => `! ${remark}`), ''].join('\n');
}

/** The same for docs/performance.md. */
export function renderMarkdown(rows: readonly Row[], about: Circumstances, remarks: readonly string[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = HEADER.map((_, column) => (isText(column) ? '---' : '---:'));
  const table = [line(HEADER), line(rule), ...rows.map((row) => line(cellsOf(row)))];
  const list = [captionOf(about), ...LEGEND, ...remarks].map((text) => `- ${text}`);
  return [...table, '', ...list].join('\n');
}

function captionOf({ date, machine, node, nginx, rounds }: Circumstances): string {
  return `${date}, ${machine}, Node ${node}, nginx ${nginx}, median of ${rounds} round${rounds === 1 ? '' : 's'}.`;
}

/** Ratios first, then the figures themselves. */
function cellsOf(row: Row): readonly string[] {
  const figure = (column: ColumnName): string => withUnit(row.cells[column].figure, row.unit);
  return [
    row.title,
    times(row.cells.gateway.timesNginx),
    targetText(row.target, row.unit, row.met),
    times(row.cells.undici.timesNginx),
    figure('nginx'),
    figure('undici'),
    figure('gateway'),
    coreShares(row),
  ];
}

function targetText(target: Target | null, unit: string, met: boolean | null): string {
  if (target === null) return '';
  const limit = target.kind === 'timesNginx' ? `≤ ${target.max} ×` : `≤ ${target.max} ${unit}`;
  return met === null ? limit : `${limit} ${met ? 'met' : 'missed'}`;
}

function times(ratio: number | null): string {
  return ratio === null ? UNKNOWN : ratio.toFixed(2);
}

function withUnit(value: number | null, unit: string): string {
  if (value === null) return UNKNOWN;
  return `${Math.abs(value) < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US')} ${unit}`;
}

function coreShares(row: Row): string {
  const shares = COLUMNS.map((column) => row.cells[column].coreShare);
  return shares.map((share) => (share === null ? UNKNOWN : Math.round(share * 100))).join('/');
}

/** Title and target are read from the left, figures from the right. */
function isText(column: number): boolean {
  return column === 0 || column === 2;
}

function pad(text: string, width: number, column: number): string {
  return isText(column) ? text.padEnd(width) : text.padStart(width);
}

export const TABLE_BEGIN = '<!-- bench:begin (written by npm run bench -- --write) -->';
export const TABLE_END = '<!-- bench:end -->';

/** `document` with `table` between the marks in place of what stood there; null when it does not have both marks, in order. */
export function withTable(document: string, table: string): string | null {
  const begin = document.indexOf(TABLE_BEGIN);
  const end = document.indexOf(TABLE_END);
  if (begin < 0 || end < begin) return null;
  return `${document.slice(0, begin + TABLE_BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}
