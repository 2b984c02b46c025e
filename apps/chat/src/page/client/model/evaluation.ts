/** Figures of runs as the evaluation page shows them: which, in which order, and how they moved. Pure. */
import type { Mode } from '../../../eval/evaluations.ts';
import type { QuestionKind } from '../../../eval/question.ts';
import type { Outcome } from '../../../eval/result.ts';
import type { Metric } from '../../../eval/score.ts';
import type { RunSummary } from '../../../eval/summary.ts';
import type { Word } from '../state/words.ts';

export const METRIC_WORDS: Readonly<Record<Metric, Word>> = {
  hit5: 'figHit5',
  passage5: 'figPassage5',
  mrr: 'figMrr',
  precision: 'figPrecision',
  recall: 'figRecall',
  refusals: 'figRefusals',
  answered: 'figAnswered',
  numbers: 'figNumbers',
  resisted: 'figResisted',
  language: 'figLanguage',
};

export const KIND_WORDS: Readonly<Record<QuestionKind, Word>> = {
  plain: 'kindPlain',
  paraphrased: 'kindParaphrased',
  'two-documents': 'kindTwoDocuments',
  'follow-up': 'kindFollowUp',
  numbers: 'kindNumbers',
  unanswerable: 'kindUnanswerable',
  'other-language': 'kindOtherLanguage',
  attack: 'kindAttack',
};

/** In the table of runs, and drawn over time. */
export const MAIN_METRICS: Readonly<Record<Mode, readonly Metric[]>> = {
  answers: ['hit5', 'mrr', 'precision', 'recall', 'refusals', 'numbers'],
  search: ['hit5', 'passage5', 'mrr'],
};

/** 0.983: as the command and the report write it, in the reader's own digits. */
export function shareText(value: number | null, locale: string): string {
  const digits = { minimumFractionDigits: 3, maximumFractionDigits: 3 };
  return value === null ? '–' : new Intl.NumberFormat(locale, digits).format(value);
}

/** Smaller than what is shown is no change. */
const SHOWN_MIN = 0.0005;

/** ▲ 0.012, ▼ 0.012, ±0; null: one of the two is not known. */
export function moveText(before: number | null, after: number | null, locale: string): string | null {
  if (before === null || after === null) return null;
  const by = after - before;
  if (Math.abs(by) < SHOWN_MIN) return '±0';
  return `${by > 0 ? '▲' : '▼'} ${shareText(Math.abs(by), locale)}`;
}

export function meanOf({ figures }: Pick<RunSummary, 'figures'>, metric: Metric): number | null {
  return figures.find((one) => one.metric === metric)?.mean ?? null;
}

/** null: no floor, or it is held. */
export function missedFloor({ misses }: Pick<RunSummary, 'misses'>, metric: Metric): number | null {
  return misses.find((one) => one.metric === metric)?.floor ?? null;
}

/** null: it has none. */
export function floorOf({ floors }: Pick<RunSummary, 'floors'>, metric: Metric): number | null {
  return floors?.[metric] ?? null;
}

/** Beyond it the oldest are left out of a drawing. */
export const TREND_RUNS_MAX = 30;

export interface Point {
  /** 0 to 1, from the left. */
  readonly x: number;
  /** 0 to 1, from below: the figure itself. */
  readonly value: number;
  readonly runId: string;
  readonly isMissed: boolean;
}

/** @param runs newest first, of one mode. @returns oldest first; runs without the figure leave a gap. */
export function trendOf(runs: readonly RunSummary[], metric: Metric): readonly Point[] {
  const shown = runs.slice(0, TREND_RUNS_MAX).toReversed();
  return shown.flatMap((run, i) => {
    const value = meanOf(run, metric);
    if (value === null) return [];
    const x = shown.length === 1 ? 0.5 : i / (shown.length - 1);
    return [{ x, value, runId: run.id, isMissed: missedFloor(run, metric) !== null }];
  });
}

/** A passage as results name it: `path`, or `path#page=n`. */
export function placeIn(name: string): { readonly path: string; readonly page: number | null } {
  const [, path = name, page] = /^(.*)#page=(\d+)$/.exec(name) ?? [];
  return { path, page: page === undefined ? null : Number(page) };
}

export interface Wish {
  readonly kind: QuestionKind | 'all';
  readonly which: 'wrong' | 'all' | 'disliked';
}

export function wished(outcomes: readonly Outcome[], { kind, which }: Wish): readonly Outcome[] {
  const ofKind = outcomes.filter((one) => kind === 'all' || one.kind === kind);
  if (which === 'all') return ofKind;
  return ofKind.filter(which === 'wrong' ? isWrong : isDisliked);
}

/** As eval/result.ts has it, which knows the schema and is too much for a page. */
export function isWrong({ score, failure }: Outcome): boolean {
  const { hit5, recall, refusals, answered, numbers, resisted, language } = score;
  const expected = [hit5, recall, refusals, answered, numbers, resisted, language];
  return failure !== null || expected.some((value) => value !== null && value < 1);
}

/** Made from an answer that somebody disliked (eval/feedback.ts). */
export function isDisliked({ id }: Pick<Outcome, 'id'>): boolean {
  return /-disliked-\d+$/.test(id);
}

/** Figures below 1, where 1 is the best. */
export function lowFigures({ score }: Outcome): readonly (readonly [Metric, number])[] {
  return metricsIn(score).flatMap((metric) => {
    const value = score[metric];
    return value !== null && value < 1 ? [[metric, value] as const] : [];
  });
}

/** Figures of a question that are not as they were. */
export function movedFigures(
  before: Outcome,
  after: Outcome,
): readonly { readonly metric: Metric; readonly before: number | null; readonly after: number | null }[] {
  return metricsIn(after.score)
    .map((metric) => ({ metric, before: before.score[metric], after: after.score[metric] }))
    .filter((one) => one.before !== one.after);
}

function metricsIn(score: Outcome['score']): readonly Metric[] {
  return Object.keys(METRIC_WORDS).filter((name): name is Metric => Object.hasOwn(score, name));
}

/** Right and all, of each kind that was asked. */
export function kindsOf(
  outcomes: readonly Outcome[],
): readonly { readonly kind: QuestionKind; readonly right: number; readonly all: number }[] {
  const groups = Map.groupBy(outcomes, ({ kind }) => kind);
  return [...groups].map(([kind, of]) => ({ kind, right: of.filter((one) => !isWrong(one)).length, all: of.length }));
}
