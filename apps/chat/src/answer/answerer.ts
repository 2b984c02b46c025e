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
  plannedQueries,
  SEARCH_TOOL,
  SEARCH_TOOL_NAME,
  type Source,
  unsupportedRanges,
} from '@spillway/rag';
import type { AnswerEventBody, Reranked, StepEvent } from '../events.ts';
import { answerFailure } from '../models/failure.ts';
import type { ModelFailure, Models } from '../models/models.ts';
import type { Overrides } from '../server/api.ts';
import type { RetrievalSettings } from '../settings/settings.ts';
import type { DocumentStore, Reader } from '../store/store.ts';
import { NO_TRACING, type Span, type Tracing, within } from '../telemetry/tracing.ts';
import { promptStep } from './prompt-step.ts';
import type { RerankCall } from './reranking.ts';
import type { Retrieved, Retriever } from './retriever.ts';
import { scopeStep } from './scope.ts';
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
  /** For traces; absent: it is kept nowhere. */
  readonly conversationId?: string;
}

export interface AnswererParts {
  readonly models: Models;
  readonly retriever: Pick<Retriever, 'retrieve'>;
  /** For the titles of those that alone are asked; absent: they are told by their ids. */
  readonly documents?: Pick<DocumentStore, 'document'>;
  readonly settings: RetrievalSettings;
  readonly clock: Clock;
  /** The longest wait for a 429. Milliseconds. */
  readonly waitMsMax: number;
  /** Told what failed, for the operator: the reader's sentence says less. */
  readonly onFailure: (failure: ModelFailure) => void;
  readonly tracing?: Tracing;
}

export type Tell = (event: AnswerEventBody) => void;

export class Answerer {
  readonly #parts: AnswererParts;
  readonly #tracing: Tracing;

  constructor(parts: AnswererParts) {
    this.#parts = parts;
    this.#tracing = parts.tracing ?? NO_TRACING;
  }

  /** Tells everything but `begun` and `done`. Never throws. @returns the answer's text, as far as it came. */
  answer(asked: AskedQuestion, tell: Tell, signal: AbortSignal): Promise<string> {
    const { mode, history, conversationId } = asked;
    const kept = conversationId === undefined ? {} : { 'gen_ai.conversation.id': conversationId };
    const facts = { 'spillway.chat.mode': mode, 'spillway.chat.turns_before': history.length, ...kept };
    const work = (span: Span) => this.#answer(asked, tell, signal, span);
    return within(this.#tracing, 'question', { kind: 'server', facts }, work);
  }

  async #answer(asked: AskedQuestion, tell: Tell, signal: AbortSignal, span: Span): Promise<string> {
    const { clock, waitMsMax, onFailure } = this.#parts;
    const onWait = (retryAtMs: number) => tell({ type: 'waiting', retryAtMs });
    const wait = new OneWait({ clock, waitMsMax, signal, onWait });
    const writing = new Writing(this.#parts, asked, tell);
    try {
      const scope = await scopeStep(asked.overrides, asked.reader, this.#parts.documents);
      if (scope !== null) tell(scope);
      const queries = await this.#plan(asked, tell, wait, signal);
      const found = await this.#retrieve(asked, queries, tell, signal);
      tell({ type: 'phase', phase: 'answering' });
      await this.#spanned('answer', signal, () => writing.write(found.sources, wait, signal));
      if (!signal.aborted) this.#check(asked, found.sources, writing, tell);
    } catch (error) {
      // Whoever stopped it knows.
      if (signal.aborted) {
        span.set({ 'spillway.stopped': true });
        return writing.text;
      }
      const failure = answerFailure(error);
      onFailure(failure);
      span.fail(failure.kind);
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
    const { models } = this.#parts;
    const messages = planMessages(asked);
    const tellPrompt = () => tell(promptStep('plan', messages, models.planParameters()));
    try {
      const planned = await this.#spanned('plan', signal, () => wait.run(() => models.plan(messages, tool, signal)));
      tellPrompt();
      tell({ type: 'gateway', step: 'plan', gateway: planned.gateway });
      const calls = planned.call === null ? [] : [{ name: SEARCH_TOOL_NAME, arguments: planned.call }];
      const queries = plannedQueries({ calls, content: planned.text }, asked);
      const about = { kind: 'queries', queries, failed: null } as const;
      tell({ ...step('Search queries', queries.join('\n')), ms: this.#sinceMs(startedMs), about });
      return queries;
    } catch (error) {
      if (signal.aborted) throw error;
      tellPrompt();
      const { message, kind: failed } = answerFailure(error);
      const queries = plannedQueries(null, asked);
      const text = `${message} The question is searched for without a plan.`;
      const about = { kind: 'queries', queries, failed } as const;
      tell({ ...step('Search queries', text), ms: this.#sinceMs(startedMs), about });
      return queries;
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
    const found = await this.#spanned('search', signal, async (span) => {
      const retrieved = await this.#parts.retriever.retrieve({ queries, reader, overrides }, signal);
      const { mode, sources } = retrieved;
      span.set({ 'spillway.chat.retrieval_mode': mode, 'spillway.chat.queries': queries.length });
      span.set({ 'spillway.chat.passages': sources.length });
      return retrieved;
    });
    if (found.gateway !== null) tell({ type: 'gateway', step: 'embed', gateway: found.gateway });
    tell({
      ...step('Search', searchText(queries, found)),
      ms: tenths(this.#parts.clock.nowMs() - startedMs - (found.rerankCall?.ms ?? 0)),
      ...searchAbout(queries, found),
    });
    if (found.rerankCall !== null) tellRerank(found.rerankCall, tell);
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
    const about = { kind: 'check', unsupported: unsupported.length } as const;
    tell({ ...step('Check', told), ms: this.#sinceMs(startedMs), about });
  }

  #spanned<T>(name: 'plan' | 'search' | 'answer', signal: AbortSignal, work: (span: Span) => Promise<T>): Promise<T> {
    return within(this.#tracing, name, { kind: 'internal' }, async (span) => {
      try {
        return await work(span);
      } catch (error) {
        if (!signal.aborted) span.fail(answerFailure(error).kind);
        throw error;
      }
    });
  }

  #sinceMs(startedMs: number): number {
    return tenths(this.#parts.clock.nowMs() - startedMs);
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** A call of the chat model has its prompt, its gateway and its time, as the others have. */
function tellRerank({ messages, parameters, passages, ms, gateway, failed }: RerankCall, tell: Tell): void {
  tell(promptStep('rerank', messages, parameters));
  if (gateway !== null) tell({ type: 'gateway', step: 'rerank', gateway });
  const text =
    failed === null ? `${passages} passages. ${RERANKED_TEXT.model}` : `${failed.message} ${RERANKED_TEXT.failed}`;
  const about = { kind: 'rerank', passages, failed: failed?.kind ?? null } as const;
  tell({ ...step('Reranking', text), ms: tenths(ms), about });
}

function step(title: string, text: string): Omit<StepEvent, 'ms' | 'about'> {
  return { type: 'step', title, text };
}

/** Why vectors failed is known as a sentence alone: such a step is told in English. */
function searchAbout(
  queries: readonly string[],
  { mode, told, scores, withoutVectors, isProbing, reranked: by, rerankCall }: Retrieved,
): Pick<StepEvent, 'about'> {
  if (withoutVectors !== null) return {};
  const reranked = rerankCall === null ? by : null;
  const more = { ...(isProbing ? { isProbing } : {}), ...(reranked === null ? {} : { reranked }) };
  return { about: { kind: 'search', queries, mode, passages: told.length, withoutVectors, ...more, scores } };
}

function searchText(
  queries: readonly string[],
  { mode, told, withoutVectors, isProbing, reranked: by, rerankCall }: Retrieved,
): string {
  const reranked = rerankCall === null ? by : null;
  const how = { hybrid: 'words and vectors', text: 'words', vectors: 'vectors' }[mode];
  const why = withoutVectors === null ? '' : `\nVectors were not searched: ${withoutVectors}`;
  const probing = isProbing ? '\nHow the documents are searched best is being found out.' : '';
  return `${queries.join('\n')}\nBy ${how}: ${told.length} passages.${why}${probing}${reranked === null ? '' : `\n${RERANKED_TEXT[reranked]}`}`;
}

const RERANKED_TEXT: Readonly<Record<Reranked, string>> = {
  service: 'Reranked by the search service.',
  model: 'Reranked by the chat model.',
  failed: 'Not reranked: the ranker did not answer. The passages are in the order in which they were found.',
};
