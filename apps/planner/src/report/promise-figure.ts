/**
 * How the seeds of a run lie about the limit of a promise: a dot for each, stacked where they are near one another; those that miss it alone
 * are hollow. Below the axis stand the median and all seeds together, each with the limit that it is held to.
 */
import {
  type Chart,
  element,
  linear,
  type Markup,
  PANEL_WIDTH,
  rounded,
  type Scale,
  short,
  ticks,
} from '@spillway/drawing';
import { digits } from './promise-view.ts';
import type { PromiseSpread, PromiseView, SeedValue } from './view.ts';

const TOP = 46;
const LEFT = 14;
const RIGHT = 18;
const RADIUS = 3.5;
/** From one dot to the next one, beside and above it. Pixels. */
const STEP = 7;
/** Of the highest stack: where it takes more, dots overlap. Pixels. */
const STACK_MAX = 100;
/** Of the rows below the axis. Pixels. */
const ROW = 17;
const FOOT = 22;

/** @returns null where no seed has the figure, and where there is one alone. */
export function promiseFigure({ promise, name, wanted, told, spread }: PromiseView): Chart | null {
  if (spread.seeds.length < 2 || spread.limit === null) return null;
  const marks = axisMarks(spread, spread.limit);
  const x = linear([marks[0] ?? 0, marks.at(-1) ?? 1], [LEFT, PANEL_WIDTH - RIGHT]);
  const dots = stacked(spread.seeds, x);
  const tallest = Math.max(...dots.map(({ level }) => level)) + 1;
  const step = Math.min(STEP, STACK_MAX / tallest);
  const base = TOP + Math.max(3 * STEP, tallest * step) + RADIUS;
  const body = element(
    'g',
    {},
    element('title', {}, `${promise}: ${name}, ${wanted}: ${told}`),
    element('text', { x: 0, y: 15, class: 'title' }, promise, element('tspan', { class: 'unit' }, `  ${wanted}`)),
    element('text', { x: 0, y: 31, class: 'subtitle' }, name),
    marks.map((value) => column(value, x, base)),
    limitLine(x.at(spread.limit), [TOP - 8, base + 3]),
    limitLine(x.at(spread.limit), [base + FOOT, base + FOOT + ROW - 3]),
    dots.map(({ seed, level }) => dot(seed, x.at(seed.value), base - RADIUS - 1 - level * step)),
    pointer({ what: 'median', value: spread.median, x, y: base + FOOT + ROW / 2 }),
    spread.pooledLimit === null
      ? null
      : limitLine(x.at(spread.pooledLimit), [base + FOOT + ROW, base + FOOT + 2 * ROW - 3]),
    pointer({ what: 'pooled', value: spread.pooled, x, y: base + FOOT + 1.5 * ROW }),
  );
  return { width: PANEL_WIDTH, height: base + FOOT + 2 * ROW + 4, body };
}

/** Shares near the whole begin at one of these, not at 0. */
const SHARES_FROM = [0.95, 0.9, 0.8, 0.5];

function axisMarks({ sense, seeds, pooled, pooledLimit }: PromiseSpread, limit: number): readonly number[] {
  const values = [...seeds.map(({ value }) => value), limit, pooled ?? limit, pooledLimit ?? limit];
  const from = sense === 'atLeast' ? (SHARES_FROM.find((share) => share <= Math.min(...values)) ?? 0) : 0;
  return ticks(Math.max(...values) - from, 5).map((each) => from + each);
}

interface Stacked {
  readonly seed: SeedValue;
  /** 0: on the axis. */
  readonly level: number;
}

/** Those that miss it are the last, so that they lie on top of the others. */
function stacked(seeds: readonly SeedValue[], x: Scale): readonly Stacked[] {
  const levels = new Map<number, number>();
  return seeds
    .toSorted((one, other) => Number(one.isOver) - Number(other.isOver))
    .map((seed) => {
      const place = Math.round(x.at(seed.value) / STEP);
      const level = levels.get(place) ?? 0;
      levels.set(place, level + 1);
      return { seed, level };
    });
}

function dot({ seed, value, limit, isOver }: SeedValue, cx: number, cy: number): Markup {
  const words = element('title', {}, `seed ${seed}: ${digits(value)}, limit ${digits(limit)}`);
  if (!isOver) return element('g', { class: 'ours' }, element('circle', { cx, cy, r: RADIUS, class: 'dot' }, words));
  const hollow = { cx, cy, r: RADIUS - 0.5, class: 'spread', fill: 'var(--ground)' };
  return element('g', { class: 'refused' }, element('circle', hollow, words));
}

function column(value: number, x: Scale, base: number): readonly Markup[] {
  const at = x.at(value);
  return [
    element('line', { x1: at, x2: at, y1: TOP, y2: base + 4, class: 'grid' }),
    element('text', { x: at, y: base + 15, class: 'tick middle' }, short(value)),
  ];
}

function limitLine(at: number, [from, to]: readonly [number, number]): Markup {
  return element('path', { d: `M${rounded(at)} ${rounded(from)}V${rounded(to)}`, class: 'line limit' });
}

interface Pointer {
  readonly what: string;
  readonly value: number | null;
  readonly x: Scale;
  readonly y: number;
}

function pointer({ what, value, x, y }: Pointer): Markup | null {
  if (value === null) return null;
  const at = x.at(value);
  // Words stand on the side that has room for them.
  const isLeft = at > PANEL_WIDTH / 2;
  return element(
    'g',
    { class: 'mark' },
    element('path', { d: `M${rounded(at)} ${rounded(y - 5)}l5 9h-10Z`, class: 'dot' }),
    element('text', { x: isLeft ? at - 9 : at + 9, y: y + 4, class: isLeft ? 'end' : '' }, `${what} ${digits(value)}`),
  );
}
