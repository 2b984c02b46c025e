/**
 * Citations and unsupported sentences on their way through Markdown: characters of Unicode's private use area stand for them, since
 * no parser touches these, and become elements when it is drawn. Such characters in the text itself are replaced
 * first: an answer can not forge a citation.
 */
import type { Answer } from './answer.ts';

const CITE_FROM = '\uE000';
const CITE_TO = '\uE001';
const DOUBT_FROM = '\uE002';
const DOUBT_TO = '\uE003';
const OURS = /[\uE000-\uE003]/g;

export interface Insertion {
  readonly at: number;
  /** Characters of the text, from `at`, that it takes the place of. */
  readonly over: number;
  readonly text: string;
}

/** @param numbers of labels; a citation of another label is not shown. */
export function withMarks(
  { text, citations, unsupported }: Pick<Answer, 'text' | 'citations' | 'unsupported'>,
  numbers: ReadonlyMap<string, number>,
): string {
  const plain = text.replace(OURS, '\uFFFD');
  const cites = citations.flatMap(({ label, at }) => {
    const number = numbers.get(label);
    return number === undefined ? [] : [{ ...spanAt(plain, label, at), text: `${CITE_FROM}${number}${CITE_TO}` }];
  });
  const doubts = unsupported.flatMap(({ start, end }) => [
    { at: start, over: 0, text: DOUBT_FROM },
    { at: end, over: 0, text: DOUBT_TO },
  ]);
  return inserted(plain, [...cites, ...doubts]);
}

/** The label may still stand in the text, on either side of the place: its mark takes its place. */
function spanAt(text: string, label: string, at: number): { readonly at: number; readonly over: number } {
  const mark = `[${label}]`;
  if (text.startsWith(mark, at)) return { at, over: mark.length };
  if (text.endsWith(mark, at)) return { at: at - mark.length, over: mark.length };
  return { at, over: 0 };
}

function inserted(text: string, insertions: readonly Insertion[]): string {
  let out = '';
  let from = 0;
  for (const { at, over, text: mark } of insertions.toSorted((a, b) => a.at - b.at)) {
    const to = Math.min(Math.max(at, from), text.length);
    out += text.slice(from, to) + mark;
    from = Math.min(Math.max(at + over, to), text.length);
  }
  return out + text.slice(from);
}

export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly doubted: boolean }
  | { readonly kind: 'cite'; readonly number: number };

const PIECES = /\uE000(\d+)\uE001|([\uE002\uE003])|([^\uE000\uE002\uE003]+)/g;

/** A text of the result, taken apart. @param doubted whether an unsupported sentence is going on from before. */
export function piecesOf(
  text: string,
  doubted: boolean,
): { readonly pieces: readonly Piece[]; readonly doubted: boolean } {
  const pieces: Piece[] = [];
  for (const [, number, edge, plain] of text.matchAll(PIECES)) {
    if (number !== undefined) pieces.push({ kind: 'cite', number: Number(number) });
    else if (edge !== undefined) doubted = edge === DOUBT_FROM;
    else if (plain !== undefined) pieces.push({ kind: 'text', text: plain, doubted });
  }
  return { pieces, doubted };
}

/** Whether an unsupported sentence goes on behind the text. @param before whether one goes on into it. */
export function doubtedAfter(text: string, before: boolean): boolean {
  const [from, to] = [text.lastIndexOf(DOUBT_FROM), text.lastIndexOf(DOUBT_TO)];
  return from === to ? before : from > to;
}

export function hasMarks(text: string): boolean {
  return /[\uE000-\uE003]/.test(text);
}

/** To be copied or read aloud: the text alone. */
export function withoutMarks(text: string): string {
  return text.replace(/\uE000\d+\uE001|[\uE000-\uE003]/g, '');
}
