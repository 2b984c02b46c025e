/**
 * Stars, underscores and waves become emphasis. Pairs are found first, then a tree is made of what stands between them: both take
 * time by the number of marks alone, whatever their order.
 * Source: CommonMark 0.31.2, section 6.2 and the appendix "A parsing strategy"; GitHub Flavored Markdown 0.29, section 6.5.
 */
import type { Inline } from './nodes.ts';

/** Emphasis within emphasis. What is deeper shows its marks. */
export const EMPHASIS_MAX = 20;

type Kind = 'em' | 'strong' | 'del';

/** A run of one mark, on its way. */
export interface Delimiter {
  readonly kind: 'delimiter';
  readonly mark: string;
  readonly length: number;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  /** Marks that belong to no pair yet. */
  left: number;
  /** From the inside to the outside. */
  readonly opens: Kind[];
  readonly closes: Kind[];
}

export type Piece = Inline | Delimiter;

const SPACE = /^$|\s/;
/**
 * Beside these a mark may open or close whatever is on its other side. Letters of languages that put no spaces between words are
 * counted as well: with the standard's rule alone, "**「a」**は" would show its stars. So are our own marks: a citation is no letter.
 */
const EDGE = /[\p{P}\p{S}\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\uE000-\uE003]/u;
const PUNCTUATION = /[\p{P}\p{S}\uE000-\uE003]/u;

/** @param before and `after`: the characters beside the run; empty: none. */
export function delimiter(run: string, before: string, after: string): Delimiter | null {
  const mark = run.charAt(0);
  // One wave is no mark here: "~5 to 10 euros".
  if (mark === '~' && run.length !== 2) return null;
  const isLeft = !SPACE.test(after) && (!PUNCTUATION.test(after) || SPACE.test(before) || EDGE.test(before));
  const isRight = !SPACE.test(before) && (!PUNCTUATION.test(before) || SPACE.test(after) || EDGE.test(after));
  const isWord = mark === '_' && isLeft && isRight;
  return {
    kind: 'delimiter',
    mark,
    length: run.length,
    canOpen: isLeft && (!isWord || PUNCTUATION.test(before)),
    canClose: isRight && (!isWord || PUNCTUATION.test(after)),
    left: run.length,
    opens: [],
    closes: [],
  };
}

export function emphasised(pieces: readonly Piece[]): readonly Inline[] {
  pair(pieces.filter((piece) => piece.kind === 'delimiter'));
  return treeOf(pieces);
}

function pair(delimiters: readonly Delimiter[]): void {
  const open: Delimiter[] = [];
  /** By what is looked for: below that height of `open` there is none. */
  const bottoms = new Map<string, number>();
  for (const closer of delimiters) {
    while (closer.canClose && closer.left > 0) {
      const key = `${closer.mark}${closer.canOpen}${closer.length % 3}`;
      const at = open.findLastIndex((each, i) => i < (bottoms.get(key) ?? 0) || fits(each, closer));
      const opener = at < (bottoms.get(key) ?? 0) ? undefined : open[at];
      if (opener === undefined) {
        bottoms.set(key, open.length);
        break;
      }
      bind(opener, closer);
      open.length = opener.left === 0 ? at : at + 1;
      for (const [each, bottom] of bottoms) bottoms.set(each, Math.min(bottom, open.length));
    }
    if (closer.canOpen && closer.left > 0) open.push(closer);
  }
}

function fits(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.mark !== closer.mark) return false;
  const isOddOne = (opener.canClose || closer.canOpen) && (opener.length + closer.length) % 3 === 0;
  return !isOddOne || (opener.length % 3 === 0 && closer.length % 3 === 0);
}

function bind(opener: Delimiter, closer: Delimiter): void {
  const isTwo = opener.left >= 2 && closer.left >= 2;
  const kind = opener.mark === '~' ? 'del' : isTwo ? 'strong' : 'em';
  opener.opens.push(kind);
  closer.closes.push(kind);
  opener.left -= isTwo ? 2 : 1;
  closer.left -= isTwo ? 2 : 1;
}

interface Level {
  readonly kind: Kind;
  readonly inside: Inline[];
  /** Too deep: its marks stand in the text around it. */
  readonly isFlat: boolean;
}

function treeOf(pieces: readonly Piece[]): readonly Inline[] {
  const top: Inline[] = [];
  const levels: Level[] = [];
  const here = (): Inline[] => levels.at(-1)?.inside ?? top;
  for (const piece of pieces) {
    if (piece.kind !== 'delimiter') {
      put(here(), piece);
      continue;
    }
    for (const kind of piece.closes) {
      const level = levels.pop();
      if (level === undefined) continue;
      if (level.isFlat) put(here(), { kind: 'text', text: marksOf(piece.mark, kind) });
      else put(here(), { kind, inside: level.inside });
    }
    if (piece.left > 0) put(here(), { kind: 'text', text: piece.mark.repeat(piece.left) });
    for (const kind of piece.opens.toReversed()) {
      const isFlat = levels.length >= EMPHASIS_MAX;
      if (isFlat) put(here(), { kind: 'text', text: marksOf(piece.mark, kind) });
      levels.push({ kind, inside: isFlat ? here() : [], isFlat });
    }
  }
  return top;
}

function marksOf(mark: string, kind: Kind): string {
  return kind === 'em' ? mark : mark + mark;
}

/** Texts beside each other are one. */
function put(into: Inline[], node: Inline): void {
  const last = into.at(-1);
  if (node.kind === 'text' && last?.kind === 'text')
    into[into.length - 1] = { kind: 'text', text: last.text + node.text };
  else into.push(node);
}
