/** Strategies beside each other: a dot for the median of all seeds, a line from the least to the most of them, the number beside. */
import {
  type Chart,
  element,
  grouped,
  linear,
  type Markup,
  PANEL_WIDTH,
  type Scale,
  short,
  ticks,
} from '@spillway/drawing';
import { figureKind } from './figures.ts';
import type { FigureId, FigureKind, ScenarioView, Spread } from './view.ts';

/** What is worth a picture; the table has the rest. */
export const COMPARED = ['refused', 'wasted', 'goodput'] as const satisfies readonly FigureId[];

const ROW = 22;
const TOP = 44;
const LEFT = 122;
/** Room for the number of the row. */
const RIGHT = 58;
const BOTTOM = 26;

/** @returns null where no strategy has the figure. */
export function comparison({ strategies }: Pick<ScenarioView, 'strategies'>, id: FigureId): Chart | null {
  const kind = figureKind(id);
  const rows = strategies.flatMap(({ name, figures }) => {
    const spread = figures.get(id);
    return spread === undefined ? [] : [{ name, spread }];
  });
  if (rows.length === 0) return null;
  const marks = marksOf(
    kind,
    rows.map(({ spread }) => spread),
  );
  const height = TOP + rows.length * ROW + BOTTOM;
  const x = linear([marks[0] ?? 0, marks.at(-1) ?? 1], [LEFT, PANEL_WIDTH - RIGHT]);
  const body = element(
    'g',
    {},
    element('text', { x: 0, y: 15, class: 'title' }, kind.name, element('tspan', { class: 'unit' }, `  ${kind.unit}`)),
    element('text', { x: 0, y: 31, class: 'subtitle' }, subtitle(kind)),
    marks.map((value) => column(value, x, TOP + rows.length * ROW)),
    rows.map(({ name, spread }, index) => row(name, spread, { kind, x, top: TOP + index * ROW, isFirst: index === 0 })),
  );
  return { width: PANEL_WIDTH, height, body };
}

/** Shares near the whole would all lie at the right end of an axis that begins at 0; it begins at one of these. */
const SHARES_FROM = [95, 90, 80, 50];

function marksOf({ better }: FigureKind, spreads: readonly Spread[]): readonly number[] {
  const least = Math.min(...spreads.map(({ min }) => min));
  const largest = Math.max(0, ...spreads.map(({ max }) => max));
  // Nothing at all has an axis too.
  const most = largest > 0 ? largest : 1;
  const from = better === 'higher' ? (SHARES_FROM.find((share) => share <= least) ?? 0) : 0;
  return ticks(most - from, 4).map((each) => from + each);
}

function subtitle({ better }: FigureKind): string {
  const which = better === null ? '' : `${better} is better; `;
  return `${which}dot: median of the seeds, line: least to most`;
}

function column(value: number, x: Scale, bottom: number): readonly Markup[] {
  const at = x.at(value);
  return [
    element('line', { x1: at, x2: at, y1: TOP, y2: bottom + 4, class: value === 0 ? 'axis' : 'grid' }),
    element('text', { x: at, y: bottom + 17, class: 'tick middle' }, short(value)),
  ];
}

interface RowPlace {
  readonly kind: FigureKind;
  readonly x: Scale;
  readonly top: number;
  /** The strategy that the others are compared to. */
  readonly isFirst: boolean;
}

function row(name: string, { median, min, max }: Spread, { kind, x, top, isFirst }: RowPlace): Markup {
  const middle = top + ROW / 2;
  const tone = isFirst ? 'ours' : 'other';
  const words = (value: number) => grouped(value, kind.digits);
  return element(
    'g',
    { class: tone },
    element('title', {}, `${name}: ${words(median)} ${kind.unit} (${words(min)} to ${words(max)})`),
    element('text', { x: LEFT - 10, y: middle + 4, class: 'label end' }, name),
    element('line', { x1: x.at(min), x2: x.at(max), y1: middle, y2: middle, class: 'spread' }),
    element('circle', { cx: x.at(median), cy: middle, r: 4.5, class: 'dot' }),
    element('text', { x: PANEL_WIDTH - RIGHT + 10, y: middle + 4, class: 'label value' }, words(median)),
  );
}
