/** The plots over time of one target: small ones beside each other, all on the same axis of time. */
import { figure, type Layer, type Markup, PANEL_WIDTH, panel, panelHeight } from '@spillway/drawing';
import type { SeriesPoint } from '../measure/report.ts';

/** Points of a plot at most: at more, lines of this size are a thicket. */
const BINS_MAX = 60;
/** Stretches without a value up to this share of the axis are drawn through. */
const BRIDGE_SHARE = 0.08;

/** Neighbouring points of the series as one. */
export interface Bin {
  readonly seconds: number;
  readonly points: readonly SeriesPoint[];
}

export interface Timeline {
  readonly bins: readonly Bin[];
  /** Length of a bin. */
  readonly binMs: number;
  readonly warmUpMs: number;
  /** When no more was sent. Since the run began. */
  readonly endsMs: number;
}

/** @param points of one target, from the beginning. */
export function timelineOf(points: readonly SeriesPoint[]): Timeline {
  const stepMs = 1_000 * ((points[1]?.seconds ?? 1) - (points[0]?.seconds ?? 0));
  const each = Math.max(1, Math.ceil(points.length / BINS_MAX));
  const bins = Array.from({ length: Math.ceil(points.length / each) }, (_, i): Bin => {
    const of = points.slice(i * each, (i + 1) * each);
    return { seconds: (of.length * stepMs) / 1_000, points: of };
  });
  const ends = (phase: SeriesPoint['phase']) => points.findLast((point) => point.phase === phase);
  const endOf = (point: SeriesPoint | undefined) => (point === undefined ? 0 : point.seconds * 1_000 + stepMs);
  const warmUpMs = endOf(ends('warmUp'));
  return { bins, binMs: each * stepMs, warmUpMs, endsMs: Math.max(warmUpMs, endOf(ends('measure'))) };
}

type Values = readonly (number | null)[];

/** @returns a drawing for each figure that the run has. */
export function timePlots(points: readonly SeriesPoint[], target: string): readonly Markup[] {
  const timeline = timelineOf(points);
  return PLOTS.flatMap(({ title, unit, layers }) => {
    const drawn = layers(timeline).filter(({ values }) => values.some((value) => value !== null));
    return drawn.length === 0 ? [] : [plot({ title, unit, layers: drawn }, timeline, target)];
  });
}

interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly layers: (timeline: Timeline) => readonly Layer[];
}

const PLOTS: readonly Plot[] = [
  {
    title: 'Requests',
    unit: 'per minute',
    layers: (timeline) => [
      refusals(timeline),
      { kind: 'line', name: 'sent', tone: 'load', values: rate(timeline, ({ sent }) => sent) },
      { kind: 'line', name: 'answered', tone: 'real', values: rate(timeline, ({ answered }) => answered) },
    ],
  },
  {
    title: 'First word',
    unit: 'seconds from the send',
    layers: (timeline) => latencies(timeline, 'ttftP50', 'ttftP95'),
  },
  {
    title: 'Whole answer',
    unit: 'seconds from the send',
    layers: (timeline) => latencies(timeline, 'e2eP50', 'e2eP95'),
  },
  {
    title: 'Tokens',
    unit: 'per minute, of answers that were given',
    layers: (timeline) => [
      { kind: 'line', name: 'prompt', tone: 'load', values: rate(timeline, ({ promptTokens }) => promptTokens) },
      {
        kind: 'line',
        name: 'answer',
        tone: 'real',
        values: rate(timeline, ({ completionTokens }) => completionTokens),
      },
    ],
  },
  {
    title: 'Utilisation',
    unit: 'percent, as answers told it',
    layers: (timeline) => [
      {
        kind: 'line',
        name: 'last told',
        tone: 'real',
        values: last(timeline, ({ utilisation }) => (utilisation === null ? null : utilisation * 100)),
      },
    ],
  },
  {
    title: 'Remaining tokens',
    unit: 'by x-ratelimit-remaining-tokens',
    layers: (timeline) => [
      {
        kind: 'line',
        name: 'left',
        tone: 'load',
        values: last(timeline, ({ remainingTokens }) => remainingTokens),
      },
    ],
  },
  {
    title: 'Remaining requests',
    unit: 'by x-ratelimit-remaining-requests',
    layers: (timeline) => [
      {
        kind: 'line',
        name: 'left',
        tone: 'load',
        values: last(timeline, ({ remainingRequests }) => remainingRequests),
      },
    ],
  },
];

function refusals(timeline: Timeline): Layer {
  const values = rate(timeline, ({ throttled }) => throttled);
  const none = values.every((value) => value === 0);
  return { kind: 'bars', name: '429', tone: 'refused', values: none ? values.map(() => null) : values };
}

function latencies(timeline: Timeline, p50: 'ttftP50' | 'e2eP50', p95: 'ttftP95' | 'e2eP95'): readonly Layer[] {
  return [
    { kind: 'line', name: 'p95', tone: 'believed', values: mean(timeline, (point) => point[p95]) },
    { kind: 'line', name: 'p50', tone: 'load', values: mean(timeline, (point) => point[p50]) },
  ];
}

function plot(
  { title, unit, layers }: { readonly title: string; readonly unit: string; readonly layers: readonly Layer[] },
  { binMs, warmUpMs, endsMs }: Timeline,
  target: string,
): Markup {
  const max = Math.max(0, ...layers.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const height = panelHeight({ isLast: true });
  const body = panel({ title, unit, layers, max, stepMs: binMs, warmUpMs, endsMs, isLast: true }, 0);
  const label = `${target}: ${title.toLowerCase()} over time, ${unit}`;
  return figure({ width: PANEL_WIDTH, height, body }, label);
}

function rate({ bins }: Timeline, of: (point: SeriesPoint) => number): Values {
  return bins.map(({ seconds, points }) => (60 * points.reduce((sum, point) => sum + of(point), 0)) / seconds);
}

/** Of the points' percentiles, each as often as it was answered. */
function mean({ bins }: Timeline, of: (point: SeriesPoint) => number | null): Values {
  const values = bins.map(({ points }) => {
    const known = points.flatMap((point) => {
      const value = of(point);
      return value === null ? [] : [[value, Math.max(1, point.answered)] as const];
    });
    const weight = known.reduce((sum, [, count]) => sum + count, 0);
    return weight === 0 ? null : known.reduce((sum, [value, count]) => sum + value * count, 0) / weight;
  });
  return bridged(values);
}

function last({ bins }: Timeline, of: (point: SeriesPoint) => number | null): Values {
  return bridged(bins.map(({ points }) => points.map(of).findLast((value) => value !== null) ?? null));
}

/** Short gaps are drawn through: at few calls a minute most steps have no answer, and a line of single points is none. */
export function bridged(values: Values): Values {
  const gapMax = Math.max(2, Math.floor(values.length * BRIDGE_SHARE));
  const known = values.flatMap((value, at) => (value === null ? [] : [[at, value] as const]));
  return values.map((value, at) => {
    if (value !== null) return value;
    const before = known.findLast(([other]) => other < at);
    const after = known.find(([other]) => other > at);
    if (before === undefined || after === undefined || after[0] - before[0] - 1 > gapMax) return null;
    return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0]);
  });
}
