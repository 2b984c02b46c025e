/**
 * Whether vectors are searched: those without meaning make a search worse, so the index is probed with sentences of its own (rag's
 * probe.ts), and the model with sentences that mean the same (meaning.ts), before they are trusted. The finding is kept until the index
 * has changed a good deal.
 */
import {
  judgeProbes,
  MEANING_PAIRS,
  MEANING_SHARE_MIN,
  meaningShare,
  PROBES_MAX,
  pickProbes,
  probeDepth,
} from '@spillway/rag';
import { ModelFailure, type Models } from '../models/models.ts';
import type { DocumentStore, IndexFacts, Reader } from '../store/store.ts';

export interface Verdict {
  readonly mode: 'hybrid' | 'text';
  /** For a person. */
  readonly why: string;
}

export interface VerdictSoFar extends Verdict {
  /** Only a probe can tell, and one is running; until then the one before holds, or words alone. */
  readonly isProbing: boolean;
}

/** Documents that probes are taken from. */
const DOCUMENTS_MAX = 200;
const BATCH = 16;
/** An index that grew or shrank by so much is probed anew. */
const CHANGED_SHARE = 0.25;
const ONLY_WORDS =
  'sentences that say the same in other words did not find each other. Words alone are searched, which is better; SPILLWAY_CHAT_VECTOR_WEIGHT has such vectors searched all the same.';
const FIRST: Verdict = {
  mode: 'text',
  why: 'The index is being probed: whether vectors help is known in a moment.',
};
const EVERYTHING: Reader = { user: null, groups: [], isAdmin: true };

/** What a probe reads of a store. */
export type Probed = Pick<DocumentStore, 'facts' | 'list' | 'chunks' | 'searchVector'>;

export class VectorVerdict {
  readonly #documents: Probed;
  readonly #models: Models;
  readonly #vectorWeight: number | null;
  #kept: { readonly chunks: number; readonly verdict: Verdict } | null = null;
  #running: Promise<Verdict> | null = null;
  /** How the last probe failed; null: it did not. */
  #failed: Verdict | null = null;
  readonly #ending = new AbortController();

  /** @param vectorWeight as set; null: it is not, and vectors that know no more than words do are left out. */
  constructor(documents: Probed, models: Models, vectorWeight: number | null) {
    this.#documents = documents;
    this.#models = models;
    this.#vectorWeight = vectorWeight;
  }

  /** Waits for a probe where none is known, as long as embedding takes: for evaluations, not for questions. */
  async get(): Promise<Verdict> {
    const facts = await this.#documents.facts();
    return this.#known(facts) ?? (await this.#probing(facts.chunks));
  }

  /** Does not wait for a probe, which is begun where none is known. */
  async soFar(): Promise<VerdictSoFar> {
    const facts = await this.#documents.facts();
    const known = this.#known(facts);
    if (known !== null) return { ...known, isProbing: false };
    // Whoever asks next is told what went wrong with it.
    this.#probing(facts.chunks).catch(() => {});
    return { ...this.#meanwhile(), isProbing: true };
  }

  /** Ends a probe that is running; whoever waits for it is told so. */
  close(): void {
    this.#ending.abort(new ModelFailure('internal', 'The app ends.'));
  }

  #meanwhile(): Verdict {
    const before = this.#kept?.verdict ?? this.#failed;
    if (before === null) return FIRST;
    return { mode: before.mode, why: `${before.why} It is being found out anew.` };
  }

  #known(facts: IndexFacts): Verdict | null {
    const kept = this.#kept;
    const isFresh = kept !== null && Math.abs(kept.chunks - facts.chunks) <= kept.chunks * CHANGED_SHARE;
    return this.#without(facts) ?? (isFresh ? kept.verdict : null);
  }

  #probing(chunks: number): Promise<Verdict> {
    this.#running ??= this.#probe(chunks).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** null: only a probe can tell. */
  #without({ dimensions, embeddingModel, chunks }: IndexFacts): Verdict | null {
    if (this.#models.embeddingModel === null) return text('Vectors are switched off (USE_VECTORS).');
    if (chunks === 0) return text('Nothing is indexed yet.');
    if (dimensions === null) return text('The index was made without vectors.');
    // An index of another program does not say its model: the probe finds out whether it is ours.
    if (embeddingModel === null || embeddingModel === this.#models.embeddingModel) return null;
    return text(
      `The index was made with ${embeddingModel}, and questions would be embedded with ${this.#models.embeddingModel}: index anew to search by vectors.`,
    );
  }

  /** A failure is not kept: the next question asks again. */
  async #probe(chunks: number): Promise<Verdict> {
    try {
      const verdict = await this.#probed(chunks);
      this.#kept = { chunks, verdict };
      this.#failed = null;
      return verdict;
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      this.#failed = text(`The embedding model could not be probed: ${error.message}`);
      return this.#failed;
    }
  }

  async #probed(chunks: number): Promise<Verdict> {
    const probes = pickProbes(await this.#samples());
    const rankings: (readonly string[])[] = [];
    const { signal } = this.#ending;
    for (let at = 0; at < probes.length; at += BATCH) {
      signal.throwIfAborted();
      const texts = probes.slice(at, at + BATCH).map(({ sentence }) => sentence);
      const { vectors } = await this.#models.embed(texts, signal);
      for (const vector of vectors) rankings.push(await this.#nearest(vector, probeDepth(chunks)));
    }
    const { tested, found, share, verdict } = judgeProbes(probes, rankings, chunks);
    const figures = `${found} of ${tested} sentences (${Math.round(share * 100)} %) found their own passage by vector`;
    if (verdict === 'text') return text(`Words alone are searched, since the vectors do not help: ${figures}.`);
    if (this.#vectorWeight === null && !(await this.#knowsMeanings())) {
      return text(`${figures}, but only by the words in them: ${ONLY_WORDS}`);
    }
    return { mode: 'hybrid', why: `Words and vectors are searched: ${figures}.` };
  }

  /** Of a model that knows meanings the first language nearly always tells. */
  async #knowsMeanings(): Promise<boolean> {
    const { signal } = this.#ending;
    for (const pairs of MEANING_PAIRS) {
      signal.throwIfAborted();
      const { vectors } = await this.#models.embed(pairs.flat(), signal);
      if (meaningShare(vectors) >= MEANING_SHARE_MIN) return true;
    }
    return false;
  }

  async #nearest(vector: Float32Array, top: number): Promise<readonly string[]> {
    const filter = { reader: EVERYTHING, includeCategory: null, excludeCategory: null, documents: null, top };
    return (await this.#documents.searchVector(vector, filter)).map(({ document, chunk }) =>
      nameOf(document.id, chunk.index),
    );
  }

  /** Spread over documents and, within each, over its length. */
  async #samples(): Promise<readonly { readonly chunkId: string; readonly text: string }[]> {
    const rows = await this.#documents.list(EVERYTHING, { after: null, limit: DOCUMENTS_MAX });
    const each = Math.max(1, Math.ceil((2 * PROBES_MAX) / Math.max(1, rows.length)));
    const samples: { readonly chunkId: string; readonly text: string }[] = [];
    for (const { id } of rows) {
      const chunks = await this.#documents.chunks(id, EVERYTHING);
      const step = Math.max(1, Math.floor(chunks.length / each));
      for (let i = 0; i < chunks.length; i += step) {
        const chunk = chunks[i];
        if (chunk !== undefined) samples.push({ chunkId: nameOf(id, chunk.index), text: chunk.text });
      }
    }
    return samples;
  }
}

/** Ids of chunks are the store's matter; this names them on both sides. */
function nameOf(documentId: string, index: number): string {
  return `${documentId}/${index}`;
}

function text(why: string): Verdict {
  return { mode: 'text', why };
}
