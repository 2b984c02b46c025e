/**
 * The blocks of a Markdown text, as CommonMark and GitHub's tables have them. Raw HTML is no part of it: it stays text. Lines are gone
 * through once for each container that they stand in, and containers stand in one another to a limit, so that no text takes more
 * than its length tells.
 * Source: CommonMark 0.31.2, sections 4 and 5; GitHub Flavored Markdown 0.29, sections 4.10 and 5.3.
 */
import { hrefOf } from './addresses.ts';
import * as line from './lines.ts';
import type { Block, Definitions, Item } from './nodes.ts';
import { alignsOf, cellsOf } from './tables.ts';

/** Quotes and lists in one another. What is deeper is text. */
export const CONTAINERS_MAX = 16;
/** UTF-16 units that are drawn as Markdown: some three times the longest answer. What is behind is shown as it was written. */
export const CHARS_MAX = 100_000;

export interface Placed {
  readonly block: Block;
  /** What it was written as: the same text is the same block. */
  readonly raw: string;
}

export interface Parsed {
  readonly blocks: readonly Placed[];
  readonly definitions: Definitions;
  /** Behind the limit; empty: nothing is. */
  readonly rest: string;
}

export function parsed(markdown: string): Parsed {
  const end = markdown.length <= CHARS_MAX ? CHARS_MAX : markdown.lastIndexOf('\n', CHARS_MAX - 1) + 1 || CHARS_MAX;
  const definitions = new Map<string, string>();
  const lines = markdown
    .slice(0, end)
    .replace(/\n$/, '')
    .split(/\r\n|\r|\n/)
    .map(line.untabbed);
  return { blocks: ranked(new Blocks(lines, 0, definitions).placed), definitions, rest: markdown.slice(end) };
}

/** Headings count from 1 without a gap, whatever the text begins with: who hears a page goes by their levels. */
function ranked(blocks: readonly Placed[]): readonly Placed[] {
  const above: number[] = [];
  return blocks.map((placed) => {
    const { block } = placed;
    if (block.kind !== 'heading') return placed;
    while ((above.at(-1) ?? 0) >= block.level) above.pop();
    above.push(block.level);
    return { ...placed, block: { ...block, level: above.length } };
  });
}

/** Of one container: a document, a quote or an item. */
class Blocks {
  readonly placed: Placed[] = [];
  /** An empty line stands between two of them. */
  isLoose = false;
  readonly #lines: readonly string[];
  readonly #depth: number;
  readonly #definitions: Map<string, string>;
  #at = 0;

  constructor(lines: readonly string[], depth: number, definitions: Map<string, string>) {
    this.#lines = lines;
    this.#depth = depth;
    this.#definitions = definitions;
    let isGap = false;
    while (this.#at < lines.length) {
      const from = this.#at;
      const block = this.#next();
      if (block === null) {
        isGap ||= line.isBlank(lines[from] ?? '');
        this.#at = Math.max(this.#at, from + 1);
        continue;
      }
      if (isGap && this.placed.length > 0) this.isLoose = true;
      // Empty lines that end a list or code are looked at again.
      while (this.#at > from + 1 && line.isBlank(lines[this.#at - 1] ?? '')) this.#at -= 1;
      isGap = false;
      this.placed.push({ block, raw: lines.slice(from, this.#at).join('\n') });
    }
  }

  #line(by = 0): string {
    return this.#lines[this.#at + by] ?? '';
  }

  get #has(): boolean {
    return this.#at < this.#lines.length;
  }

  /** @returns null: the line is empty, or only a definition. */
  #next(): Block | null {
    const first = this.#line();
    if (line.isBlank(first)) return null;
    if (line.indentOf(first) >= 4) return this.#indentedCode();
    const fence = line.fenceOf(first);
    if (fence !== null) return this.#fencedCode(fence);
    const heading = line.headingOf(first);
    if (heading !== null) return this.#single({ kind: 'heading', ...heading });
    if (line.isRule(first)) return this.#single({ kind: 'rule' });
    if (this.#depth < CONTAINERS_MAX) {
      if (line.isQuote(first)) return this.#quote();
      const marker = line.markerOf(first);
      if (marker !== null) return this.#list(marker);
    }
    return this.#table() ?? (this.#define(first) ? null : this.#paragraph());
  }

  #single(block: Block): Block {
    this.#at += 1;
    return block;
  }

  #indentedCode(): Block {
    const code: string[] = [];
    for (; this.#has && (line.isBlank(this.#line()) || line.indentOf(this.#line()) >= 4); this.#at++)
      code.push(this.#line().slice(4));
    while (line.isBlank(code.at(-1) ?? 'x')) code.pop();
    return { kind: 'code', text: code.join('\n') };
  }

  #fencedCode(fence: line.Fence): Block {
    const code: string[] = [];
    for (this.#at += 1; this.#has && !line.closes(this.#line(), fence); this.#at++) {
      const own = this.#line();
      code.push(own.slice(Math.min(fence.indent, line.indentOf(own))));
    }
    this.#at += 1;
    return { kind: 'code', text: code.join('\n') };
  }

  #quote(): Block {
    const inner: string[] = [];
    let fence: line.Fence | null = null;
    for (; this.#has; this.#at++) {
      const own = this.#line();
      if (line.isQuote(own)) {
        const text = line.untabbed(own.trimStart().slice(1).replace(/^ /, ''));
        fence = line.fenceAfter(text, fence);
        inner.push(text);
      } else if (fence === null && goesOn(inner.at(-1), own)) inner.push(lazily(own));
      else break;
    }
    return { kind: 'quote', blocks: this.#within(inner).placed.map(({ block }) => block) };
  }

  #within(lines: readonly string[]): Blocks {
    return new Blocks(lines, this.#depth + 1, this.#definitions);
  }

  #list(first: line.Marker): Block {
    const items: Item[] = [];
    let isTight = true;
    let marker: line.Marker | null = first;
    while (marker !== null && marker.kind === first.kind) {
      const own = this.#itemLines(marker.column);
      const inner = this.#within(own.lines);
      items.push(itemOf(inner.placed.map(({ block }) => block)));
      marker = this.#has ? line.markerOf(this.#line()) : null;
      const isFollowed = marker !== null && marker.kind === first.kind;
      if (inner.isLoose || (own.isGapBehind && isFollowed)) isTight = false;
    }
    return { kind: 'list', start: first.number, isTight, items };
  }

  #itemLines(column: number): { readonly lines: readonly string[]; readonly isGapBehind: boolean } {
    const lines = [line.untabbed(this.#line().slice(column))];
    let fence = line.fenceAfter(lines[0] ?? '', null);
    let blanks = 0;
    for (this.#at += 1; this.#has; this.#at++) {
      const own = this.#line();
      if (line.isBlank(own)) {
        blanks += 1;
        // An item that begins with an empty line ends with the next one.
        if (lines.length === 1 && line.isBlank(lines[0] ?? '')) break;
      } else if (line.indentOf(own) >= column) {
        const text = own.slice(column);
        for (; blanks > 0; blanks--) lines.push('');
        lines.push(text);
        fence = line.fenceAfter(text, fence);
      } else if (blanks === 0 && fence === null && goesOn(lines.at(-1), own)) lines.push(lazily(own));
      else break;
    }
    while (this.#has && line.isBlank(this.#line())) {
      this.#at += 1;
      blanks += 1;
    }
    return { lines, isGapBehind: blanks > 0 };
  }

  #table(): Block | null {
    const align = alignsOf(this.#line(), this.#line(1));
    if (align === null) return null;
    const head = cellsOf(this.#line());
    const rows: (readonly string[])[] = [];
    for (this.#at += 2; this.#has; this.#at++) {
      const own = this.#line();
      if (line.isBlank(own) || line.startsBlock(own, false)) break;
      rows.push(cellsOf(own).slice(0, head.length));
    }
    return { kind: 'table', align, head, rows };
  }

  /** Only of an address that may be followed; anything else is text that somebody wants to read. */
  #define(text: string): boolean {
    const [, label = '', address = ''] = DEFINITION.exec(text) ?? [];
    if (label === '' || hrefOf(address) === null) return false;
    const key = label.toLowerCase();
    if (!this.#definitions.has(key)) this.#definitions.set(key, address);
    this.#at += 1;
    return true;
  }

  #paragraph(): Block {
    const text = [this.#line().trimStart()];
    for (this.#at += 1; this.#has; this.#at++) {
      const own = this.#line();
      const level = line.underlineOf(own);
      if (level !== null) return this.#single({ kind: 'heading', level, text: text.join('\n').trim() });
      if (line.isBlank(own) || line.startsBlock(own, true) || alignsOf(own, this.#line(1)) !== null) break;
      text.push(own.trimStart());
    }
    return { kind: 'paragraph', text: text.join('\n').trimEnd() };
  }
}

const DEFINITION = /^ {0,3}\[([^\]]{1,200})\]:[ \t]*<?([^\s<>]+)>?(?:[ \t]+(?:"[^"]*"|'[^']*'|\([^)]*\)))?[ \t]*$/;

/** A text goes on in the next line, also where that does not repeat the mark of its container. */
function goesOn(before: string | undefined, own: string): boolean {
  return before !== undefined && !line.isBlank(own) && line.isTextLine(before) && !line.startsBlock(own, false);
}

/** Such a line underlines nothing. */
function lazily(own: string): string {
  const text = own.trimStart();
  return text.startsWith('=') ? `\\${text}` : text;
}

const TASK = /^\[([ xX])\] +(?=\S)/;

function itemOf(blocks: readonly Block[]): Item {
  const [first, ...others] = blocks;
  const box = first?.kind === 'paragraph' ? TASK.exec(first.text) : null;
  if (first?.kind !== 'paragraph' || box === null) return { isDone: null, blocks };
  return { isDone: box[1] !== ' ', blocks: [{ ...first, text: first.text.slice(box[0].length) }, ...others] };
}
