/** Runs of the evaluation: read, begun, watched, stopped, removed. Fetched with the page that shows them. */
import { signal } from '@preact/signals';
import type { Mode } from '../../../eval/evaluations.ts';
import type { Figure, Outcome } from '../../../eval/result.ts';
import type { RunSummary } from '../../../eval/summary.ts';
import type { EvaluationDiff, EvaluationsView, EvaluationView } from '../../../server/evaluation-api.ts';
import type { Fetched } from '../api.ts';
import { fields, isObject, listOf, number, orNull, text } from '../shapes.ts';
import { succeeded, tell, warn } from './notices.ts';
import { api } from './server.ts';
import { t } from './words.ts';

type Check = (value: unknown) => boolean;
type Checks<Of> = Partial<Record<keyof Of, Check>>;

const figure = fields({ metric: text, mean: number, count: number } satisfies Record<keyof Figure, Check>);
const RUN = {
  id: text,
  mode: text,
  startedMs: number,
  questions: number,
  right: number,
  figures: listOf(figure),
  times: isObject,
  floors: orNull(isObject),
  misses: Array.isArray,
} satisfies Checks<RunSummary>;
const outcome = fields({
  id: text,
  kind: text,
  question: text,
  answer: orNull(text),
  score: isObject,
  found: listOf(text),
  gold: listOf(text),
  expected: listOf(text),
} satisfies Checks<Outcome>);

function isEvaluations(value: unknown): value is EvaluationsView {
  return fields({
    runs: listOf(fields(RUN)),
    running: orNull(fields({ id: text, done: number, total: number })),
    questions: isObject,
  } satisfies Checks<EvaluationsView>)(value);
}

function isEvaluation(value: unknown): value is EvaluationView {
  return fields({ ...RUN, outcomes: listOf(outcome) } satisfies Checks<EvaluationView>)(value);
}

function isEvaluationDiff(value: unknown): value is EvaluationDiff {
  return fields({
    before: fields(RUN),
    after: fields(RUN),
    figures: Array.isArray,
    changed: listOf(fields({ change: text, before: outcome, after: outcome })),
    counts: isObject,
  } satisfies Checks<EvaluationDiff>)(value);
}

function anything(_value: unknown): _value is unknown {
  return true;
}

/** null: not read yet. */
export const evaluations = signal<EvaluationsView | null>(null);

const PATH = '/api/evaluations';
const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
/** Between two looks at a run that is under way. Milliseconds. */
const LOOK_MS = 1_000;
let looking: ReturnType<typeof setTimeout> | null = null;
let isWatched = false;

/** Looks as long as a run is under way. @returns what ends that. */
export function watchEvaluations(): () => void {
  isWatched = true;
  void readEvaluations();
  return () => {
    isWatched = false;
    if (looking !== null) clearTimeout(looking);
    looking = null;
  };
}

async function readEvaluations(): Promise<void> {
  if (looking !== null) clearTimeout(looking);
  looking = null;
  const answer = await api.call('GET', PATH, isEvaluations);
  // While a run is watched, one look that fails is followed by another.
  const isRunning = evaluations.value?.running != null;
  if (answer.kind === 'ok') take(answer.value);
  else if (answer.kind !== 'gone' || !isRunning) succeeded(answer);
  if (isWatched && evaluations.value?.running != null) looking = setTimeout(() => void readEvaluations(), LOOK_MS);
}

function take(now: EvaluationsView): void {
  const before = evaluations.value?.running ?? null;
  evaluations.value = now;
  const { ended } = now;
  if (before === null || now.running?.id === before.id || ended?.id !== before.id) return;
  if (ended.kind === 'failed') warn(t('evalFailed', { reason: ended.reason ?? '' }));
  else tell(t(ended.kind === 'kept' ? 'evalKept' : 'evalStopped'));
}

export async function startRun(mode: Mode): Promise<void> {
  if (succeeded(await api.call('POST', PATH, anything, { mode }))) await readEvaluations();
}

export async function stopRun(id: string): Promise<void> {
  const answer = await api.call('POST', `${pathOf(id)}/stop`, anything, {});
  // It may have come to its end before: the list tells.
  if (answer.kind === 'ok' || (answer.kind === 'refused' && answer.code === 'noRun')) await readEvaluations();
  else succeeded(answer);
}

export async function removeRun(id: string): Promise<boolean> {
  if (!succeeded(await api.call('DELETE', pathOf(id), anything))) return false;
  await readEvaluations();
  return true;
}

export const readRun = (id: string): Promise<Fetched<EvaluationView>> => api.call('GET', pathOf(id), isEvaluation);
export const readDiff = (id: string, before: string): Promise<Fetched<EvaluationDiff>> =>
  api.call('GET', `${pathOf(id)}/diff/${encodeURIComponent(before)}`, isEvaluationDiff);
