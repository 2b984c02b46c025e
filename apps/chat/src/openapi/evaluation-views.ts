/** What the routes below `/api/evaluations` answer with, as the document tells it; the compiler holds each to the type that is sent. */
import { z } from 'zod';
import type { Askable, Ended, Running } from '../eval/evaluations.ts';
import type { Miss } from '../eval/floors.ts';
import { QUESTION_KINDS } from '../eval/question.ts';
import type { Figure, Outcome, Times } from '../eval/result.ts';
import type { Metric, Score } from '../eval/score.ts';
import type { RunSummary } from '../eval/summary.ts';
import type { EvaluationDiff, EvaluationsView, EvaluationView } from '../server/evaluation-api.ts';

const texts = z.array(z.string());
const count = z.int().min(0);
const atMs = z.number().describe('Milliseconds since 1970');
const ms = z.number().nullable().describe('Milliseconds; null: of nothing');
const share = z.number().min(0).max(1);
const mode = z.enum(['answers', 'search']).describe('search: passages alone were looked at');

const METRIC_NAMES = [
  'hit5',
  'passage5',
  'mrr',
  'precision',
  'recall',
  'refusals',
  'answered',
  'numbers',
  'resisted',
  'language',
] as const satisfies readonly Metric[];
const metric = z.enum(METRIC_NAMES);
const applies = share.nullable().describe('null: the question does not ask for it');
const score = z.object({
  hit5: applies,
  passage5: applies,
  mrr: applies,
  precision: applies,
  recall: applies,
  refusals: applies,
  answered: applies,
  numbers: applies,
  resisted: applies,
  language: applies,
}) satisfies z.ZodType<Score>;

const figure = z.object({
  metric,
  mean: share,
  count: count.describe('Questions that it is the mean of'),
}) satisfies z.ZodType<Figure>;
const miss = z.object({ metric, floor: share, mean: share.nullable() }) satisfies z.ZodType<Miss>;
const times = z.object({
  firstP50Ms: ms,
  firstP95Ms: ms,
  totalP50Ms: ms,
  totalP95Ms: ms,
}) satisfies z.ZodType<Times>;

export const evaluationRun = z
  .object({
    id: z.string(),
    mode,
    asked: z.string().describe('What was asked: a URL, or a name of the engine'),
    model: z.string().nullable().describe('Deployment or model; null: none, or it is not known'),
    startedMs: atMs,
    questions: count,
    right: count.describe('Questions of which nothing is wrong'),
    fromFeedback: count.describe('Questions made from answers that somebody disliked'),
    figures: z.array(figure),
    times,
    floors: z.record(z.string(), share.optional()).nullable().describe('By figure; null: none were given'),
    misses: z.array(miss).describe('Figures below their floors'),
  })
  .describe('A run of the evaluation') satisfies z.ZodType<RunSummary>;

export const evaluationOutcome = z
  .object({
    id: z.string(),
    kind: z.enum(QUESTION_KINDS),
    question: z.string(),
    answer: z.string().nullable().describe('null: the search alone was asked'),
    failure: z.string().nullable().describe('Why there is no whole answer'),
    score,
    found: texts.describe('The first ones, best first: path, or path#page=n'),
    cited: texts,
    gold: texts.describe('Where the answer stands, in the same form'),
    expected: texts.describe('What stands there'),
    firstMs: ms,
    totalMs: z.number(),
  })
  .describe('How one question went') satisfies z.ZodType<Outcome>;

const running = z.object({
  id: z.string(),
  mode,
  startedMs: atMs,
  startedBy: z.string().nullable(),
  done: count,
  total: count,
}) satisfies z.ZodType<Running>;
const ended = z.object({
  id: z.string(),
  kind: z.enum(['kept', 'stopped', 'failed']),
  run: z.string().nullable().describe('Its id among the runs'),
  reason: z.string().nullable(),
}) satisfies z.ZodType<Ended>;
const askable = z.object({
  count: count.nullable(),
  problem: z.string().nullable().describe('Why the questions cannot be asked'),
  isSample: z.boolean().describe('They came along, and ask about the sample documents'),
}) satisfies z.ZodType<Askable>;

export const evaluationsView = z.object({
  runs: z.array(evaluationRun).describe('Newest first'),
  unread: count.describe('Files beside them that are no result'),
  running: running.nullable(),
  ended: ended.nullable().describe('The run before, since the app began'),
  questions: askable,
}) satisfies z.ZodType<EvaluationsView>;

export const evaluationStarted = z.object({ running });

export const evaluationView = evaluationRun.extend({
  outcomes: z.array(evaluationOutcome),
}) satisfies z.ZodType<EvaluationView>;

export const evaluationDiff = z.object({
  before: evaluationRun,
  after: evaluationRun,
  figures: z.array(z.object({ metric, before: share.nullable(), after: share.nullable() })),
  changed: z
    .array(
      z.object({
        change: z.enum(['broken', 'worse', 'better', 'mended']),
        before: evaluationOutcome,
        after: evaluationOutcome,
      }),
    )
    .describe('What broke first; the first 200'),
  counts: z.object({ broken: count, worse: count, better: count, mended: count }),
  added: texts,
  gone: texts,
}) satisfies z.ZodType<EvaluationDiff>;
