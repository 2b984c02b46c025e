/** What no reply to a request carries (a line of a batch, a run, an answer in a session), told to whoever counts what deployments served. */
import type { Answer, Metered, Work, WorkUsage } from './reply.ts';

/** What was served, or refused, and is over. */
export interface InnerEnded {
  readonly metered: Metered;
  readonly status: number;
  readonly usage: WorkUsage | null;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
}

/** The same answer, whose end is told: at once where nothing is under way. */
export function toldAtEnd(answer: Answer, startMs: number, tell: (ended: InnerEnded) => void): Answer {
  const { metered, status, work } = answer;
  if (metered === null) return answer;
  const over = (endMs: number): void => tell({ metered, status, usage: work?.usage ?? null, startMs, endMs });
  if (work !== null) return { ...answer, work: new ToldWork(work, over) };
  over(startMs);
  return answer;
}

class ToldWork implements Work {
  readonly #work: Work;
  readonly #over: (endMs: number) => void;
  #told = false;

  constructor(work: Work, over: (endMs: number) => void) {
    this.#work = work;
    this.#over = over;
  }

  get usage(): WorkUsage | null {
    return this.#work.usage;
  }

  end(nowMs: number, shownEvents: number | null): void {
    this.#work.end(nowMs, shownEvents);
    if (this.#told) return;
    this.#told = true;
    this.#over(nowMs);
  }
}
