/**
 * Text as people see it. What does not show is taken out: it is not found by searching, and a favourite place to hide instructions
 * for a model (tag characters, variation selectors, zero-width and direction marks).
 */

/** Control characters but tab and line feed, soft hyphen, zero-width and direction marks, byte order mark, variation selectors, tag characters. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be taken out
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\ufe00-\ufe0d]|[\u{e0000}-\u{e0fff}]/gu;
/** Of a letter or picture one tells how it is drawn; more of them tell something else. */
const DRAWN = /([\ufe0e\ufe0f])[\ufe0e\ufe0f]+/g;

/** Marks on one letter that are kept; what composes letters sorts them, at the square of their number. Source: UAX #15, §13, stream-safe text. */
export const COMBINING_MAX = 30;
const COMBINED = new RegExp(`(\\p{M}{${COMBINING_MAX}})\\p{M}+`, 'gu');

export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(UNSEEN, '')
    .replace(DRAWN, '$1')
    .replace(COMBINED, '$1')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .normalize('NFC');
}

/** A carriage return ends a line too, alone or before a line feed: what looks at lines afterwards sees one kind of end. */
export function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** One line: for headings, titles, cells. */
export function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** A paragraph: line breaks within it are the file's, not the writer's. */
export function flowing(text: string): string {
  return oneLine(text);
}

/** Lines that mean something (lists, code, tables): each kept, without blanks at its end and without empty runs. */
export function lineByLine(text: string): string {
  // Not /\s+$/: on a long run of blanks that costs its square.
  const lines = cleanText(text)
    .split('\n')
    .map((line) => line.trimEnd());
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd();
}

/** A table's rows as Markdown. A bar within a cell is escaped, so that a cell stays one. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const width = widthOf(rows);
  const [head = [], ...rest] = rows.map((row) => Array.from({ length: width }, (_, i) => cell(row[i] ?? '')));
  return [head, head.map(() => '---'), ...rest].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Of the widest row. Not by spreading them: so many arguments run out of stack. */
export function widthOf(rows: readonly (readonly unknown[])[]): number {
  return rows.reduce((width, row) => Math.max(width, row.length), 0);
}

function cell(text: string): string {
  return oneLine(text).replace(/\|/g, '\\|');
}
