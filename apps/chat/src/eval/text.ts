/** A result as lines for a terminal. What a number is of stands beside it. */
import { type Difference, moved } from './difference.ts';
import type { Floors, Miss } from './floors.ts';
import { byKind, figuresOf, isFailure, type Outcome, type Result, timesOf } from './result.ts';

/** Questions that are named one by one; the report has them all. */
export const NAMED_MAX = 10;

export interface Evaluated {
  readonly result: Result;
  /** null: there is no earlier run to compare with. */
  readonly difference: Difference | null;
  /** Of this mode; null: none were given. */
  readonly floors: Floors[Result['mode']] | null;
  readonly misses: readonly Miss[];
}

export function linesOf({ result, difference, misses }: Evaluated): readonly string[] {
  const { outcomes } = result;
  return [
    `${outcomes.length} questions, ${result.mode === 'search' ? 'search alone' : 'answers'}: ${result.asked}`,
    '',
    ...figuresOf(outcomes).map(({ metric, mean, count }) => `${metric.padEnd(10)} ${share(mean)}  of ${count}`),
    ...timeLines(outcomes, result.mode),
    '',
    ...byKind(outcomes).map(
      ([kind, of]) => `${kind.padEnd(15)} ${of.filter((one) => !isFailure(one)).length} of ${of.length} right`,
    ),
    ...named('Wrong', outcomes.filter(isFailure)),
    ...(difference === null ? [] : differenceLines(difference)),
    ...misses.map(missText),
  ];
}

export function missText({ metric, floor, mean }: Miss): string {
  return `${metric}: ${mean === null ? 'not measured' : share(mean)}, below its floor ${share(floor)}`;
}

function differenceLines(difference: Difference): readonly string[] {
  const { figures, broken, mended, added, gone } = difference;
  return [
    '',
    `Since the earlier run: ${broken.length} broken, ${mended.length} mended, ${added.length} new, ${gone.length} gone`,
    ...figures
      .filter(moved)
      .map(({ metric, before, after }) => `${metric.padEnd(10)} ${share(before)} → ${share(after)}`),
    ...named('Broken', broken),
  ];
}

function named(title: string, outcomes: readonly Outcome[]): readonly string[] {
  if (outcomes.length === 0) return [];
  const rest = outcomes.length - NAMED_MAX;
  return [
    '',
    `${title}:`,
    ...outcomes.slice(0, NAMED_MAX).map(({ id, question, failure }) => `  ${id}: ${failure ?? question}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

function timeLines(outcomes: readonly Outcome[], mode: Result['mode']): readonly string[] {
  const { firstP50Ms, firstP95Ms, totalP50Ms, totalP95Ms } = timesOf(outcomes);
  const first = `first word p50 ${whole(firstP50Ms)}, p95 ${whole(firstP95Ms)}; `;
  return [`time       ${mode === 'answers' ? first : ''}whole p50 ${whole(totalP50Ms)}, p95 ${whole(totalP95Ms)}`];
}

export function share(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

export function whole(ms: number | null): string {
  return ms === null ? '–' : `${Math.round(ms)} ms`;
}
