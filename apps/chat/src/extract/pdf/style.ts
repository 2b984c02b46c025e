/** What tells a heading from text in a PDF, which knows neither: larger type than most of the document's, or another font on a line of its own. */
import type { Fragment, Page, Row } from './page.ts';

/** Larger by so much, or it is the same with another name. */
const LARGER = 1.12;
/** Levels told apart by size; smaller ones share the last. */
const LEVELS_MAX = 4;
const HEADING_LINE_CHARS_MAX = 120;

export interface Style {
  readonly bodySize: number;
  readonly bodyFont: string;
  /** Sizes of headings, the largest first. */
  readonly headingSizes: readonly number[];
}

export function styleOf(pages: readonly Page[]): Style {
  const bySize = new Map<number, number>();
  const byFont = new Map<string, number>();
  for (const { text, size, font } of pages.flatMap((page) => page.items)) {
    count(bySize, rounded(size), text.length);
    count(byFont, font, text.length);
  }
  const bodySize = most(bySize) ?? 10;
  const larger = [...bySize.keys()].filter((size) => size >= bodySize * LARGER).toSorted((a, b) => b - a);
  return { bodySize, bodyFont: most(byFont) ?? '', headingSizes: larger.slice(0, LEVELS_MAX) };
}

/** 0: no heading. */
export function headingLevel(row: Row, style: Style, isApart: boolean): number {
  const [line, second] = row.fragments;
  if (line === undefined || second !== undefined || !mayBeHeading(line)) return 0;
  const size = rounded(line.size);
  if (size >= style.bodySize * LARGER) return levelOf(size, style);
  const isSet = line.font !== '' && line.font !== style.bodyFont && size >= style.bodySize;
  return isSet && isApart && !/[.,;:]$/.test(line.text.trim()) ? style.headingSizes.length + 1 : 0;
}

function mayBeHeading({ text }: Fragment): boolean {
  return text.trim().length <= HEADING_LINE_CHARS_MAX && /\p{L}/u.test(text) && !/^\s*[•▪‣◦–-]\s/.test(text);
}

function levelOf(size: number, { headingSizes }: Style): number {
  const at = headingSizes.findIndex((other) => size >= other);
  return at === -1 ? LEVELS_MAX : at + 1;
}

/** Half points: rounding of scaled fonts is not a difference. */
function rounded(size: number): number {
  return Math.round(size * 2) / 2;
}

function count<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function most<Key>(counts: ReadonlyMap<Key, number>): Key | null {
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
