/** A page of a PDF as fragments: runs of text on one line without a wide gap, where they stand and how large they are. */

/** A piece of text as a PDF draws it. Points; the origin is the page's lower left corner. */
export interface Item {
  readonly text: string;
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly width: number;
  readonly size: number;
  /** Name of the font within the document; bold is another font than regular. */
  readonly font: string;
}

export interface Page {
  /** From 1. */
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly items: readonly Item[];
}

export interface Fragment {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly size: number;
  readonly font: string;
}

/** Fragments on one baseline, from left to right. */
export interface Row {
  readonly y: number;
  readonly fragments: readonly Fragment[];
}

/** Baselines that differ by less are one line: superscripts, rounding. Of the font's size. */
const SAME_LINE = 0.4;
/** A gap as wide is a blank. Of the font's size. */
const BLANK = 0.15;
/** A gap as wide divides columns or cells. Of the font's size. */
const DIVIDE = 1.1;

/** From top to bottom. */
export function rowsOf(items: readonly Item[]): readonly Row[] {
  const seen = items.filter(({ text, size }) => text.trim() !== '' && size > 0);
  const sorted = seen.toSorted((a, b) => b.y - a.y || a.x - b.x);
  const lines: Item[][] = [];
  let top: Item | null = null;
  for (const item of sorted) {
    if (top === null || top.y - item.y > SAME_LINE * Math.max(top.size, item.size)) {
      lines.push([]);
      top = item;
    }
    lines.at(-1)?.push(item);
  }
  return lines.map((line) => ({ y: line[0]?.y ?? 0, fragments: fragmentsOf(line.toSorted((a, b) => a.x - b.x)) }));
}

function fragmentsOf(items: readonly Item[]): readonly Fragment[] {
  const fragments: Fragment[] = [];
  for (const item of items) {
    const last = fragments.at(-1);
    const gap = last === undefined ? Number.POSITIVE_INFINITY : item.x - last.right;
    const size = Math.max(last?.size ?? 0, item.size);
    if (last === undefined || gap > DIVIDE * size) fragments.push(fragmentOf(item));
    else fragments[fragments.length - 1] = joined(last, item, gap > BLANK * size);
  }
  return fragments;
}

function fragmentOf({ text, x, y, width, size, font }: Item): Fragment {
  return { text, left: x, right: x + width, y, size, font };
}

function joined(fragment: Fragment, item: Item, isApart: boolean): Fragment {
  const needsBlank = isApart && !fragment.text.endsWith(' ') && !item.text.startsWith(' ');
  return {
    ...fragment,
    text: `${fragment.text}${needsBlank ? ' ' : ''}${item.text}`,
    right: Math.max(fragment.right, item.x + item.width),
    size: Math.max(fragment.size, item.size),
    // A line is in another font only if all of it is.
    font: item.font === fragment.font ? fragment.font : '',
  };
}
