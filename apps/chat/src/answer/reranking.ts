/** Passages in the order of somebody who reads them, the search service or the chat model; where that fails, as they were found. */
import type { Clock } from '@spillway/clock';
import { type Candidate, RERANK_TOOL, RERANK_TOOL_NAME, rerankedOrder, rerankMessages } from '@spillway/rag';
import type { CallParameters, FailureKind, GatewayEvent } from '../events.ts';
import { answerFailure } from '../models/failure.ts';
import { IdleWatch } from '../models/idle-watch.ts';
import type { Models, PromptMessage } from '../models/models.ts';
import { type DocumentStore, type Found, type SearchFilter, StoreError } from '../store/store.ts';

export interface RankedQuery {
  readonly query: string;
  readonly byWords: boolean;
  readonly vector: Float32Array | null;
}

export interface Reranking {
  /** For each query, best first. */
  readonly lists: readonly (readonly Found[])[];
  /** Why a query of them was not reranked, for the operator; null: all were. */
  readonly failed: string | null;
}

type SearchRanked = NonNullable<DocumentStore['searchRanked']>;

/**
 * @param scoreMin of the service's ranker, 0 to 4: what it gives less is left out; null: all stays.
 * @returns null lists: nothing was found in this way, search in the other.
 */
export async function rerankedByService(
  search: SearchRanked,
  queries: readonly RankedQuery[],
  filter: SearchFilter,
  scoreMin: number | null,
): Promise<Reranking | { readonly lists: null; readonly failed: string }> {
  const lists: (readonly Found[])[] = [];
  let failed: string | null = null;
  try {
    for (const { query: question, byWords, vector } of queries) {
      const { found, unranked } = await search({ question, byWords, vector }, filter);
      failed ??= unranked;
      // What was not ranked has figures of another kind.
      lists.push(unranked === null ? found.filter(({ score }) => score >= (scoreMin ?? 0)) : found);
    }
  } catch (error) {
    if (error instanceof StoreError) return { lists: null, failed: error.message };
    throw error;
  }
  return { lists, failed };
}

/** Longest that a question waits for the model's order. Milliseconds. */
const RERANK_MS_MAX = 8_000;

export interface ModelOrder {
  readonly candidates: readonly Candidate[];
  readonly call: RerankCall;
}

/** What the model was asked, and what became of it. */
export interface RerankCall {
  readonly messages: readonly PromptMessage[];
  readonly parameters: CallParameters;
  readonly passages: number;
  readonly ms: number;
  /** null: nobody told. */
  readonly gateway: GatewayEvent | null;
  /** Why the passages are as found; null: the model put them in order. */
  readonly failed: { readonly kind: FailureKind; readonly message: string } | null;
}

/** One call, which is not tried again: a 429 is worth a wait for an answer, not for an order. */
export async function rerankedByModel(
  { models, clock }: { readonly models: Models; readonly clock: Clock },
  queries: readonly string[],
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<ModelOrder> {
  const passages = candidates.map(({ title, chunk }) => ({ title, text: chunk.text }));
  const startedMs = clock.nowMs();
  const messages = rerankMessages({ queries, passages });
  const ended = (
    order: readonly Candidate[],
    gateway: RerankCall['gateway'],
    failed: RerankCall['failed'],
  ): ModelOrder => {
    const ms = clock.nowMs() - startedMs;
    const parameters = models.planParameters();
    return { candidates: order, call: { messages, parameters, passages: candidates.length, ms, gateway, failed } };
  };
  const watch = new IdleWatch(clock, RERANK_MS_MAX, signal);
  try {
    const { call, text, gateway } = await models.plan(messages, { ...RERANK_TOOL.function }, watch.signal);
    const calls = call === null ? [] : [{ name: RERANK_TOOL_NAME, arguments: call }];
    const order = rerankedOrder({ calls, content: text }, candidates.length);
    if (order === null) {
      return ended(candidates, gateway, { kind: 'internal', message: 'The chat model named no passage.' });
    }
    return ended(
      order.flatMap((place) => candidates[place] ?? []),
      gateway,
      null,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    const { kind, message, gateway } = answerFailure(error);
    const late = `The chat model gave no order within ${RERANK_MS_MAX / 1_000} s.`;
    return ended(candidates, gateway, watch.isIdle ? { kind: 'timeout', message: late } : { kind, message });
  } finally {
    watch.end();
  }
}
