/** What changed from an earlier run to this one: figures, and questions that went from right to wrong or back. Pure. */
import { type Figure, figuresOf, isFailure, metricNames, type Outcome, type Result } from './result.ts';
import type { Metric } from './score.ts';

/** `broken`: right before, wrong now. `better`, `worse`: no less right than before, but figures of it moved. */
export type Change = 'broken' | 'worse' | 'better' | 'mended';

export interface QuestionChange {
  readonly change: Change;
  readonly before: Outcome;
  readonly after: Outcome;
}

export interface FigureChange {
  readonly metric: Metric;
  readonly before: number | null;
  readonly after: number | null;
}

export interface Difference {
  readonly figures: readonly FigureChange[];
  /** Right before, wrong now. */
  readonly broken: readonly Outcome[];
  /** Wrong before, right now. */
  readonly mended: readonly Outcome[];
  /** Every question whose figures moved: what broke first, what was mended last. */
  readonly changed: readonly QuestionChange[];
  /** Asked in one run alone: their ids. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** Questions with the same id and the same words are compared; figures over those alone, so that a new question changes none. */
export function differenceOf(before: Result, after: Result): Difference {
  const earlier = new Map(before.outcomes.map((one) => [keyOf(one), one]));
  const pairs = after.outcomes.flatMap((now) => {
    const then = earlier.get(keyOf(now));
    return then === undefined ? [] : [{ then, now }];
  });
  const shared = new Set(pairs.map(({ now }) => keyOf(now)));
  const alone = (outcomes: readonly Outcome[]) => outcomes.filter((one) => !shared.has(keyOf(one))).map(({ id }) => id);
  return {
    figures: changes(figuresOf(pairs.map(({ then }) => then)), figuresOf(pairs.map(({ now }) => now))),
    broken: pairs.filter(({ then, now }) => !isFailure(then) && isFailure(now)).map(({ now }) => now),
    mended: pairs.filter(({ then, now }) => isFailure(then) && !isFailure(now)).map(({ now }) => now),
    changed: CHANGES.flatMap((change) =>
      pairs
        .filter(({ then, now }) => changeOf(then, now) === change)
        .map(({ then, now }) => ({ change, before: then, after: now })),
    ),
    added: alone(after.outcomes),
    gone: alone(before.outcomes),
  };
}

const CHANGES: readonly Change[] = ['broken', 'worse', 'better', 'mended'];

/** null: every figure is as it was. */
function changeOf(then: Outcome, now: Outcome): Change | null {
  if (isFailure(then) !== isFailure(now)) return isFailure(now) ? 'broken' : 'mended';
  const by = metricNames().map((metric) => (now.score[metric] ?? 0) - (then.score[metric] ?? 0));
  if (by.every((one) => one === 0)) return null;
  return by.reduce((sum, one) => sum + one, 0) < 0 ? 'worse' : 'better';
}

function keyOf({ id, question }: Outcome): string {
  return `${id}\n${question}`;
}

function changes(before: readonly Figure[], after: readonly Figure[]): readonly FigureChange[] {
  const mean = (figures: readonly Figure[], metric: Metric) =>
    figures.find((one) => one.metric === metric)?.mean ?? null;
  return metricNames()
    .map((metric) => ({ metric, before: mean(before, metric), after: mean(after, metric) }))
    .filter(({ before: from, after: to }) => from !== null || to !== null);
}

export function moved({ before, after }: FigureChange): boolean {
  return before !== after;
}
