/** A document's blocks laid out as one text, in sections of atoms: what is best not torn apart. Sections too small to be found are joined. */
import type { ChunkLimits } from './chunk.ts';
import type { Block, Extracted } from './extracted.ts';
import { type Range, sentencesIn, trimmed } from './text/sentences.ts';
import { estimateTokens, tokensEnd } from './text/tokens.ts';

export interface Atom extends Range {
  /** Atoms of one block belong together. */
  readonly block: number;
  readonly tokens: number;
  /** Of a table that had to be cut: its head, told again with each piece but the first. */
  readonly head: string | null;
  readonly pageFrom: number | null;
  readonly pageTo: number | null;
}

export interface Section {
  readonly headings: readonly string[];
  readonly atoms: readonly Atom[];
}

export interface Layout {
  readonly text: string;
  readonly sections: readonly Section[];
}

const BETWEEN_BLOCKS = '\n\n';
/** A section below this goes on into the next of the same depth or deeper. Of `charsSoft`. */
const SMALL_SECTION = 0.3;
/** Headings in a path; deeper ones take the place of the last. */
const DEPTH_MAX = 6;
/** What is longer is a paragraph in large letters. UTF-16 units. */
const HEADING_CHARS_MAX = 300;

export function layOut(document: Extracted, limits: ChunkLimits): Layout {
  const text = document.blocks.map((block) => block.text).join(BETWEEN_BLOCKS);
  const builder = new Sections(document.title, limits.charsSoft * SMALL_SECTION);
  let start = 0;
  document.blocks.forEach((block, index) => {
    const end = start + block.text.length;
    if (block.kind === 'heading' && block.text.length <= HEADING_CHARS_MAX)
      builder.heading(block, { start, end }, index);
    else builder.content(atomsOf(text, { start, end }, block, index, limits.tokensMax));
    start = end + BETWEEN_BLOCKS.length;
  });
  return { text, sections: builder.end() };
}

interface OpenHeading {
  readonly level: number;
  readonly text: string;
}

class Sections {
  readonly #title: string;
  readonly #smallChars: number;
  readonly #done: Section[] = [];
  #path: OpenHeading[] = [];
  #headings: readonly string[] = [];
  #atoms: Atom[] = [];
  /** Headings met since the last content: they begin the next section, or are its content where nothing follows. */
  #waiting: Atom[] = [];
  /** Level of the heading that the open section began with. */
  #level = 0;

  constructor(title: string, smallChars: number) {
    this.#title = title;
    this.#smallChars = smallChars;
  }

  heading(block: Block, range: Range, index: number): void {
    if (block.text.trim() === '') return;
    const level = Math.min(Math.max(block.level, 1), DEPTH_MAX);
    // One that has no text of its own and nothing deeper below it would be lost with its section.
    if (this.#waiting.length > 0 && (this.#path.at(-1)?.level ?? 0) >= level) this.#take([]);
    this.#path = this.#path.filter((open) => open.level < level);
    this.#path.push({ level, text: block.text.trim() });
    this.#waiting.push({ ...range, block: index, tokens: estimateTokens(block.text), head: null, ...pagesOf(block) });
  }

  content(atoms: readonly Atom[]): void {
    if (atoms.length > 0) this.#take(atoms);
  }

  end(): readonly Section[] {
    if (this.#waiting.length > 0) this.#take([]);
    this.#close();
    return this.#done;
  }

  /** @param atoms empty: the headings that wait are all there is. */
  #take(atoms: readonly Atom[]): void {
    const level = this.#path.at(-1)?.level ?? 0;
    if (this.#waiting.length > 0 && this.#chars() > 0) {
      if (this.#chars() < this.#smallChars && this.#waitingLevel() >= this.#level) this.#atoms.push(...this.#waiting);
      else this.#close();
    }
    if (this.#atoms.length === 0) {
      const path = this.#path.map((open) => open.text).filter((text) => text !== '' && text !== this.#title);
      this.#headings = atoms.length === 0 ? path.slice(0, -1) : path;
      this.#level = level;
      if (atoms.length === 0) this.#atoms.push(...this.#waiting.slice(-1));
    }
    this.#waiting = [];
    // One by one: a table of half a million rows, spread, runs out of stack.
    for (const atom of atoms) this.#atoms.push(atom);
  }

  /** The highest of the headings that wait tells whether a new part begins. */
  #waitingLevel(): number {
    return this.#path.at(-this.#waiting.length)?.level ?? 0;
  }

  #chars(): number {
    const first = this.#atoms[0];
    return first === undefined ? 0 : (this.#atoms.at(-1)?.end ?? 0) - first.start;
  }

  #close(): void {
    if (this.#atoms.length > 0) this.#done.push({ headings: this.#headings, atoms: this.#atoms });
    this.#atoms = [];
  }
}

function pagesOf({ pageFrom, pageTo }: Block): { readonly pageFrom: number | null; readonly pageTo: number | null } {
  return { pageFrom, pageTo: pageTo ?? pageFrom };
}

function atomsOf(text: string, range: Range, block: Block, index: number, tokensMax: number): readonly Atom[] {
  const whole = block.kind === 'code' ? withoutEmptyLines(text, range) : trimmed(text, range);
  if (whole.start === whole.end) return [];
  const head = block.kind === 'table' ? headOf(block.text) : null;
  const isWhole = block.kind === 'table' || block.kind === 'code';
  const atom = (part: Range): Atom => ({
    ...part,
    block: index,
    tokens: estimateTokens(text.slice(part.start, part.end)),
    head: part.start === whole.start ? null : head,
    ...pagesOf(block),
  });
  if (isWhole && estimateTokens(text.slice(whole.start, whole.end)) <= tokensMax) return [atom(whole)];
  const parts = isWhole ? linesIn(text, whole) : sentencesIn(text, whole.start, whole.end);
  return parts.flatMap((part) => pieces(text, part, tokensMax)).map(atom);
}

/** A longer head would leave no room for rows. Tokens. */
const HEAD_TOKENS_MAX = 100;

/** The first row and the rule below it; null where the table has none. */
function headOf(table: string): string | null {
  const [first, rule] = table.trim().split('\n', 2);
  if (first === undefined || rule === undefined || !/^[\s|:-]+$/.test(rule)) return null;
  const head = `${first}\n${rule}`;
  return estimateTokens(head) > HEAD_TOKENS_MAX ? null : head;
}

/** Of code the first line keeps its indent. */
function withoutEmptyLines(text: string, range: Range): Range {
  const { start, end } = trimmed(text, range);
  if (start === end) return { start, end };
  return { start: Math.max(range.start, text.lastIndexOf('\n', start - 1) + 1), end };
}

function linesIn(text: string, { start, end }: Range): readonly Range[] {
  const lines: Range[] = [];
  let from = start;
  while (from < end) {
    const found = text.indexOf('\n', from);
    const to = found < 0 || found > end ? end : found;
    // A line's indent is part of what code says: only empty lines go.
    if (text.slice(from, to).trim() !== '') lines.push({ start: from, end: to });
    from = to + 1;
  }
  return lines;
}

/** One that is above the limit all by itself is cut at a blank, or anywhere but within a character. */
function pieces(text: string, range: Range, tokensMax: number): readonly Range[] {
  if (estimateTokens(text.slice(range.start, range.end)) <= tokensMax) return [range];
  const found: Range[] = [];
  let { start } = range;
  while (start < range.end) {
    const end = fitting(text, { start, end: range.end }, tokensMax);
    found.push(trimmed(text, { start, end }));
    start = end;
  }
  return found.filter((part) => part.start < part.end);
}

/** How far it goes within the limit: to a blank, if one is near enough. */
function fitting(text: string, range: Range, tokensMax: number): number {
  const end = tokensEnd(text, range, tokensMax);
  if (end === range.end) return end;
  const blank = text.lastIndexOf(' ', end);
  return blank > range.start + (end - range.start) / 2 ? blank : end;
}
