/** One chart of curves over any quantity: axes with their names and units, each curve named in a legend, points marked with words. */
import { short } from './number.ts';
import type { Tone } from './panel.ts';
import { rule } from './rule.ts';
import { linear, type Scale, ticks } from './scale.ts';
import { element, type Markup, rounded } from './svg.ts';

export interface Curve {
  readonly name: string;
  readonly tone: Tone;
  /** steps: each value holds until the next one. */
  readonly kind: 'line' | 'steps' | 'area';
  /** x and y, x rising. */
  readonly points: ReadonlyArray<readonly [x: number, y: number]>;
}

export interface ChartMark {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface ChartSpec {
  readonly title: string;
  readonly subtitle: string;
  /** With its unit. */
  readonly xName: string;
  readonly yName: string;
  readonly curves: readonly Curve[];
  readonly marks: readonly ChartMark[];
  /** Where both axes end at least; where nothing is drawn they go from 0 to 1. */
  readonly xMax: number;
  /** Absent: what the largest value needs. */
  readonly yMax?: number;
  /** Where x is marked, and by which words. Absent: by round numbers. */
  readonly xMarks?: ReadonlyArray<readonly [x: number, text: string]>;
}

export const CHART_WIDTH = 420;
const LEFT = 48;
const RIGHT = 14;
const HEAD = 58;
const PLOT_HEIGHT = 150;
const FOOT = 40;
const LEGEND_ROW = 15;
const CHAR_WIDTH = 5.6;

/** A drawing of its own: markup with its size. Pixels. */
export interface Chart {
  readonly width: number;
  readonly height: number;
  readonly body: Markup;
}

export function chart(spec: ChartSpec): Chart {
  const yMax = spec.yMax ?? Math.max(0, ...spec.curves.map(highest));
  const yTicks = ticks(yMax, 4);
  const x = linear([0, Math.max(spec.xMax, Number.EPSILON)], [LEFT, CHART_WIDTH - RIGHT]);
  const y = linear([0, yTicks.at(-1) ?? 1], [HEAD + PLOT_HEIGHT, HEAD]);
  const body = element(
    'g',
    {},
    element('text', { x: 0, y: 15, class: 'title' }, spec.title),
    element('text', { x: 0, y: 31, class: 'subtitle' }, spec.subtitle),
    element('text', { x: 0, y: HEAD - 9, class: 'unit' }, spec.yName),
    yTicks.map((value) => rule(value, x, y)),
    xMarks(spec, x).map(([value, text]) => xMark(value, text, x)),
    element('text', { x: CHART_WIDTH - RIGHT, y: HEAD + PLOT_HEIGHT + 30, class: 'unit end' }, spec.xName),
    spec.curves.map((curve) => element('path', { d: curvePath(curve, x, y), class: curveClass(curve) })),
    spec.marks.map((mark) => marked(mark, x, y)),
    spec.curves.map((curve, at) => legend(curve, at)),
  );
  return { width: CHART_WIDTH, height: HEAD + PLOT_HEIGHT + FOOT + spec.curves.length * LEGEND_ROW, body };
}

function highest({ points }: Curve): number {
  return points.reduce((max, [, value]) => Math.max(max, value), 0);
}

function curveClass({ kind, tone }: Curve): string {
  return `${kind === 'area' ? 'area' : 'line'} ${tone}`;
}

function xMarks(spec: ChartSpec, x: Scale): NonNullable<ChartSpec['xMarks']> {
  const marks = spec.xMarks ?? ticks(spec.xMax, 5).map((value) => [value, short(value)] as const);
  return marks.filter(([value]) => value <= x.to * (1 + 1e-9));
}

function xMark(value: number, text: string, x: Scale): readonly Markup[] {
  const base = HEAD + PLOT_HEIGHT;
  return [
    element('line', { x1: x.at(value), x2: x.at(value), y1: base, y2: base + 4, class: 'axis' }),
    element('text', { x: x.at(value), y: base + 15, class: 'tick middle' }, text),
  ];
}

/** What lies beyond the axes is cut at them. */
export function curvePath({ kind, points }: Pick<Curve, 'kind' | 'points'>, x: Scale, y: Scale): string {
  const within = (value: number, { from, to }: Scale) => Math.max(from, Math.min(to, value));
  const placed = points.map(([at, value]) => [x.at(within(at, x)), y.at(within(value, y))] as const);
  const [first] = placed;
  if (first === undefined) return '';
  const start = `M${rounded(first[0])} ${rounded(first[1])}`;
  const rest = placed.slice(1).map(([at, value]) => {
    if (kind !== 'line') return `H${rounded(at)}V${rounded(value)}`;
    return `L${rounded(at)} ${rounded(value)}`;
  });
  const line = start + rest.join('');
  if (kind !== 'area') return line;
  return `${line}V${rounded(y.at(0))}H${rounded(first[0])}Z`;
}

function marked({ x: at, y: value, text }: ChartMark, x: Scale, y: Scale): Markup {
  const [cx, cy] = [x.at(Math.min(x.to, at)), y.at(Math.min(y.to, value))];
  // Words stand on the side that has room for them.
  const isLeft = cx + 8 + text.length * CHAR_WIDTH > CHART_WIDTH;
  const words = { x: isLeft ? cx - 8 : cx + 8, y: Math.max(HEAD + 10, cy - 6), class: isLeft ? 'label end' : 'label' };
  return element(
    'g',
    { class: 'mark' },
    element('circle', { cx, cy, r: 4.5, class: 'dot' }),
    element('text', words, text),
  );
}

function legend(curve: Curve, row: number): Markup {
  const { name, tone, kind } = curve;
  const at = HEAD + PLOT_HEIGHT + FOOT + row * LEGEND_ROW + 6;
  const sample = kind === 'area' ? `M${LEFT} ${at + 4}v-8h22v8Z` : `M${LEFT} ${at}h22`;
  return element(
    'g',
    {},
    element('path', { d: sample, class: curveClass(curve) }),
    element('text', { x: LEFT + 30, y: at + 4, class: `name ${tone}` }, name),
  );
}
