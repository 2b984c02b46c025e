/** A cited passage in the text around it: that of its page where the format has pages, else what stands near it. Pure. */
import type { Chunk } from '@spillway/rag';

/** Shown before and behind a passage of a document without pages. UTF-16 units. */
export const AROUND_CHARS = 1_500;

export interface Passage {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
  /** There is more of the document on that side. */
  readonly more: { readonly before: boolean; readonly after: boolean };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

type Cited = Range & Pick<Chunk, 'pageFrom' | 'pageTo'>;

/** @param chunks of the document, which say where its pages are. @param whole the whole document. */
export function passageIn(text: string, cited: Cited, chunks: readonly Chunk[], whole = false): Passage {
  const start = Math.min(cited.start, text.length);
  const end = Math.min(Math.max(cited.end, start), text.length);
  const { start: from, end: to } = whole
    ? { start: 0, end: text.length }
    : surroundings(text, { ...cited, start, end }, chunks);
  return {
    before: text.slice(from, start).replace(/^\s*\n/, ''),
    marked: text.slice(start, end),
    after: text.slice(end, to).replace(/\n\s*$/, ''),
    more: { before: from > 0, after: to < text.length },
  };
}

function surroundings(text: string, cited: Cited, chunks: readonly Chunk[]): Range {
  const page = pageRange(cited, chunks) ?? {
    start: lineStart(text, cited.start - AROUND_CHARS),
    end: lineEnd(text, cited.end + AROUND_CHARS),
  };
  return { start: Math.min(page.start, cited.start), end: Math.max(page.end, cited.end) };
}

function pageRange({ pageFrom, pageTo }: Cited, chunks: readonly Chunk[]): Range | null {
  if (pageFrom === null) return null;
  const last = pageTo ?? pageFrom;
  const on = chunks.filter(
    (chunk) => chunk.pageFrom !== null && chunk.pageFrom <= last && (chunk.pageTo ?? chunk.pageFrom) >= pageFrom,
  );
  if (on.length === 0) return null;
  return { start: Math.min(...on.map(({ start }) => start)), end: Math.max(...on.map(({ end }) => end)) };
}

function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.indexOf('\n', at) + 1 || at;
}

function lineEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const line = text.lastIndexOf('\n', at);
  return line === -1 ? at : line;
}

/** Where the browser finds the original, at its page. */
export function originalUrl(path: string, page: number | null): string {
  const place = path.split('/').map(encodeURIComponent).join('/');
  return `/content/${place}${page === null ? '' : `#page=${page}`}`;
}
