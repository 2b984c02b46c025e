/** Asks every question, a bounded number at a time, each for a bounded time, and scores what comes back. */
import type { Clock } from '@spillway/clock';
import type { Answered, Asked, Asker, Passage, Retriever } from './asker.ts';
import type { Gold, Question } from './question.ts';
import { ANSWER_CHARS_MAX, EXPECTED_CHARS_MAX, type Outcome, type Result } from './result.ts';
import { RANKED_MAX, scoreAnswer, scoreSearch } from './score.ts';

/** Questions under way at a time, at most. */
export const PARALLEL_MAX = 16;
/** For one question, a 429 that is waited for included. */
export const QUESTION_MS_MAX = 120_000;

/** What is evaluated: answers, or the search alone. */
export type Subject =
  | { readonly mode: 'answers'; readonly asker: Asker }
  | { readonly mode: 'search'; readonly retriever: Retriever };

export interface RunOptions {
  readonly subject: Subject;
  /** As the result names what was asked. */
  readonly asked: string;
  /** Deployment or model that answers; absent: it is not known. */
  readonly model?: string | null;
  readonly questions: readonly Question[];
  readonly clock: Clock;
  /** 1 to {@link PARALLEL_MAX}. */
  readonly parallel: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborted: what is under way is told to stop, nothing more is asked, and there is no result. */
  readonly signal?: AbortSignal;
}

/** @throws the signal's reason once it is aborted: figures of half the questions would be taken for those of all. */
export async function runEvaluation(options: RunOptions): Promise<Result> {
  const { subject, asked, model = null, questions, clock, parallel, signal = new AbortController().signal } = options;
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > PARALLEL_MAX) {
    throw new RangeError(`parallel: ${parallel} is not a whole number from 1 to ${PARALLEL_MAX}`);
  }
  const startedMs = clock.nowMs();
  const outcomes = new Map<string, Outcome>();
  const waiting = [...questions];
  const worker = async () => {
    for (let question = waiting.shift(); question !== undefined; question = waiting.shift()) {
      outcomes.set(question.id, await outcomeOf(question, { subject, clock, signal }));
      signal.throwIfAborted();
      options.onProgress?.(outcomes.size, questions.length);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  const ordered = questions.flatMap(({ id }) => outcomes.get(id) ?? []);
  return { version: 1, mode: subject.mode, asked, model, floors: null, startedMs, outcomes: ordered };
}

interface Asking {
  readonly subject: Subject;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function outcomeOf(question: Question, { subject, clock, signal: all }: Asking): Promise<Outcome> {
  const startedMs = clock.nowMs();
  const { history, groups } = question;
  const asked: Asked = { question: question.question, history, groups };
  const part =
    subject.mode === 'answers'
      ? answerPart(question, await bounded({ clock, all }, NO_ANSWER, (signal) => subject.asker.ask(asked, signal)))
      : searchPart(
          question,
          await bounded({ clock, all }, NO_SEARCH, async (signal) => ({
            failure: null,
            found: await subject.retriever.retrieve(asked, RANKED_MAX, signal),
          })),
        );
  const { id, kind, gold } = question;
  const totalMs = clock.nowMs() - startedMs;
  const expected = gold.map(({ passage }) => passage.slice(0, EXPECTED_CHARS_MAX));
  return { id, kind, question: question.question, gold: gold.map(goldName), expected, ...part, totalMs };
}

const NO_ANSWER = (failure: string): Answered => ({ text: '', sources: [], cited: [], firstMs: null, failure });
interface Searched {
  readonly found: readonly Passage[];
  readonly failure: string | null;
}
const NO_SEARCH = (failure: string): Searched => ({ found: [], failure });

type Part = Omit<Outcome, 'id' | 'kind' | 'question' | 'gold' | 'expected' | 'totalMs'>;

function answerPart(question: Question, answered: Answered): Part {
  const { text, sources, cited, firstMs, failure } = answered;
  return {
    answer: text.slice(0, ANSWER_CHARS_MAX),
    failure,
    score: scoreAnswer(question, answered),
    found: sources.slice(0, RANKED_MAX).map(nameOf),
    cited: [...new Set(cited)].map((label) => {
      const source = sources.find((one) => one.label === label);
      return source === undefined ? `${label} (no source)` : nameOf(source);
    }),
    firstMs,
  };
}

function searchPart(question: Question, { found, failure }: Searched): Part {
  const score = scoreSearch(question, found);
  return { answer: null, failure, score, found: found.slice(0, RANKED_MAX).map(nameOf), cited: [], firstMs: null };
}

function nameOf({ path, pageFrom }: Passage): string {
  return pageFrom === null ? path : `${path}#page=${pageFrom}`;
}

function goldName({ file, page }: Gold): string {
  return page === null ? file : `${file}#page=${page}`;
}

/** What `work` gives, or a failure when it takes too long or throws; a late end is let go. */
function bounded<T>(
  { clock, all }: { readonly clock: Clock; readonly all: AbortSignal },
  failed: (why: string) => T,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  return new Promise((resolve) => {
    const timer = clock.after(QUESTION_MS_MAX, () => {
      abort.abort();
      settle(failed(`no end after ${QUESTION_MS_MAX / 1000} s`));
    });
    const settle = (value: T) => {
      timer.cancel();
      all.removeEventListener('abort', stop);
      resolve(value);
    };
    const stop = () => {
      abort.abort();
      settle(failed('stopped'));
    };
    all.addEventListener('abort', stop);
    if (all.aborted) return stop();
    work(abort.signal).then(settle, (error: unknown) =>
      settle(failed(error instanceof Error ? error.message : String(error))),
    );
  });
}
