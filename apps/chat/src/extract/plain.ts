/** Plain text: paragraphs divided by empty lines, lists by their marks, headings as far as they are underlined or stand alone in capitals. */
import type { BlockList } from './blocks.ts';

export function readPlain(text: string, to: BlockList): void {
  for (const part of text.replace(/\r\n?/g, '\n').split(/\n[ \t]*\n+/)) addPart(part.replace(/^\n+/, '').trimEnd(), to);
}

const LIST_LINE = /^\s*(?:[-*•–]|\d{1,3}[.)])\s+\S/;

const UNDERLINE = /^(?:={3,}|-{3,})\s*$/;

function addPart(part: string, to: BlockList): void {
  const lines = part.split('\n');
  let at = 0;
  // As many headings as there are before any text, one after the other: not by recursion, a file may be made of them.
  for (; isHeading(lines[at], lines[at + 1]); at += 2)
    to.heading(lines[at + 1]?.startsWith('=') ? 1 : 2, lines[at] ?? '');
  const [first = '', ...rest] = lines.slice(at);
  if (first.trim() === '' && rest.every((line) => line.trim() === '')) return;
  if (rest.length === 0 && isCapitals(first)) to.heading(2, first);
  else if (LIST_LINE.test(first)) to.list(lines.slice(at).join('\n'));
  else to.paragraph(lines.slice(at).join('\n'));
}

function isHeading(line = '', below = ''): boolean {
  return line.trim() !== '' && UNDERLINE.test(below);
}

function isCapitals(line: string): boolean {
  return line.length <= 80 && /\p{Lu}{2}/u.test(line) && !/\p{Ll}/u.test(line);
}
