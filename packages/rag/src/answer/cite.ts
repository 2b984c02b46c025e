/** Which sources an answer rests on, numbered as a reader meets them, and where each is to be found. */
import type { Source } from './prompt.ts';
import type { PlacedLabel } from './scan.ts';

export interface Citation {
  /** Shown to readers: 1 for the source that is cited first. */
  readonly number: number;
  readonly source: Source;
  /** Places in the answer's text, UTF-16 units, ascending. */
  readonly at: readonly number[];
}

/** In the order of first mention; labels of no source are dropped. */
export function citationsOf(placed: readonly PlacedLabel[], sources: readonly Source[]): readonly Citation[] {
  const byLabel = new Map(sources.map((source) => [source.label, source]));
  const places = new Map<Source, number[]>();
  for (const { label, at } of placed) {
    const source = byLabel.get(label);
    if (source === undefined) continue;
    const known = places.get(source);
    if (known === undefined) places.set(source, [at]);
    else if (!known.includes(at)) known.push(at);
  }
  return [...places].map(([source, at], i) => ({ number: i + 1, source, at }));
}

/** The text with marks put back in where the answer had them, for readers that expect them inside. */
export function withMarks(text: string, placed: readonly PlacedLabel[], mark: (label: string) => string): string {
  const inOrder = [...placed].sort((a, b) => a.at - b.at);
  let marked = '';
  let from = 0;
  for (const { label, at } of inOrder) {
    const to = Math.min(Math.max(at, from), text.length);
    const before = text.slice(from, to);
    const said = mark(label);
    const needsBlank = said !== '' && /[\p{L}\p{N}]$/u.test(before);
    marked += `${before}${needsBlank ? ' ' : ''}${said}`;
    from = to;
  }
  return marked + text.slice(from);
}

/** Behind a link to a file with pages: `#page=3`; empty for others. */
export function pageFragment({ pageFrom }: { readonly pageFrom: number | null }): string {
  return pageFrom === null ? '' : `#page=${pageFrom}`;
}
