/** Plain text: paragraphs divided by empty lines, lists by their marks, headings as far as they are underlined or stand alone in capitals. */
import type { BlockList } from './blocks.ts';

export function readPlain(text: string, to: BlockList): void {
  for (const part of text.replace(/\r\n?/g, '\n').split(/\n[ \t]*\n+/)) addPart(part.replace(/^\n+/, '').trimEnd(), to);
}

const LIST_LINE = /^\s*(?:[-*•–]|\d{1,3}[.)])\s+\S/;

function addPart(part: string, to: BlockList): void {
  const lines = part.split('\n');
  const [first = '', second = ''] = lines;
  if (/^(?:={3,}|-{3,})\s*$/.test(second) && first.trim() !== '') {
    to.heading(second.startsWith('=') ? 1 : 2, first);
    const rest = lines.slice(2).join('\n');
    if (rest.trim() !== '') addPart(rest, to);
  } else if (lines.length === 1 && isCapitals(first)) to.heading(2, first);
  else if (LIST_LINE.test(first)) to.list(part);
  else to.paragraph(part);
}

function isCapitals(line: string): boolean {
  return line.length <= 80 && /\p{Lu}{2}/u.test(line) && !/\p{Ll}/u.test(line);
}
