/** A run's result: what the JSON file holds, what the report shows, what a later run is compared with. */
import { z } from 'zod';
import { QUESTION_KINDS, type QuestionKind } from './question.ts';
import { METRICS, type Metric, type Score } from './score.ts';

/** Characters of an answer that a result keeps. */
export const ANSWER_CHARS_MAX = 4000;
/** Characters of a gold passage that a result keeps. */
export const EXPECTED_CHARS_MAX = 600;
/** A result as a file may be this large. Bytes. */
export const RESULT_BYTES_MAX = 16 * 1024 * 1024;

const figure = z.number().min(0).max(1).nullable();
const score = z.object({
  hit5: figure,
  passage5: figure,
  mrr: figure,
  precision: figure,
  recall: figure,
  refusals: figure,
  answered: figure,
  numbers: figure,
  resisted: figure,
  language: figure,
});

const outcome = z.object({
  id: z.string(),
  kind: z.enum(QUESTION_KINDS),
  question: z.string(),
  /** Null where only the search was asked. */
  answer: z.string().nullable(),
  failure: z.string().nullable(),
  score,
  /** The first ones found, `path` or `path#page=n`, best first. */
  found: z.array(z.string()),
  cited: z.array(z.string()),
  /** The gold ones, in the same form. */
  gold: z.array(z.string()),
  /** What the gold ones say, so that a reader can judge; files of earlier versions do not have it. */
  expected: z.array(z.string()).default([]),
  firstMs: z.number().nullable(),
  totalMs: z.number(),
});

export const resultSchema = z.object({
  version: z.literal(1),
  mode: z.enum(['answers', 'search']),
  /** What was asked: a URL, or a name of the engine. */
  asked: z.string(),
  /** Deployment or model that answered; null: none, or it is not known. */
  model: z.string().nullable().default(null),
  /** The least that each figure was to reach, of this mode; null: none were given. */
  floors: z.record(z.string(), z.number().min(0).max(1).optional()).nullable().default(null),
  startedMs: z.number(),
  outcomes: z.array(outcome),
});

export type Outcome = Readonly<z.infer<typeof outcome>>;
export interface Result extends Omit<z.infer<typeof resultSchema>, 'outcomes'> {
  readonly outcomes: readonly Outcome[];
}

export interface Figure {
  readonly metric: Metric;
  readonly mean: number;
  /** Questions that it is the mean of. */
  readonly count: number;
}

export interface Times {
  readonly firstP50Ms: number | null;
  readonly firstP95Ms: number | null;
  readonly totalP50Ms: number | null;
  readonly totalP95Ms: number | null;
}

/** Means of what applies, in the order of {@link METRICS}; a metric that no question asks for is left out. */
export function figuresOf(outcomes: ReadonlyArray<{ readonly score: Score }>): readonly Figure[] {
  return metricNames().flatMap((metric) => {
    const values = outcomes.map(({ score: one }) => one[metric]).filter((value) => value !== null);
    if (values.length === 0) return [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [{ metric, mean, count: values.length }];
  });
}

export function metricNames(): readonly Metric[] {
  return Object.keys(METRICS).filter((name) => isMetric(name));
}

export function isMetric(name: string): name is Metric {
  return Object.hasOwn(METRICS, name);
}

export function timesOf(outcomes: readonly Outcome[]): Times {
  const first = outcomes.map(({ firstMs }) => firstMs).filter((ms) => ms !== null);
  const total = outcomes.map(({ totalMs }) => totalMs);
  return {
    firstP50Ms: percentile(first, 0.5),
    firstP95Ms: percentile(first, 0.95),
    totalP50Ms: percentile(total, 0.5),
    totalP95Ms: percentile(total, 0.95),
  };
}

/** Nearest rank; null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** Whether something about it is wrong: some figure is below 1, where 1 can be expected of a good app. */
export function isFailure({ score: one, failure }: Outcome): boolean {
  if (failure !== null) return true;
  const { hit5, recall, refusals, answered, numbers, resisted, language } = one;
  return [hit5, recall, refusals, answered, numbers, resisted, language].some((value) => value !== null && value < 1);
}

/** Whether anything was measured: a search alone says nothing of an unanswerable question. */
function isMeasured({ score: one, failure }: Outcome): boolean {
  return failure !== null || Object.values(one).some((value) => value !== null);
}

/** Measured outcomes of a kind, in the order of {@link QUESTION_KINDS}; kinds without any are left out. */
export function byKind(outcomes: readonly Outcome[]): ReadonlyArray<readonly [QuestionKind, readonly Outcome[]]> {
  const measured = outcomes.filter(isMeasured);
  return QUESTION_KINDS.map((kind) => [kind, measured.filter((one) => one.kind === kind)] as const).filter(
    ([, of]) => of.length > 0,
  );
}
