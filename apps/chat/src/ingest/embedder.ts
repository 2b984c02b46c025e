/** Where vectors come from, seen from the index. Who talks to the gateway implements it. */

export interface Embedder {
  /** Stored with the index: vectors of different models are never mixed. */
  readonly model: string;
  /** One request: at most {@link BATCH_INPUTS_MAX} texts. Never throws; whatever happened is in the answer. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<EmbedAnswer>;
}

export type EmbedAnswer =
  /** As many as texts, in their order, all of one length. */
  | { readonly kind: 'vectors'; readonly vectors: readonly Float32Array[] }
  /** 429 or 503: not before. null: not told. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | null }
  /** A credential that is not accepted: trying again would be refused likewise. In a sentence for a person; without secrets. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Anything else, in a sentence for a person; without secrets. */
  | { readonly kind: 'failed'; readonly message: string };

/** Source: the samples' indexers send as many (reference of the JavaScript sample, "Embedding batches"). */
export const BATCH_INPUTS_MAX = 16;
export const BATCH_TOKENS_MAX = 8_000;
