/** What the evaluation page gets: the routes below `/api/evaluations` (api.ts lists them). */
import type { FigureChange, QuestionChange } from '../eval/difference.ts';
import type { Askable, Ended, Running } from '../eval/evaluations.ts';
import type { Outcome } from '../eval/result.ts';
import type { RunSummary } from '../eval/summary.ts';

/** Of the questions that changed, in one answer; the rest is counted. */
export const CHANGED_MAX = 200;

export interface EvaluationsView {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** Files beside them that are no result of this version, or too large. */
  readonly unread: number;
  readonly running: Running | null;
  /** What became of the run before, since the app began; null: there was none. */
  readonly ended: Ended | null;
  /** What a run that is begun now asks. */
  readonly questions: Askable;
}

export interface EvaluationView extends RunSummary {
  readonly outcomes: readonly Outcome[];
}

export interface EvaluationDiff {
  readonly before: RunSummary;
  readonly after: RunSummary;
  /** Over the questions alone that both asked in the same words. */
  readonly figures: readonly FigureChange[];
  /** What broke first; at most {@link CHANGED_MAX}. */
  readonly changed: readonly QuestionChange[];
  /** Of all of them. */
  readonly counts: Readonly<Record<QuestionChange['change'], number>>;
  /** Asked in one run alone: their ids. */
  readonly added: readonly string[];
  readonly gone: readonly string[];
}
