/** Plain text: paragraphs divided by empty lines, lists by their marks, headings as far as they are underlined or stand alone in capitals. */
import type { BlockList } from './blocks.ts';
import { withLineFeeds } from './clean.ts';

export function readPlain(text: string, to: BlockList): void {
  for (const part of withLineFeeds(text).split(/\n[ \t]*\n+/)) addPart(part.replace(/^\n+/, '').trimEnd(), to);
}

const LIST_LINE = /^\s*(?:[-*•–]|\d{1,3}[.)])\s+\S/;

const UNDERLINE = /^(?:={3,}|-{3,})\s*$/;

function addPart(part: string, to: BlockList): void {
  const lines = part.split('\n');
  let at = 0;
  // As many headings as there are before any text, one after the other: not by recursion, a file may be made of them.
  for (; isHeading(lines[at], lines[at + 1]); at += 2)
    to.heading(lines[at + 1]?.startsWith('=') ? 1 : 2, lines[at] ?? '');
  const first = lines[at] ?? '';
  const body = lines.slice(at).join('\n');
  if (body.trim() === '') return;
  if (body === first && isCapitals(first)) to.heading(2, first);
  else if (LIST_LINE.test(first)) to.list(body);
  else to.paragraph(body);
}

function isHeading(line = '', below = ''): boolean {
  return line.trim() !== '' && UNDERLINE.test(below);
}

function isCapitals(line: string): boolean {
  return line.length <= 80 && /\p{Lu}{2}/u.test(line) && !/\p{Ll}/u.test(line);
}
