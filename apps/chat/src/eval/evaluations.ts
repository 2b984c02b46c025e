/**
 * Runs that are begun from the page: of the app that this is, over what is indexed, one at a time and with few questions at once, so
 * that users are served meanwhile. A run that is stopped leaves nothing; one that ends is put on the shelf.
 */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Clock } from '@spillway/clock';
import { z } from 'zod';
import type { Log } from '../server/context.ts';
import type { EvaluationSettings } from '../settings/evaluation-settings.ts';
import type { DocumentStore } from '../store/store.ts';
import { CORPUS_FLOORS, CORPUS_QUESTIONS } from './corpus.ts';
import { floorsIn, questionsIn } from './evaluate.ts';
import type { Floors } from './floors.ts';
import type { Question } from './question.ts';
import type { Result } from './result.ts';
import { runEvaluation, type Subject } from './run.ts';
import type { Shelf } from './shelf.ts';

/** Of one run that is begun from the page. The command asks more. */
export const PAGE_QUESTIONS_MAX = 500;
/** Of one run, at a time. */
export const PAGE_PARALLEL = 2;
/** Of one run: a gateway that throttles all the while would hold it for days. Milliseconds. */
export const PAGE_RUN_MS_MAX = 4 * 3_600_000;
/** Documents that questions rest on and that are looked for in the index before a run. */
const LOOKS_MAX = 50;

export const evaluationRequest = z.strictObject({
  /** `search`: passages alone are looked at, and no chat model is asked. */
  mode: z.enum(['answers', 'search']).default('answers'),
});
export type Mode = z.infer<typeof evaluationRequest>['mode'];

export interface Running {
  readonly id: string;
  readonly mode: Mode;
  readonly startedMs: number;
  /** null: nobody was signed in. */
  readonly startedBy: string | null;
  /** Questions that have been asked, of so many. */
  readonly done: number;
  readonly total: number;
}

/** What became of the run before, since the app began. */
export interface Ended {
  readonly id: string;
  /** `kept`: it is in the list, as `run`. */
  readonly kind: 'kept' | 'stopped' | 'failed';
  readonly run: string | null;
  /** Of one that failed, for a person; null: it did not. */
  readonly reason: string | null;
}

export interface Askable {
  /** null: the file cannot be used. */
  readonly count: number | null;
  /** Why it cannot, and the way out; null: it can. */
  readonly problem: string | null;
  /** They came along with the app, and ask about its sample documents. */
  readonly isSample: boolean;
}

export type Started =
  | { readonly kind: 'started'; readonly running: Running }
  | { readonly kind: 'refused'; readonly code: 'evaluating' | 'noQuestions'; readonly message: string };

export interface EvaluationsParts {
  readonly shelf: Shelf;
  readonly settings: EvaluationSettings;
  readonly subjectOf: (mode: Mode) => Subject;
  readonly documents: Pick<DocumentStore, 'byPath'>;
  /** Deployment or model that answers. */
  readonly model: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Asked {
  readonly questions: readonly Question[];
  readonly floors: Floors | null;
}

export class Evaluations {
  readonly #parts: EvaluationsParts;
  readonly shelf: Shelf;
  #running: Running | null = null;
  #abort = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #ended: Ended | null = null;
  /** Of the file as it was read last: a page that waits asks again and again. */
  #askable: { readonly version: string; readonly askable: Askable } | null = null;

  constructor(parts: EvaluationsParts) {
    this.#parts = parts;
    this.shelf = parts.shelf;
  }

  get running(): Running | null {
    return this.#running;
  }

  get ended(): Ended | null {
    return this.#ended;
  }

  askable(): Askable {
    const { questions } = this.#parts.settings;
    const version = versionOf(questions ?? CORPUS_QUESTIONS);
    if (this.#askable?.version === version) return this.#askable.askable;
    const read = this.#read();
    const isSample = questions === null;
    const askable: Askable =
      typeof read === 'string'
        ? { count: null, problem: read, isSample }
        : { count: read.questions.length, problem: null, isSample };
    this.#askable = { version, askable };
    return askable;
  }

  async start(mode: Mode, startedBy: string | null): Promise<Started> {
    if (this.#running !== null) return EVALUATING;
    const read = this.#read();
    if (typeof read === 'string') return { kind: 'refused', code: 'noQuestions', message: read };
    const elsewhere = await this.#elsewhere(read.questions);
    if (elsewhere !== null) return { kind: 'refused', code: 'noQuestions', message: elsewhere };
    // Somebody else may have begun one while documents were looked for.
    if (this.#running !== null) return EVALUATING;
    const startedMs = Math.round(this.#parts.clock.nowMs());
    const running = { id: randomUUID(), mode, startedMs, startedBy, done: 0, total: read.questions.length };
    this.#running = running;
    this.#abort = new AbortController();
    this.#work = this.#run(running, read, this.#abort);
    return { kind: 'started', running };
  }

  /** @returns whether that run was under way. */
  stop(id: string): boolean {
    if (this.#running?.id !== id) return false;
    this.#abort.abort(new Error(STOPPED));
    return true;
  }

  /** Stops what is under way. */
  async close(): Promise<void> {
    if (this.#running !== null) this.stop(this.#running.id);
    await this.#work;
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#work;
  }

  async #run(running: Running, { questions, floors }: Asked, abort: AbortController): Promise<void> {
    const { clock, subjectOf, model, log, shelf } = this.#parts;
    const { id, mode } = running;
    const timer = clock.after(PAGE_RUN_MS_MAX, () =>
      abort.abort(new Error(`no end after ${PAGE_RUN_MS_MAX / 3_600_000} hours; ask fewer questions`)),
    );
    try {
      const result: Result = await runEvaluation({
        subject: subjectOf(mode),
        asked: 'this app',
        model: mode === 'answers' ? model : null,
        questions,
        clock,
        parallel: PAGE_PARALLEL,
        signal: abort.signal,
        onProgress: (done) => {
          this.#running = { ...running, done };
        },
      });
      const run = await shelf.keep({ ...result, floors: floors?.[mode] ?? null });
      this.#ended = { id, kind: 'kept', run, reason: null };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isStopped = abort.signal.aborted && reason === STOPPED;
      if (!isStopped) log('error', 'An evaluation came to no result.', { reason });
      this.#ended = { id, kind: isStopped ? 'stopped' : 'failed', run: null, reason: isStopped ? null : reason };
    } finally {
      timer.cancel();
      this.#running = null;
    }
  }

  /** @returns a sentence where they cannot be asked. */
  #read(): Asked | string {
    const { questions: file, floors } = this.#parts.settings;
    try {
      const questions = questionsIn(file ?? CORPUS_QUESTIONS);
      if (questions.length > PAGE_QUESTIONS_MAX) {
        const way = `split the file (SPILLWAY_CHAT_EVALUATION_QUESTIONS), or run it with spillway chat eval`;
        return `${questions.length} questions are above ${PAGE_QUESTIONS_MAX}; ${way}`;
      }
      // Those of the corpus fit its questions alone.
      const ofCorpus = file === null ? CORPUS_FLOORS : null;
      const fromFile = floors ?? ofCorpus;
      return { questions, floors: fromFile === null ? null : floorsIn(fromFile) };
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** A run about documents that nobody indexed would cost tokens and tell nothing. */
  async #elsewhere(questions: readonly Question[]): Promise<string | null> {
    const files = [...new Set(questions.flatMap(({ gold }) => gold.map(({ file }) => file)))].slice(0, LOOKS_MAX);
    for (const file of files) if ((await this.#parts.documents.byPath(file)) !== null) return null;
    if (files.length === 0) return null;
    const name = files[0];
    const way = 'index them, or name a file of your own questions with SPILLWAY_CHAT_EVALUATION_QUESTIONS';
    return `None of the documents that the questions rest on is indexed ("${name}" for one); ${way}.`;
  }
}

const STOPPED = 'stopped';
const EVALUATING: Started = {
  kind: 'refused',
  code: 'evaluating',
  message: 'An evaluation is under way; wait for its end, or stop it.',
};

function versionOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? 'missing' : `${found.size} ${found.mtimeMs}`;
}
