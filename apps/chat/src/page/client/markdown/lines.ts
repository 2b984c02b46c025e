/** What a single line of Markdown begins or ends. Each expression looks at a line once: none goes back over what it has passed. */

/** Spaces, tabs and marks of containers at the beginning, where columns count. */
const LEADING = /^[ \t>*+\-\d.)]*/;
const TAB_COLUMNS = 4;

/** @returns with spaces for each tab before its first word. */
export function untabbed(line: string): string {
  const leading = LEADING.exec(line)?.[0] ?? '';
  if (!leading.includes('\t')) return line;
  let out = '';
  for (const each of leading) out += each === '\t' ? ' '.repeat(TAB_COLUMNS - (out.length % TAB_COLUMNS)) : each;
  return out + line.slice(leading.length);
}

export function isBlank(line: string): boolean {
  return line.trim() === '';
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

export interface Fence {
  readonly mark: string;
  readonly indent: number;
}

const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;

export function fenceOf(line: string): Fence | null {
  const mark = FENCE.exec(line)?.[1];
  return mark === undefined ? null : { mark, indent: indentOf(line) };
}

export function closes(line: string, { mark }: Fence): boolean {
  const end = line.trim();
  return indentOf(line) < 4 && end.length >= mark.length && end === mark.charAt(0).repeat(end.length);
}

/** Which code is open behind the line. */
export function fenceAfter(line: string, open: Fence | null): Fence | null {
  if (open === null) return fenceOf(line);
  return closes(line, open) ? null : open;
}

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]|$)/;

export function headingOf(line: string): { readonly level: number; readonly text: string } | null {
  const marks = HEADING.exec(line)?.[1];
  if (marks === undefined) return null;
  const text = line.trim().slice(marks.length).trim();
  let end = text.length;
  while (text[end - 1] === '#') end -= 1;
  const bare = text.slice(0, end);
  return { level: marks.length, text: bare === '' || bare.endsWith(' ') ? bare.trim() : text };
}

const RULE = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;

export function isRule(line: string): boolean {
  return RULE.test(line);
}

/** @returns 1 or 2: the text above it is a heading of that level. */
export function underlineOf(line: string): number | null {
  if (indentOf(line) > 3) return null;
  if (/^=+$/.test(line.trim())) return 1;
  return /^-+$/.test(line.trim()) ? 2 : null;
}

export function isQuote(line: string): boolean {
  return /^ {0,3}>/.test(line);
}

export interface Marker {
  /** `-`, `*`, `+`, `.` or `)`: items of another kind are another list. */
  readonly kind: string;
  /** Number of it; null: it has none. */
  readonly number: number | null;
  /** Column that its text begins in. */
  readonly column: number;
  readonly isEmpty: boolean;
}

const MARKER = /^ {0,3}(?:[-*+]|(\d{1,9})[.)])(?= |$)/;
/** More spaces than that behind a mark are code within the item. */
const GAP_MAX = 4;

export function markerOf(line: string): Marker | null {
  const found = MARKER.exec(line);
  if (found === null || isRule(line)) return null;
  const width = found[0].length;
  const gap = indentOf(line.slice(width));
  const isEmpty = isBlank(line.slice(width));
  return {
    kind: line.charAt(width - 1),
    number: found[1] === undefined ? null : Number(found[1]),
    column: width + (isEmpty || gap > GAP_MAX ? 1 : gap),
    isEmpty,
  };
}

/** Whether the line is something else than more text. @param isText it would break into a text: weak marks do not. */
export function startsBlock(line: string, isText: boolean): boolean {
  if (isQuote(line) || headingOf(line) !== null || fenceOf(line) !== null || isRule(line)) return true;
  const marker = markerOf(line);
  return marker !== null && !(isText && (marker.isEmpty || (marker.number !== null && marker.number !== 1)));
}

const CONTAINERS = /^(?: *(?:>|(?:[-*+]|\d{1,9}[.)])(?= |$)))*/;

/** Whether text of the next line would go on with the text of this one, whatever containers it stands in. */
export function isTextLine(line: string): boolean {
  const inner = line.replace(CONTAINERS, '');
  return !isBlank(inner) && headingOf(inner) === null && fenceOf(inner) === null && !isRule(line) && !isRule(inner);
}
