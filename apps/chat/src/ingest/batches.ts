/** Texts in requests for embeddings: in order, as many in each as the limits allow. */
import { estimateTokens } from '@spillway/rag';
import { BATCH_INPUTS_MAX, BATCH_TOKENS_MAX } from './embedder.ts';

/** A text above the limit of tokens goes alone: the model says what it thinks of it. */
export function inBatches(texts: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let tokens = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    const more = estimateTokens(text);
    if (tokens + more > BATCH_TOKENS_MAX || (batches.at(-1)?.length ?? 0) >= BATCH_INPUTS_MAX) {
      batches.push([]);
      tokens = 0;
    }
    batches.at(-1)?.push(text);
    tokens += more;
  }
  return batches;
}
