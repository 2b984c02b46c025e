/** Blocks as a format's reader finds them: cleaned, within the limits, in reading order. */
import type { Block, BlockKind } from '@spillway/rag';
import { flowing, lineByLine, markdownTable, oneLine, widthOf } from './clean.ts';
import { NOTES_MAX, Refusal } from './extraction.ts';
import type { ExtractLimits } from './limits.ts';

export interface Pages {
  readonly from: number;
  readonly to: number;
}

/** Longer headings are paragraphs that somebody made large. */
export const HEADING_CHARS_MAX = 300;

/** What is not part of encoded data. Matched rather than the runs: a match of millions of characters runs out of stack. */
const BETWEEN_RUNS = /([^A-Za-z0-9+/=_%-])/;

export class BlockList {
  readonly #blocks: Block[] = [];
  readonly #notes: string[] = [];
  readonly #limits: ExtractLimits;
  #chars = 0;
  #runsLeftOut = 0;

  constructor(limits: ExtractLimits) {
    this.#limits = limits;
  }

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  get notes(): readonly string[] {
    const left = this.#runsLeftOut;
    return left === 0 ? this.#notes : [...this.#notes, `${left} runs without a break were left out (encoded data?)`];
  }

  heading(level: number, text: string, pages: Pages | null = null): void {
    const line = oneLine(text);
    if (line.length > HEADING_CHARS_MAX) this.#add('paragraph', 0, line, pages);
    else this.#add('heading', Math.min(6, Math.max(1, level)), line, pages);
  }

  paragraph(text: string, pages: Pages | null = null): void {
    this.#add('paragraph', 0, flowing(text), pages);
  }

  /** A paragraph whose lines were chosen by its writer, as in `key: value` records. */
  lines(text: string, pages: Pages | null = null): void {
    this.#add('paragraph', 0, lineByLine(text), pages);
  }

  list(text: string, pages: Pages | null = null): void {
    this.#add('list', 0, lineByLine(text), pages);
  }

  code(text: string, pages: Pages | null = null): void {
    this.#add('code', 0, lineByLine(text), pages);
  }

  table(rows: readonly (readonly string[])[], pages: Pages | null = null): void {
    if (rows.length === 0 || rows.every((row) => row.every((text) => oneLine(text) === ''))) return;
    refuseManyCells(rows.length, widthOf(rows), this.#limits);
    this.#add('table', 0, markdownTable(rows), pages);
  }

  note(text: string): void {
    if (this.#notes.length < NOTES_MAX) this.#notes.push(text);
  }

  #add(kind: BlockKind, level: number, cleaned: string, pages: Pages | null): void {
    const text = this.#withoutRuns(cleaned);
    if (text.trim() === '') return;
    this.#chars += text.length;
    if (this.#chars > this.#limits.charsMax) {
      throw new Refusal('tooLarge', `more than ${this.#limits.charsMax} characters of text; split the document`);
    }
    this.#blocks.push({ kind, level, text, pageFrom: pages?.from ?? null, pageTo: pages?.to ?? null });
  }

  #withoutRuns(text: string): string {
    if (text.length <= this.#limits.runCharsMax) return text;
    const parts = text.split(BETWEEN_RUNS).map((part) => (part.length > this.#limits.runCharsMax ? '…' : part));
    this.#runsLeftOut += parts.filter((part) => part === '…').length;
    return parts.join('');
  }
}

/** @throws Refusal before anything is made of so many. */
export function refuseManyCells(rows: number, columns: number, { cellsMax }: ExtractLimits): void {
  if (rows * columns <= cellsMax) return;
  throw new Refusal(
    'tooLarge',
    `a table of ${rows} rows and ${columns} columns has more than ${cellsMax} cells; split it`,
  );
}
