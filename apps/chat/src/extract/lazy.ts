/** Lines that Markdown counts to the quote or the item above them though they do not say so (CommonMark, "laziness"), made fewer. */
import { nextLine } from './nesting.ts';

/** In a row; then an empty line is put in, which ends it. They cost the square of their number, and nobody writes so many. */
export const LAZY_LINES_MAX = 1_000;

const CONTAINER = /[ \t]*(?:>|[-*+]|\d{1,9}[.)])/y;
const EMPTY = /[ \t]*(?:\n|$)/y;

/** @param text Its lines end in a line feed. */
export function withoutLongLaziness(text: string): string {
  const parts: string[] = [];
  let from = 0;
  /** null: nothing is open that they could belong to. */
  let lazy: number | null = null;
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    if (begins(CONTAINER, text, line)) lazy = 0;
    else if (lazy !== null) lazy = begins(EMPTY, text, line) ? null : lazy + 1;
    if (lazy === null || lazy <= LAZY_LINES_MAX) continue;
    parts.push(text.slice(from, line));
    from = line;
    lazy = null;
  }
  return [...parts, text.slice(from)].join('\n');
}

function begins(what: RegExp, text: string, at: number): boolean {
  what.lastIndex = at;
  return what.test(text);
}
