/** What repeats at the top and bottom of pages (running titles, page numbers) is no text of the document: it would cut paragraphs in two. */
import type { Page } from './page.ts';
import { type Row, rowsOf } from './page.ts';

/** Of the page's height, at either end. */
const MARGIN = 0.1;
/** On fewer pages, or on a smaller part of them, it is a coincidence. */
const PAGES_MIN = 3;
const PAGES_PART = 0.5;

export interface PageRows {
  readonly page: Page;
  readonly rows: readonly Row[];
}

export function withoutFurniture(pages: readonly Page[]): readonly PageRows[] {
  const all = pages.map((page) => ({ page, rows: rowsOf(page.items) }));
  const counts = new Map<string, number>();
  for (const { page, rows } of all) {
    for (const key of new Set(rows.filter((row) => isMarginal(row, page)).map(keyOf))) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const often = Math.max(PAGES_MIN, pages.length * PAGES_PART);
  const isFurniture = (row: Row, page: Page) => isMarginal(row, page) && (counts.get(keyOf(row)) ?? 0) >= often;
  return all.map(({ page, rows }) => ({ page, rows: rows.filter((row) => !isFurniture(row, page)) }));
}

function isMarginal(row: Row, page: Page): boolean {
  return row.y > (1 - MARGIN) * page.height || row.y < MARGIN * page.height;
}

/** Page numbers differ from page to page, and are the same thing. */
function keyOf(row: Row): string {
  return row.fragments.map(({ text }) => text.trim().replace(/\d+/g, '#')).join(' ');
}
