/** Parts of a page that every report has: figures and tables. */
import type { Chart } from './chart.ts';
import { element, type Markup } from './svg.ts';

/** @param label what it shows, for those who do not see it. */
export function figure({ width, height, body }: Chart, label: string): Markup {
  const svg = element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, body);
  return element('figure', {}, svg);
}

/** One that scrolls by itself where it is too wide, by keys too. @param heads cells of the head. @param rows of the body. */
export function scrollingTable(heads: readonly Markup[], rows: readonly Markup[], label = 'Table'): Markup {
  const inner = element('table', {}, element('thead', {}, element('tr', {}, heads)), element('tbody', {}, rows));
  return element('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': label }, inner);
}
