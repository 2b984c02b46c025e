/** One panel over time: axes with their unit, lines and bars, each line named at its end. Several below each other make a figure. */
import { minutes } from './number.ts';
import { rule } from './rule.ts';
import { linear, type Scale, ticks, timeTicks } from './scale.ts';
import { element, type Markup, rounded } from './svg.ts';

/** What is drawn in which colour: each word is a class of the style sheet, the same in all figures. */
export type Tone = 'load' | 'limit' | 'believed' | 'real' | 'refused' | 'waited' | 'spilled' | 'arrived';

export interface Layer {
  readonly kind: 'line' | 'area' | 'bars' | 'marks';
  readonly name: string;
  readonly tone: Tone;
  /** One for each step of time; null leaves a gap. */
  readonly values: readonly (number | null)[];
}

export interface PanelSpec {
  readonly title: string;
  /** What the numbers at the axis are. */
  readonly unit: string;
  readonly layers: readonly Layer[];
  /** The axis reaches at least so far: panels beside each other share it. */
  readonly max: number;
  readonly stepMs: number;
  readonly warmUpMs: number;
  /** What comes behind it is shaded like the warm-up. Absent: nothing does. */
  readonly endsMs?: number;
  /** Whether the axis of time has its numbers; of panels below each other only the last one. */
  readonly isLast: boolean;
}

export const PANEL_WIDTH = 340;
const LEFT = 42;
/** Room for the names of lines. */
const RIGHT = 66;
const TOP = 22;
const PLOT_HEIGHT = 62;
const AXIS_HEIGHT = 30;
const GAP = 16;
/** Names closer than this would lie on each other. Pixels. */
const NAME_DISTANCE = 12;

export function panelHeight({ isLast }: Pick<PanelSpec, 'isLast'>): number {
  return TOP + PLOT_HEIGHT + (isLast ? AXIS_HEIGHT : GAP);
}

/** @param top where the panel begins in its figure. */
export function panel(spec: PanelSpec, top: number): Markup {
  const seconds = (stepsOf(spec) * spec.stepMs) / 1_000;
  const marks = ticks(spec.max, 3);
  const x = linear([0, seconds], [LEFT, PANEL_WIDTH - RIGHT]);
  const y = linear([0, marks.at(-1) ?? 1], [TOP + PLOT_HEIGHT, TOP]);
  const place: Place = { x, y, stepSeconds: spec.stepMs / 1_000 };
  return element(
    'g',
    { transform: `translate(0 ${rounded(top)})` },
    element(
      'text',
      { x: 0, y: 12, class: 'panel-title' },
      spec.title,
      element('tspan', { class: 'unit' }, `  ${spec.unit}`),
    ),
    warmUp(spec, place),
    behindTheEnd(spec, place),
    marks.map((value) => rule(value, x, y)),
    spec.layers.map((layer) => drawn(layer, place)),
    names(spec.layers, place),
    timeAxis(seconds, place, spec.isLast),
  );
}

interface Place {
  readonly x: Scale;
  readonly y: Scale;
  readonly stepSeconds: number;
}

function stepsOf({ layers }: PanelSpec): number {
  return Math.max(1, ...layers.map(({ values }) => values.length));
}

/** What is not measured is shaded. */
function warmUp({ warmUpMs }: PanelSpec, { x, y }: Place): Markup | null {
  if (warmUpMs <= 0) return null;
  const end = x.at(Math.min(x.to, warmUpMs / 1_000));
  return element('rect', { x: x.at(0), y: y.at(y.to), width: end - x.at(0), height: PLOT_HEIGHT, class: 'warm-up' });
}

function behindTheEnd({ endsMs }: PanelSpec, { x, y }: Place): Markup | null {
  if (endsMs === undefined || endsMs / 1_000 >= x.to) return null;
  const start = x.at(Math.max(0, endsMs / 1_000));
  return element('rect', { x: start, y: y.at(y.to), width: x.at(x.to) - start, height: PLOT_HEIGHT, class: 'warm-up' });
}

function timeAxis(seconds: number, { x, y }: Place, hasNumbers: boolean): readonly Markup[] {
  const base = y.at(0);
  const marks = timeTicks(seconds, 5);
  const lines = marks.map((at) =>
    element('line', { x1: x.at(at), x2: x.at(at), y1: base, y2: base + 4, class: 'axis' }),
  );
  if (!hasNumbers) return lines;
  const numbers = marks.map((at) => element('text', { x: x.at(at), y: base + 15, class: 'tick middle' }, minutes(at)));
  return [...lines, ...numbers, element('text', { x: x.at(x.to) + 22, y: base + 15, class: 'tick' }, 'min:s')];
}

function drawn(layer: Layer, place: Place): Markup {
  switch (layer.kind) {
    case 'line':
      return element('path', { d: linePath(layer.values, place), class: `line ${layer.tone}` });
    case 'area':
      return element('path', { d: areaPath(layer.values, place), class: `area ${layer.tone}` });
    case 'bars':
      return element('path', { d: barsPath(layer.values, place), class: `bars ${layer.tone}` });
    case 'marks':
      return element('path', { d: marksPath(layer.values, place), class: `bars ${layer.tone}` });
  }
}

/** In the middle of its step. */
function pointAt(index: number, value: number, { x, y, stepSeconds }: Place): string {
  const within = Math.max(y.from, Math.min(y.to, value));
  return `${rounded(x.at((index + 0.5) * stepSeconds))} ${rounded(y.at(within))}`;
}

export function linePath(values: readonly (number | null)[], place: Place): string {
  let path = '';
  let isDown = false;
  for (const [index, value] of values.entries()) {
    if (value !== null) path += `${isDown ? 'L' : 'M'}${pointAt(index, value, place)}`;
    isDown = value !== null;
  }
  return path;
}

function areaPath(values: readonly (number | null)[], place: Place): string {
  const known = values.map((value) => value ?? 0);
  if (known.length === 0) return '';
  const base = place.y.at(0);
  const [first, last] = [place.x.at(0.5 * place.stepSeconds), place.x.at((known.length - 0.5) * place.stepSeconds)];
  return `M${rounded(first)} ${rounded(base)}${linePath(known, place).replace('M', 'L')}L${rounded(last)} ${rounded(base)}Z`;
}

function barsPath(values: readonly (number | null)[], { x, y, stepSeconds }: Place): string {
  const width = Math.max(0.8, (x.at(stepSeconds) - x.at(0)) * 0.8);
  return values
    .map((value, index) => {
      if (value === null || value <= 0) return '';
      const top = y.at(Math.min(y.to, value));
      return `M${rounded(x.at((index + 0.1) * stepSeconds))} ${rounded(y.at(0))}h${rounded(width)}V${rounded(top)}h${rounded(-width)}Z`;
    })
    .join('');
}

/** A small triangle below the top wherever there is anything; the axis of what it marks has room there. */
function marksPath(values: readonly (number | null)[], { x, y, stepSeconds }: Place): string {
  const top = rounded(y.at(y.to) + 2);
  return values
    .map((value, index) =>
      value === null || value <= 0 ? '' : `M${rounded(x.at((index + 0.5) * stepSeconds) - 2.5)} ${top}h5l-2.5 5Z`,
    )
    .join('');
}

/** Beside the end of each line, moved apart where they would lie on each other. */
function names(layers: readonly Layer[], { x, y }: Place): readonly Markup[] {
  const wanted = layers.map(({ kind, name, tone, values }) => {
    const last = values.findLast((value) => value !== null) ?? 0;
    const at = kind === 'line' || kind === 'area' ? y.at(Math.max(0, Math.min(y.to, last))) : y.at(y.to) + 4;
    return { name, tone, at: at + 3.5 };
  });
  return spreadApart(wanted, TOP + PLOT_HEIGHT + 3).map(({ name, tone, at }) =>
    element('text', { x: x.at(x.to) + 5, y: at, class: `name ${tone}` }, name),
  );
}

/** Keeps the order; pushes down first, and up again from the lowest place there is. */
export function spreadApart<T extends { readonly at: number }>(wanted: readonly T[], lowest: number): readonly T[] {
  const sorted = wanted.toSorted((a, b) => a.at - b.at);
  const down: T[] = [];
  for (const each of sorted) {
    const above = down.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    down.push({ ...each, at: Math.max(each.at, above + NAME_DISTANCE) });
  }
  const up: T[] = [];
  for (const each of down.toReversed()) {
    const below = up.at(-1)?.at ?? lowest + NAME_DISTANCE;
    up.push({ ...each, at: Math.min(each.at, below - NAME_DISTANCE) });
  }
  return up.toReversed();
}
