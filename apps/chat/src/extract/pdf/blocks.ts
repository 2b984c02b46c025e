/** Pages to blocks: headings, paragraphs, lists and tables, each with the pages it stands on. A sentence that a page or column cuts is whole. */
import type { BlockList, Pages } from '../blocks.ts';
import { inReadingOrder } from './columns.ts';
import { withoutFurniture } from './furniture.ts';
import type { Page, Row } from './page.ts';
import { headingLevel, type Style, styleOf } from './style.ts';
import { tableAt } from './tables.ts';

export function addPages(pages: readonly Page[], to: BlockList): void {
  const style = styleOf(pages);
  const writer = new Writer(style, to);
  for (const { page, rows } of withoutFurniture(pages)) {
    for (const part of inReadingOrder(rows)) writer.part(part, page.number);
  }
  writer.end();
}

interface Open {
  readonly kind: 'heading' | 'paragraph' | 'list';
  readonly level: number;
  text: string;
  readonly from: number;
  to: number;
}

/** Baselines further apart than this begin a new paragraph. Of the line's size. */
const PARAGRAPH_GAP = 1.65;
/** Of two lines of one heading. */
const HEADING_GAP = 1.8;

const LIST_MARK = /^\s*(?:[•▪‣◦*–-]|\d{1,3}[.)]|[a-z]\))\s+\S/;
const SENTENCE_END = /[.!?:;…。！？]["'»”’)\]]*$/;

class Writer {
  readonly #style: Style;
  readonly #to: BlockList;
  #open: Open | null = null;
  /** Since the last row a part, a page or a table ended. */
  #isNew = true;

  constructor(style: Style, to: BlockList) {
    this.#style = style;
    this.#to = to;
  }

  part(rows: readonly Row[], page: number): void {
    this.#isNew = true;
    for (let at = 0; at < rows.length; ) {
      const table = tableAt(rows.slice(at, at + TABLE_ROWS_MAX));
      if (table !== null) {
        this.end();
        this.#to.table(table.cells, { from: page, to: page });
        this.#isNew = true;
      } else this.#row(rows, at, page);
      at += table?.taken ?? 1;
    }
  }

  end(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    const pages: Pages = { from: open.from, to: open.to };
    if (open.kind === 'heading') this.#to.heading(open.level, open.text, pages);
    else this.#to[open.kind](open.text, pages);
  }

  #row(rows: readonly Row[], at: number, page: number): void {
    const row = rows[at];
    if (row === undefined) return;
    const text = row.fragments.map((fragment) => fragment.text.trim()).join(' ');
    const gap = this.#isNew ? null : gapOf(rows[at - 1], row);
    const level = headingLevel(row, this.#style, gap === null || gap > PARAGRAPH_GAP);
    this.#isNew = false;
    if (this.#goesOn(text, level, gap)) this.#append(text, page);
    else this.#begin(text, level, page);
  }

  #goesOn(text: string, level: number, gap: number | null): boolean {
    const open = this.#open;
    if (open === null) return false;
    if (level > 0) return open.kind === 'heading' && open.level === level && gap !== null && gap <= HEADING_GAP;
    if (open.kind === 'heading') return false;
    if (LIST_MARK.test(text)) return open.kind === 'list' && gap !== null;
    // Over the end of a column or page goes what is not yet a sentence.
    if (gap === null) return !SENTENCE_END.test(open.text.trim()) && /^[\p{Ll}\p{N}("]/u.test(text);
    return gap <= PARAGRAPH_GAP;
  }

  #append(text: string, page: number): void {
    const open = this.#open;
    if (open === null) return;
    open.text = open.kind === 'list' && LIST_MARK.test(text) ? `${open.text}\n${text}` : joined(open.text, text);
    open.to = page;
  }

  #begin(text: string, level: number, page: number): void {
    this.end();
    const kind = level > 0 ? 'heading' : LIST_MARK.test(text) ? 'list' : 'paragraph';
    this.#open = { kind, level, text, from: page, to: page };
  }
}

/** More rows than a page has are not looked at for one table: looking costs their square. */
const TABLE_ROWS_MAX = 200;

function gapOf(above: Row | undefined, row: Row): number {
  const size = Math.max(
    ...row.fragments.map((fragment) => fragment.size),
    ...(above?.fragments.map((f) => f.size) ?? []),
  );
  return above === undefined ? 0 : (above.y - row.y) / size;
}

/** A word that was divided at the end of its line is whole again. */
function joined(before: string, behind: string): string {
  const isDivided = /\p{Ll}[-\u00ad]$/u.test(before) && /^\p{Ll}/u.test(behind);
  return isDivided ? before.slice(0, -1) + behind : `${before} ${behind}`;
}
