/** A run in a few figures, as a list of runs shows it. Pure. */
import { type Miss, missesOf } from './floors.ts';
import { type Figure, figuresOf, isFailure, type Outcome, type Result, type Times, timesOf } from './result.ts';

export interface RunSummary extends Pick<Result, 'mode' | 'asked' | 'model' | 'startedMs'> {
  readonly id: string;
  readonly questions: number;
  /** Questions of which nothing is wrong. */
  readonly right: number;
  /** Questions that were made from answers somebody disliked (feedback.ts). */
  readonly fromFeedback: number;
  readonly figures: readonly Figure[];
  readonly times: Times;
  /** The least that each figure was to reach; null: none were given. */
  readonly floors: Result['floors'];
  /** Figures below them. */
  readonly misses: readonly Miss[];
}

export function summaryOf(id: string, result: Result): RunSummary {
  const { mode, asked, model, startedMs, outcomes, floors } = result;
  return {
    id,
    mode,
    asked,
    model,
    startedMs,
    questions: outcomes.length,
    right: outcomes.filter((one) => !isFailure(one)).length,
    fromFeedback: outcomes.filter(isFromFeedback).length,
    figures: figuresOf(outcomes),
    times: timesOf(outcomes),
    floors,
    misses: floors === null ? [] : missesOf(result, { search: floors, answers: floors }),
  };
}

/** As feedback.ts names them, behind the kind that question-file.ts puts in front. */
export function isFromFeedback({ id }: Pick<Outcome, 'id'>): boolean {
  return /-disliked-\d+$/.test(id);
}
