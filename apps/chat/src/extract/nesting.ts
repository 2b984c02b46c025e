/** How deep something is nested, told before anything that recurses sees it; none of these recurses itself, each looks at a text once. */
import { Refusal } from './extraction.ts';

interface Tree {
  readonly type: string;
  readonly children?: readonly Tree[] | undefined;
}

export function refuseDeepTree(root: Tree, nestingMax: number): void {
  let level: readonly Tree[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > nestingMax) throw tooDeep(nestingMax);
    level = level.flatMap((node) => node.children ?? []);
  }
}

/** Brackets of JSON text; those within strings do not count. */
export function refuseDeepJson(text: string, nestingMax: number): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') at = endOfString(text, at);
    else if (mark === '[' || mark === '{') depth++;
    else if (mark === ']' || mark === '}') depth--;
    if (depth > nestingMax) throw tooDeep(nestingMax);
  }
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** What begins like a tag and is none, and how it ends. */
const ASIDES: ReadonlyArray<readonly [begin: string, end: string]> = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
];

/** Elements of XML: opening tags without their closing ones. */
export function refuseDeepXml(text: string, nestingMax: number): void {
  let depth = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    const [begin, close] = ASIDES.find(([mark]) => text.startsWith(mark, at)) ?? ['', '>'];
    const end = text.indexOf(close, at + Math.max(1, begin.length));
    if (end === -1) return;
    if (begin === '') depth += stepOf(text, at, end);
    if (depth > nestingMax) throw tooDeep(nestingMax);
    at = end + close.length;
  }
}

function stepOf(text: string, at: number, end: number): number {
  if (text[at + 1] === '/') return -1;
  return text[end - 1] === '/' || text[at + 1] === '!' ? 0 : 1;
}

/**
 * What Markdown may open a line with, one within the other: quotes and items of lists. Parsing them costs the square of their number.
 * @param text Its lines end in a line feed.
 */
export function refuseDeepQuotes(text: string, nestingMax: number): void {
  const container = /[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))/y;
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    container.lastIndex = line;
    let depth = 0;
    while (container.test(text)) if (++depth > nestingMax) throw tooDeep(nestingMax);
  }
}

/** @returns where the line after that one begins; the length of the text where there is none. */
export function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}

function tooDeep(nestingMax: number): Refusal {
  return new Refusal('unsafe', `nested deeper than ${nestingMax} levels; flatten it`);
}
