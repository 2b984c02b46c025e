/** Tables of the report, as HTML. */
import { type Child, element, type Markup, scrollingTable } from '@spillway/drawing';

/** First column text, the others numbers. */
export interface TableSpec {
  /** What it is, for those who do not see it. */
  readonly label: string;
  readonly heads: readonly Child[];
  readonly rows: ReadonlyArray<readonly Child[]>;
  /** Columns of words, besides the first. */
  readonly words?: readonly number[];
}

export function table({ label, heads, rows, words = [] }: TableSpec): Markup {
  const isNumber = (at: number) => at > 0 && !words.includes(at);
  const attributes = (at: number) => (isNumber(at) ? { class: 'number' } : {});
  const head = heads.map((child, at) => element('th', { scope: 'col', ...attributes(at) }, child));
  const body = rows.map((cells) =>
    element(
      'tr',
      {},
      cells.map((child, at) => cell(child, attributes(at))),
    ),
  );
  return scrollingTable(head, body, label);
}

function cell(child: Child, attributes: Readonly<Record<string, string>>): Markup {
  const verdict = child === 'better' || child === 'worse' ? { class: child } : attributes;
  return element('td', verdict, child);
}

/** Pairs of name and value. */
export function pairs(name: string, rows: ReadonlyArray<readonly [name: string, value: Child]>): Markup {
  const each = rows.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value)));
  return element('dl', { class: name }, each);
}
