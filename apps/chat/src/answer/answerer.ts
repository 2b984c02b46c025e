/**
 * The whole story of one answer, told as events:
 *
 *     plan (queries) → retrieve (passages) → answer (streamed, taken apart) → check (is each sentence held?)
 *
 * Each failure is an event with a sentence for the reader; what was found and written until then stays.
 */
import type { Clock } from '@spillway/clock';
import {
  checkSupport,
  needsPlan,
  type PastTurn,
  planMessages,
  queriesFrom,
  SEARCH_TOOL,
  SEARCH_TOOL_NAME,
  type Source,
  unsupportedRanges,
} from '@spillway/rag';
import type { AnswerEventBody } from '../events.ts';
import { answerFailure } from '../models/failure.ts';
import type { ModelFailure, Models } from '../models/models.ts';
import type { Overrides } from '../server/api.ts';
import type { RetrievalSettings } from '../settings/settings.ts';
import type { Reader } from '../store/store.ts';
import type { Retrieved, Retriever } from './retriever.ts';
import { OneWait } from './wait.ts';
import { Writing } from './writing.ts';

export interface AskedQuestion {
  readonly question: string;
  /** Oldest first. */
  readonly history: readonly PastTurn[];
  /** `ask`: it stands alone. */
  readonly mode: 'chat' | 'ask';
  readonly overrides: Overrides;
  readonly reader: Reader;
}

export interface AnswererParts {
  readonly models: Models;
  readonly retriever: Pick<Retriever, 'retrieve'>;
  readonly settings: RetrievalSettings;
  readonly clock: Clock;
  /** The longest wait for a 429. Milliseconds. */
  readonly waitMsMax: number;
  /** Told what failed, for the operator: the reader's sentence says less. */
  readonly onFailure: (failure: ModelFailure) => void;
}

export type Tell = (event: AnswerEventBody) => void;

export class Answerer {
  readonly #parts: AnswererParts;

  constructor(parts: AnswererParts) {
    this.#parts = parts;
  }

  /** Tells everything but `begun` and `done`. Never throws. @returns the answer's text, as far as it came. */
  async answer(asked: AskedQuestion, tell: Tell, signal: AbortSignal): Promise<string> {
    const { clock, waitMsMax, onFailure } = this.#parts;
    const onWait = (retryAtMs: number) => tell({ type: 'waiting', retryAtMs });
    const wait = new OneWait({ clock, waitMsMax, signal, onWait });
    const writing = new Writing(this.#parts, asked, tell);
    try {
      const queries = await this.#plan(asked, tell, wait, signal);
      const found = await this.#retrieve(asked, queries, tell, signal);
      tell({ type: 'phase', phase: 'answering' });
      await writing.write(found.sources, wait, signal);
      if (!signal.aborted) this.#check(asked, found.sources, writing, tell);
    } catch (error) {
      // Whoever stopped it knows.
      if (signal.aborted) return writing.text;
      const failure = answerFailure(error);
      onFailure(failure);
      tell({ type: 'error', kind: failure.kind, message: failure.message, retryAfterMs: failure.retryAfterMs });
    }
    return writing.text;
  }

  /** A plan that fails costs nothing but itself: the question as typed is a query, too. Only a 429 is waited for. */
  async #plan(asked: AskedQuestion, tell: Tell, wait: OneWait, signal: AbortSignal): Promise<readonly string[]> {
    const { question, mode } = asked;
    if (mode === 'ask' || !needsPlan(asked)) return [question];
    tell({ type: 'phase', phase: 'planning' });
    const startedMs = this.#parts.clock.nowMs();
    const tool = { ...SEARCH_TOOL.function };
    try {
      const planned = await wait.run(() => this.#parts.models.plan(planMessages(asked), tool, signal));
      tell({ type: 'gateway', step: 'plan', gateway: planned.gateway });
      const calls = planned.call === null ? [] : [{ name: SEARCH_TOOL_NAME, arguments: planned.call }];
      const queries = queriesFrom({ calls, content: planned.text }, question);
      tell({ type: 'step', title: 'Search queries', text: queries.join('\n'), ms: this.#sinceMs(startedMs) });
      return queries;
    } catch (error) {
      if (signal.aborted) throw error;
      const { message } = answerFailure(error);
      const text = `${message} The question is searched for as typed.`;
      tell({ type: 'step', title: 'Search queries', text, ms: this.#sinceMs(startedMs) });
      return [question];
    }
  }

  async #retrieve(
    { reader, overrides }: AskedQuestion,
    queries: readonly string[],
    tell: Tell,
    signal: AbortSignal,
  ): Promise<Retrieved> {
    tell({ type: 'phase', phase: 'searching' });
    const startedMs = this.#parts.clock.nowMs();
    const found = await this.#parts.retriever.retrieve({ queries, reader, overrides }, signal);
    if (found.gateway !== null) tell({ type: 'gateway', step: 'embed', gateway: found.gateway });
    tell({ type: 'step', title: 'Search', text: searchText(queries, found), ms: this.#sinceMs(startedMs) });
    tell({ type: 'sources', sources: found.told, mode: found.mode });
    return found;
  }

  #check({ question }: AskedQuestion, sources: readonly Source[], { text, citations }: Writing, tell: Tell): void {
    tell({ type: 'phase', phase: 'checking' });
    const startedMs = this.#parts.clock.nowMs();
    const unsupported = unsupportedRanges(checkSupport({ text, citations, sources, question }));
    tell({ type: 'check', unsupported });
    const told =
      unsupported.length === 0 ? 'Every sentence is held by what it cites.' : `${unsupported.length} not held.`;
    tell({ type: 'step', title: 'Check', text: told, ms: this.#sinceMs(startedMs) });
  }

  #sinceMs(startedMs: number): number {
    return this.#parts.clock.nowMs() - startedMs;
  }
}

function searchText(queries: readonly string[], { mode, told, withoutVectors }: Retrieved): string {
  const how = { hybrid: 'words and vectors', text: 'words', vectors: 'vectors' }[mode];
  const why = withoutVectors === null ? '' : `\nVectors were not searched: ${withoutVectors}`;
  return `${queries.join('\n')}\nBy ${how}: ${told.length} passages.${why}`;
}
