/** Passages for queries: ranked by words and, where that helps, by vectors; fused, spread over documents, joined, within a budget. */
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
import type { GatewayEvent, RetrievalMode, SourceEvent } from '../events.ts';
import { answerFailure } from '../models/failure.ts';
import type { Models } from '../models/models.ts';
import type { Overrides } from '../server/api.ts';
import type { RetrievalSettings } from '../settings/settings.ts';
import type { DocumentStore, Found, Reader, SearchFilter } from '../store/store.ts';
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
  /** How it was searched in the end. */
  readonly mode: RetrievalMode;
  /** Of embedding the queries; null: that was not done, or nobody told. */
  readonly gateway: GatewayEvent | null;
  /** Why vectors were wanted and not searched; null: nothing of that kind. */
  readonly withoutVectors: string | null;
}

export interface RetrieverParts {
  readonly documents: Probed & Pick<DocumentStore, 'searchText'>;
  readonly models: Models;
  readonly settings: RetrievalSettings;
}

export class Retriever {
  readonly #parts: RetrieverParts;
  readonly #verdict: VectorVerdict;

  constructor(parts: RetrieverParts) {
    this.#parts = parts;
    this.#verdict = new VectorVerdict(parts.documents, parts.models, parts.settings.vectorWeight);
  }

  /** How questions are searched that do not say. */
  async verdict(): Promise<{ readonly mode: RetrievalMode; readonly why: string }> {
    const { mode } = this.#parts.settings;
    if (mode !== 'auto') return { mode, why: `SPILLWAY_CHAT_RETRIEVAL is ${mode}.` };
    return this.#verdict.get();
  }

  /** The same without waiting for a probe, which is begun meanwhile. */
  async verdictSoFar(): Promise<{ readonly mode: RetrievalMode; readonly why: string; readonly isProbing: boolean }> {
    if (this.#parts.settings.mode === 'auto') return this.#verdict.soFar();
    return { ...(await this.verdict()), isProbing: false };
  }

  async retrieve(wanted: Wanted, signal: AbortSignal): Promise<Retrieved> {
    const { settings } = this.#parts;
    const asked = wanted.overrides.retrievalMode ?? (await this.verdict()).mode;
    const embedded = asked === 'text' ? NO_VECTORS : await this.#embedded(wanted.queries, signal);
    const hasVectors = embedded.vectors.length > 0;
    const mode = hasVectors ? asked : 'text';
    const lists = await this.#lists(wanted, mode, embedded.vectors);
    const top = wanted.overrides.top ?? settings.top;
    const byChunk = new Map(lists.flat().flatMap(({ found }) => found.map((each) => [each.chunkId, each] as const)));
    const limits = { perDocument: PER_DOCUMENT, top, tokensMax: settings.sourceTokensMax };
    const sources = labelled(choosePassages(candidatesOf(lists, byChunk), limits));
    return {
      sources,
      told: toldOf(sources, byChunk),
      mode,
      gateway: embedded.gateway,
      withoutVectors: embedded.failure,
    };
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
        ways.push({ found: await documents.searchText(withoutCommon(query), filter), weight: 1 });
      }
      if (vector !== undefined) {
        ways.push({ found: await documents.searchVector(vector, filter), weight: settings.vectorWeight ?? 1 });
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

interface List {
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

function candidatesOf(lists: readonly List[][], byChunk: ReadonlyMap<string, Found>): readonly Candidate[] {
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

function toldOf(sources: readonly Source[], byChunk: ReadonlyMap<string, Found>): readonly SourceEvent[] {
  return sources.map(({ label, documentId, chunkIds, title, headings, pageFrom, pageTo, start, end, text }) => {
    const chunkId = chunkIds[0] ?? '';
    const path = byChunk.get(chunkId)?.document.path ?? '';
    return { label, documentId, chunkId, path, title, headings, pageFrom, pageTo, start, end, text };
  });
}
