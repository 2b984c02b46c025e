/** How latency is spread: which share of the answers had come after how long, with room for the slow ones. */
import { type Chart, type Curve, chart, type Tone } from '@spillway/drawing';
import type { Spread, TargetSummary } from '../measure/report.ts';

/** Each step right is ten times rarer; the slowest of all stands behind the last. */
const PLACES = [
  ['p50', 0.301, '50 %'],
  ['p90', 1, '90 %'],
  ['p95', 1.301, '95 %'],
  ['p99', 2, '99 %'],
  ['max', 2.5, 'all'],
] as const;

type Named = readonly [name: string, tone: Tone, spread: Spread];

/** null: nothing was answered. */
export function distributionPlot({ name, ...of }: TargetSummary): Chart | null {
  const named: readonly Named[] = [
    ['end, from intended moment', 'refused', of.e2eIntended],
    ['end, from the send', 'load', of.e2e],
    ['first word, from intended moment', 'believed', of.ttftIntended],
    ['first word, from the send', 'real', of.ttft],
  ];
  const curves = named.flatMap(([curve, tone, spread]) => curveOf(curve, tone, spread));
  if (curves.length === 0) return null;
  return chart({
    title: 'Latency',
    subtitle: `${name}: so many of the answers took so long at most`,
    xName: 'share of the answers',
    yName: 'seconds',
    curves,
    marks: [],
    xMax: 2.5,
    xMarks: [[0, 'fastest'], ...PLACES.filter(([place]) => place !== 'p95').map(([, x, text]) => [x, text] as const)],
  });
}

function curveOf(name: string, tone: Tone, spread: Spread): readonly Curve[] {
  if (spread.min === null) return [];
  const points = PLACES.flatMap(([place, x]) => {
    const value = spread[place];
    return value === null ? [] : [[x, value] as const];
  });
  return [{ name, tone, kind: 'line', points: [[0, spread.min], ...points] }];
}
