/**
 * Reading order of a page: where its text stands in two columns, the left one is read first, between one line over the whole width and
 * the next. Cells of a table stand in columns too: prose fills its column, cells do not.
 */
import type { Fragment, Row } from './page.ts';

/** Empty space between columns, at least. Points. */
const GUTTER_MIN = 8;
/** Lines in each column, at least: fewer are a table, or chance. */
const LINES_MIN = 4;
/** Part of its column's width that the middle line of prose fills. */
const FILLED = 0.6;

/** Runs of rows to be read one after the other. */
export function inReadingOrder(rows: readonly Row[]): readonly (readonly Row[])[] {
  const gutter = gutterOf(rows);
  if (gutter === null) return [rows];
  const parts: Row[][] = [];
  let left: Row[] = [];
  let right: Row[] = [];
  const close = () => {
    parts.push(left, right);
    [left, right] = [[], []];
  };
  for (const row of rows) {
    if (row.fragments.some((fragment) => crosses(fragment, gutter))) {
      close();
      parts.push([row]);
      continue;
    }
    addTo(left, row, (fragment) => fragment.right <= gutter);
    addTo(right, row, (fragment) => fragment.left >= gutter);
  }
  close();
  return parts.filter((part) => part.length > 0);
}

function addTo(column: Row[], row: Row, belongs: (fragment: Fragment) => boolean): void {
  const fragments = row.fragments.filter(belongs);
  if (fragments.length > 0) column.push({ y: fragments[0]?.y ?? row.y, fragments });
}

function crosses(fragment: Fragment, gutter: number): boolean {
  return fragment.left < gutter && fragment.right > gutter;
}

/** The middle of the gutter; null: one column. */
function gutterOf(rows: readonly Row[]): number | null {
  const fragments = rows.flatMap((row) => row.fragments);
  const left = Math.min(...fragments.map((fragment) => fragment.left));
  const right = Math.max(...fragments.map((fragment) => fragment.right));
  const candidates = fragments
    .map((fragment) => fragment.left)
    .filter((x) => x > left + 0.3 * (right - left) && x < left + 0.7 * (right - left));
  const counted = [...new Set(candidates.map((x) => Math.round(x)))].map((x) => ({
    x,
    lines: linesFrom(x, fragments),
  }));
  const best = counted.toSorted((a, b) => b.lines - a.lines)[0];
  if (best === undefined || best.lines < LINES_MIN) return null;
  const gutter = best.x - GUTTER_MIN / 2;
  return isProse(fragments, { left, gutter, right }) ? gutter : null;
}

function linesFrom(x: number, fragments: readonly Fragment[]): number {
  return fragments.filter((fragment) => Math.abs(fragment.left - x) <= 1).length;
}

interface Bounds {
  readonly left: number;
  readonly gutter: number;
  readonly right: number;
}

function isProse(fragments: readonly Fragment[], { left, gutter, right }: Bounds): boolean {
  const before = fragments.filter((fragment) => fragment.right <= gutter - GUTTER_MIN / 2);
  const behind = fragments.filter((fragment) => fragment.left >= gutter);
  if (before.length < LINES_MIN || behind.length < LINES_MIN) return false;
  if (fragments.length - before.length - behind.length > before.length) return false;
  return filled(before, gutter - left) && filled(behind, right - gutter);
}

function filled(fragments: readonly Fragment[], width: number): boolean {
  const widths = fragments.map((fragment) => fragment.right - fragment.left).toSorted((a, b) => a - b);
  return (widths[Math.floor(widths.length / 2)] ?? 0) >= FILLED * width;
}
