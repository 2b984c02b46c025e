/** Passages for queries: ranked by words and, where that helps, by vectors; fused, spread over documents, joined, within a budget. */
import type { Clock } from '@spillway/clock';
import {
  type Candidate,
  choosePassages,
  fuse,
  labelled,
  PER_DOCUMENT,
  type Ranking,
  type Source,
  withoutCommon,
} from '@spillway/rag';
import type { GatewayEvent, PassageScores, Reranked, RetrievalMode, SourceEvent } from '../events.ts';
import { answerFailure } from '../models/failure.ts';
import type { Models } from '../models/models.ts';
import type { Overrides } from '../server/api.ts';
import type { RetrievalSettings } from '../settings/settings.ts';
import type { DocumentStore, Found, Reader, SearchFilter } from '../store/store.ts';
import { type RerankCall, rerankedByModel, rerankedByService } from './reranking.ts';
import { type Probed, VectorVerdict } from './verdict.ts';

/** Of each ranking (chat-app.md §8). */
const RANKED_TOP = 50;
/**
 * Queries ask for different things, and each has its answer first: what is first of one goes before what is somewhere in all, unlike
 * with two ways of searching for the same.
 */
const QUERIES_RANK_CONSTANT = 0;

export interface Wanted {
  /** The one that matters most first: it counts most, and each has a say. */
  readonly queries: readonly string[];
  readonly reader: Reader;
  readonly overrides: Overrides;
}

export interface Retrieved {
  readonly sources: readonly Source[];
  /** The same, for readers. */
  readonly told: readonly SourceEvent[];
  /** Of each source, in their order. */
  readonly scores: readonly PassageScores[];
  /** How it was searched in the end. */
  readonly mode: RetrievalMode;
  /** Of embedding the queries; null: that was not done, or nobody told. */
  readonly gateway: GatewayEvent | null;
  /** Why vectors were wanted and not searched; null: nothing of that kind. */
  readonly withoutVectors: string | null;
  /** The index is being probed: it was searched by words, or as the probe before found best. */
  readonly isProbing: boolean;
  /** What put the passages in order by reading them; `failed`: it could not, and they are as found; null: nothing was to. */
  readonly reranked: Reranked | null;
  /** The call in which the chat model was to; null: it was not asked. */
  readonly rerankCall: RerankCall | null;
}

export interface RetrieverParts {
  readonly documents: Probed & Pick<DocumentStore, 'searchText' | 'searchRanked'>;
  readonly models: Models;
  readonly settings: RetrievalSettings;
  /** For the bound on the model's order; absent: no model is asked for one. */
  readonly clock?: Clock;
  /** Told why passages were not reranked, for the operator. */
  readonly onUnranked?: (why: string) => void;
}

export class Retriever {
  readonly #parts: RetrieverParts;
  readonly #verdict: VectorVerdict;

  constructor(parts: RetrieverParts) {
    this.#parts = parts;
    this.#verdict = new VectorVerdict(parts.documents, parts.models, parts.settings.vectorWeight);
  }

  /** How questions are searched that do not say. Waits for a probe where none is known; questions do not. */
  async verdict(): Promise<{ readonly mode: RetrievalMode; readonly why: string }> {
    const { mode } = this.#parts.settings;
    if (mode !== 'auto') return { mode, why: `SPILLWAY_CHAT_RETRIEVAL is ${mode}.` };
    return this.#verdict.get();
  }

  /** The same without waiting for a probe, which is begun meanwhile. Called at the start, so that it is known before anybody asks. */
  async verdictSoFar(): Promise<{ readonly mode: RetrievalMode; readonly why: string; readonly isProbing: boolean }> {
    if (this.#parts.settings.mode === 'auto') return this.#verdict.soFar();
    return { ...(await this.verdict()), isProbing: false };
  }

  /** Ends a probe that is running. */
  close(): void {
    this.#verdict.close();
  }

  async retrieve(wanted: Wanted, signal: AbortSignal): Promise<Retrieved> {
    const { settings } = this.#parts;
    const { mode: asked, isProbing } = await this.#modeFor(wanted);
    const embedded = asked === 'text' ? NO_VECTORS : await this.#embedded(wanted.queries, signal);
    const hasVectors = embedded.vectors.length > 0;
    const mode = hasVectors ? asked : 'text';
    const { lists, reranked: byService } = await this.#found(wanted, mode, embedded.vectors);
    const top = wanted.overrides.top ?? settings.top;
    const byChunk = new Map(lists.flat().flatMap(({ found }) => found.map((each) => [each.chunkId, each] as const)));
    const limits = { perDocument: PER_DOCUMENT, top, tokensMax: settings.sourceTokensMax };
    const ordered = await this.#ordered(wanted, candidatesOf(lists, byChunk), byService, signal);
    const { candidates, ...reranking } = ordered;
    const sources = labelled(choosePassages(candidates, limits));
    return {
      sources,
      told: toldOf(sources, byChunk),
      scores: scoresOf(sources, lists.flat()),
      mode,
      gateway: embedded.gateway,
      withoutVectors: embedded.failure,
      isProbing,
      ...reranking,
    };
  }

  /** What is asked for needs no probe. */
  async #modeFor({ overrides }: Wanted): Promise<Pick<Retrieved, 'mode' | 'isProbing'>> {
    if (overrides.retrievalMode !== undefined) return { mode: overrides.retrievalMode, isProbing: false };
    return await this.verdictSoFar();
  }

  /** By the chat model if that is set, and the search service has no ranker. */
  async #ordered(
    { queries, overrides }: Wanted,
    found: readonly Candidate[],
    byService: Reranked | null,
    signal: AbortSignal,
  ): Promise<{ readonly candidates: readonly Candidate[] } & Pick<Retrieved, 'reranked' | 'rerankCall'>> {
    const { settings, models, clock, onUnranked } = this.#parts;
    const isWanted = settings.rerank === 'model' && overrides.rerank !== false && clock !== undefined;
    if (!isWanted || byService !== null || found.length < 2)
      return { candidates: found, reranked: byService, rerankCall: null };
    const { candidates, call } = await rerankedByModel({ models, clock }, queries, found, signal);
    if (call.failed !== null) onUnranked?.(call.failed.message);
    return { candidates, reranked: call.failed === null ? 'model' : 'failed', rerankCall: call };
  }

  /** By the ranker of the search service if there is one and it is wanted; where it fails, without. */
  async #found(wanted: Wanted, mode: RetrievalMode, vectors: readonly Float32Array[]): Promise<FoundLists> {
    const { documents, onUnranked } = this.#parts;
    const { rerank = true, rerankScoreMin = null } = wanted.overrides;
    if (!rerank || documents.searchRanked === undefined) {
      return { lists: await this.#lists(wanted, mode, vectors), reranked: null };
    }
    const search = documents.searchRanked.bind(documents);
    const byWords = mode !== 'vectors';
    const queries = wanted.queries.map((query, i) => ({ query, byWords, vector: vectors[i] ?? null }));
    const { lists, failed } = await rerankedByService(search, queries, filterOf(wanted), rerankScoreMin);
    if (failed !== null) onUnranked?.(failed);
    const reranked = failed === null ? 'service' : 'failed';
    if (lists === null) return { lists: await this.#lists(wanted, mode, vectors), reranked };
    return { lists: lists.map((found) => [{ by: 'ranker', found, weight: 1 }]), reranked };
  }

  /** For each query what was found for it, in one way or two. */
  async #lists(wanted: Wanted, mode: RetrievalMode, vectors: readonly Float32Array[]): Promise<readonly List[][]> {
    const { documents, settings } = this.#parts;
    const filter = filterOf(wanted);
    const lists: List[][] = [];
    for (const [i, query] of wanted.queries.entries()) {
      const ways: List[] = [];
      const vector = vectors[i];
      if (mode !== 'vectors') {
        ways.push({ by: 'words', found: await documents.searchText(withoutCommon(query), filter), weight: 1 });
      }
      if (vector !== undefined) {
        const weight = settings.vectorWeight ?? 1;
        ways.push({ by: 'vectors', found: await documents.searchVector(vector, filter), weight });
      }
      lists.push(ways);
    }
    return lists;
  }

  /** Never fails: words are searched all the same. */
  async #embedded(queries: readonly string[], signal: AbortSignal): Promise<Embedding> {
    try {
      const { vectors, gateway } = await this.#parts.models.embed(queries, signal);
      return { vectors, gateway, failure: null };
    } catch (error) {
      const { message, gateway } = answerFailure(error);
      return { vectors: [], gateway, failure: message };
    }
  }
}

interface FoundLists {
  readonly lists: readonly (readonly List[])[];
  readonly reranked: Reranked | null;
}

interface List {
  readonly by: 'words' | 'vectors' | 'ranker';
  /** Best first. */
  readonly found: readonly Found[];
  /** In comparison with other ways of searching for the same. */
  readonly weight: number;
}

interface Embedding {
  readonly vectors: readonly Float32Array[];
  readonly gateway: GatewayEvent | null;
  readonly failure: string | null;
}

const NO_VECTORS: Embedding = { vectors: [], gateway: null, failure: null };

function filterOf({ reader, overrides }: Wanted): SearchFilter {
  return {
    reader,
    includeCategory: overrides.includeCategory ?? null,
    excludeCategory: overrides.excludeCategory ?? null,
    documents: overrides.documents ?? null,
    top: RANKED_TOP,
  };
}

function candidatesOf(lists: readonly (readonly List[])[], byChunk: ReadonlyMap<string, Found>): readonly Candidate[] {
  const ofEach = lists.map((ways, i) => ({ ids: fuse(ways.map(rankingOf)).map(({ id }) => id), weight: 2 / (2 + i) }));
  return fuse(ofEach, QUERIES_RANK_CONSTANT).flatMap(({ id, score }) => {
    const found = byChunk.get(id);
    if (found === undefined) return [];
    const { document, chunk } = found;
    return [{ chunkId: id, documentId: document.id, title: document.title, chunk, score }];
  });
}

function rankingOf({ found, weight }: List): Ranking {
  return { ids: found.map(({ chunkId }) => chunkId), weight };
}

function scoresOf(sources: readonly Source[], lists: readonly List[]): readonly PassageScores[] {
  const words = bestOf(lists.filter(({ by }) => by === 'words'));
  const vectors = bestOf(lists.filter(({ by }) => by === 'vectors'));
  const ranker = bestOf(lists.filter(({ by }) => by === 'ranker'));
  return sources.map(({ label, chunkIds, score }) => {
    const ranked = bestIn(ranker, chunkIds);
    return {
      label,
      words: bestIn(words, chunkIds),
      vectors: bestIn(vectors, chunkIds),
      ...(ranked === null ? {} : { ranker: ranked }),
      fused: rounded(score),
    };
  });
}

function bestOf(lists: readonly List[]): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (const { chunkId, score } of lists.flatMap(({ found }) => found)) {
    best.set(chunkId, Math.max(score, best.get(chunkId) ?? Number.NEGATIVE_INFINITY));
  }
  return best;
}

function bestIn(scores: ReadonlyMap<string, number>, chunkIds: readonly string[]): number | null {
  const found = chunkIds.flatMap((id) => scores.get(id) ?? []);
  return found.length === 0 ? null : rounded(Math.max(...found));
}

/** More places say nothing to a reader. */
function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}

function toldOf(sources: readonly Source[], byChunk: ReadonlyMap<string, Found>): readonly SourceEvent[] {
  return sources.map(({ label, documentId, chunkIds, title, headings, pageFrom, pageTo, start, end, text }) => {
    const chunkId = chunkIds[0] ?? '';
    const path = byChunk.get(chunkId)?.document.path ?? '';
    return { label, documentId, chunkId, path, title, headings, pageFrom, pageTo, start, end, text };
  });
}
