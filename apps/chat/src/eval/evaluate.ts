/** `spillway chat eval`: reads questions, floors and an earlier result, runs, writes result and report. Flags and printing are the command's. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@spillway/clock';
import { parse } from 'yaml';
import { z } from 'zod';
import { CORPUS_FLOORS, CORPUS_QUESTIONS } from './corpus.ts';
import { differenceOf } from './difference.ts';
import { type Floors, floorsSchema, missesOf } from './floors.ts';
import type { Question } from './question.ts';
import { readQuestions } from './question-file.ts';
import { reportOf } from './report.ts';
import { RESULT_BYTES_MAX, type Result, resultSchema } from './result.ts';
import { runEvaluation, type Subject } from './run.ts';
import type { Evaluated } from './text.ts';

export interface EvaluateOptions {
  readonly subject: Subject;
  /** As the result names what was asked. */
  readonly asked: string;
  readonly model?: string | null;
  readonly clock: Clock;
  readonly parallel: number;
  /** null: those of the corpus. */
  readonly questions: string | null;
  /** null: none; `corpus`: those of the corpus, which fit its questions alone. */
  readonly floors: string | null;
  /** `result.json` of an earlier run; null: none. */
  readonly before: string | null;
  /** Folder for `result.json` and `report.html`; null: nothing is written. */
  readonly out: string | null;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Something that was given cannot be used: what, why, and the way out. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

export async function evaluate(options: EvaluateOptions): Promise<Evaluated> {
  // Everything is read before the first question: a slip must not cost a run.
  const questions = questionsIn(options.questions ?? CORPUS_QUESTIONS);
  const floors =
    options.floors === null ? null : floorsIn(options.floors === 'corpus' ? CORPUS_FLOORS : options.floors);
  const before = options.before === null ? null : resultIn(options.before, options.subject.mode);
  if (options.out !== null) using(options.out, () => mkdirSync(options.out ?? '', { recursive: true }));
  const { subject, asked, model = null, clock, parallel, onProgress } = options;
  const progress = onProgress === undefined ? {} : { onProgress };
  const run = await runEvaluation({ subject, asked, model, clock, parallel, questions, ...progress });
  const result: Result = { ...run, floors: floors?.[run.mode] ?? null };
  const evaluated: Evaluated = {
    result,
    difference: before === null ? null : differenceOf(before, result),
    floors: result.floors,
    misses: floors === null ? [] : missesOf(result, floors),
  };
  if (options.out !== null) write(options.out, evaluated);
  return evaluated;
}

function write(folder: string, evaluated: Evaluated): void {
  using(folder, () => {
    writeFileSync(join(folder, 'result.json'), `${JSON.stringify(evaluated.result, null, 1)}\n`);
    writeFileSync(join(folder, 'report.html'), reportOf(evaluated));
  });
}

export function questionsIn(file: string): readonly Question[] {
  const read = using(file, () => readQuestions(file));
  if (read.kind === 'ok') return read.questions;
  throw new EvaluationError(read.errors.join('\n'));
}

export function floorsIn(file: string): Floors {
  const read = floorsSchema.safeParse(using(file, () => parse(readFileSync(file, 'utf8'))));
  if (read.success) return read.data;
  throw new EvaluationError(`${file}: ${z.prettifyError(read.error)}`);
}

/** Of the same mode: a search answers nothing, so every answer would look broken beside it. */
function resultIn(file: string, mode: Result['mode']): Result {
  const { size } = using(file, () => statSync(file));
  if (size > RESULT_BYTES_MAX) throw new EvaluationError(`${file}: above ${RESULT_BYTES_MAX} bytes; is it a result?`);
  const text = using(file, () => readFileSync(file, 'utf8'));
  const read = resultSchema.safeParse(using(file, () => JSON.parse(text)));
  if (read.success && read.data.mode !== mode) {
    throw new EvaluationError(
      `${file}: is a result of ${read.data.mode}, this run is of ${mode}; give one of the same`,
    );
  }
  if (read.success) return read.data;
  throw new EvaluationError(`${file}: is no result of this version; give the result.json that --out wrote`);
}

function using<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EvaluationError(`${file}: ${error instanceof Error ? error.message : String(error)}; check the path`);
  }
}
