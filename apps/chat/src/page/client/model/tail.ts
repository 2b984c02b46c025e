/**
 * The end of a text that is still being written, made so that it does not flicker: emphasis that is open is closed, and what would
 * look different as soon as its end comes (half a link, the first lines of a table, a lone list mark) is held back until then.
 */
export function settled(markdown: string): string {
  const from = lastBlockAt(markdown);
  const block = markdown.slice(from);
  // In a fence all is code; it is shown as it comes.
  return isFenceOpen(markdown) ? markdown : markdown.slice(0, from) + settledBlock(block);
}

function lastBlockAt(markdown: string): number {
  const at = markdown.lastIndexOf('\n\n');
  return at === -1 ? 0 : at + 2;
}

function isFenceOpen(markdown: string): boolean {
  return (markdown.match(/^ {0,3}(```|~~~)/gm)?.length ?? 0) % 2 === 1;
}

const DELIMITER_ROW = /^\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?$/;

function settledBlock(block: string): string {
  const lines = block.split('\n');
  if (/^\s*\|/.test(lines[0] ?? '')) return settledTable(lines);
  const last = lines.at(-1) ?? '';
  // A mark without anything behind it is a heading, a rule, a list or nothing: the next character says.
  if (/^\s*([-*+#`~=]{1,6}|\d{1,3}[.)]?)\s*$/.test(last)) return lines.slice(0, -1).join('\n');
  return [...lines.slice(0, -1), closed(last)].join('\n');
}

/** Nothing of it before its second row has made it a table; then whole rows, and what there is of the last one. */
function settledTable(lines: readonly string[]): string {
  const isTable = lines.length > 2 && DELIMITER_ROW.test(lines[1] ?? '');
  return isTable ? lines.join('\n') : '';
}

/** Inline marks that are open at the end of the line. */
function closed(line: string): string {
  const held = line.replace(/!?\[[^\]\n]*$|!?\[[^\]\n]*\]\([^)\n]*$/, '').replace(/[*_~]+$/, trailing);
  const code = (held.match(/`/g)?.length ?? 0) % 2 === 1;
  if (code) return `${held}\``;
  const strong = (held.match(/\*\*/g)?.length ?? 0) % 2 === 1;
  const single =
    (held
      .replace(/\*\*/g, '')
      .replace(/^\s*\*\s/, '')
      .match(/(?<!\s)\*|\*(?!\s)/g)?.length ?? 0) %
      2 ===
    1;
  return `${held}${single && !/\s$/.test(held) ? '*' : ''}${strong && !/\s$/.test(held) ? '**' : ''}`;
}

/** Marks at the very end: those that close what is open stay, others wait for what they belong to. */
function trailing(marks: string, at: number, line: string): string {
  const before = line.slice(0, at);
  const open = before.split(marks).length % 2 === 0;
  return open && /\S$/.test(before) ? marks : '';
}
