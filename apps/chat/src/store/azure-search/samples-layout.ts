/** Rows of one file, in its order: the samples write no place in the text, only a number at the end of each row's key. */
import type { Chunk } from '@spillway/rag';
import type { Place } from './samples-places.ts';

export interface SampleRow {
  readonly key: string;
  readonly content: string;
  readonly sourcePage: string;
}

export interface Laid {
  readonly chunks: readonly Chunk[];
  readonly text: string;
  /** By the row's key. */
  readonly at: ReadonlyMap<string, Place>;
}

const BETWEEN = '\n\n';

/** The text is the passages one after the other; where they overlapped, the overlap is there twice. */
export function laidOut(rows: readonly SampleRow[]): Laid {
  const at = new Map<string, Place>();
  const sorted = [...new Map(rows.map((row) => [row.key, row])).values()].sort(inOrder);
  const chunks: Chunk[] = [];
  let start = 0;
  for (const [index, { key, content, sourcePage }] of sorted.entries()) {
    const page = pageOf(sourcePage);
    const end = start + content.length;
    chunks.push({ index, text: content, headings: [], pageFrom: page, pageTo: page, start, end });
    at.set(key, { index, start, end, page });
    start = end + BETWEEN.length;
  }
  return { chunks, at, text: sorted.map(({ content }) => content).join(BETWEEN) };
}

/** `file-…-page-7` of the Python sample, `file-…-page-2-section-7` of the JavaScript one: the last number counts through the file. */
function inOrder(a: SampleRow, b: SampleRow): number {
  return numberOf(a.key) - numberOf(b.key) || (a.key < b.key ? -1 : 1);
}

function numberOf(key: string): number {
  return Number(/(\d{1,9})$/.exec(key)?.[1] ?? 0);
}

/** `handbook.pdf#page=12`; the JavaScript sample names no page. */
function pageOf(sourcePage: string): number | null {
  const page = /#page=(\d{1,6})$/.exec(sourcePage)?.[1];
  return page === undefined ? null : Number(page);
}
