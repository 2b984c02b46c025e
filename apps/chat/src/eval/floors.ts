/** Floors for CI: the least that each figure must reach. Data, in `corpus/floors.yaml`. */
import { z } from 'zod';
import { type Figure, figuresOf, isMetric, type Result } from './result.ts';
import { METRICS, type Metric } from './score.ts';

const share = z.number().min(0).max(1);
const group = z.record(z.string().refine(isMetric, `is none of the figures ${Object.keys(METRICS).join(', ')}`), share);
export const floorsSchema = z.strictObject({ search: group, answers: group });
export type Floors = Readonly<Record<Result['mode'], Readonly<Partial<Record<string, number>>>>>;

export interface Miss {
  readonly metric: Metric;
  readonly floor: number;
  /** null: no question asked for it, so nothing was shown. */
  readonly mean: number | null;
}

/** Figures below their floor; one that has a floor and was not measured misses it. */
export function missesOf({ mode, outcomes }: Result, floors: Floors): readonly Miss[] {
  const figures = figuresOf(outcomes);
  return Object.entries(floors[mode]).flatMap(([metric, floor]) => {
    if (!isMetric(metric) || floor === undefined) return [];
    const mean = meanOf(figures, metric);
    return mean !== null && mean >= floor ? [] : [{ metric, floor, mean }];
  });
}

function meanOf(figures: readonly Figure[], metric: Metric): number | null {
  return figures.find((one) => one.metric === metric)?.mean ?? null;
}
