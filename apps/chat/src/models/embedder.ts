/** Models as the index sees them: vectors in batches, every ending a value. */
import type { EmbedAnswer, Embedder } from '../ingest/embedder.ts';
import { answerFailure } from './failure.ts';
import type { Models } from './models.ts';

/** null where there are no vectors. */
export function embedderOf(models: Models): Embedder | null {
  const model = models.embeddingModel;
  if (model === null) return null;
  return { model, embed: (texts, signal) => embedded(models, texts, signal) };
}

async function embedded(models: Models, texts: readonly string[], signal: AbortSignal): Promise<EmbedAnswer> {
  try {
    return { kind: 'vectors', vectors: (await models.embed(texts, signal)).vectors };
  } catch (error) {
    const { kind, message, retryAfterMs } = answerFailure(error);
    if (kind === 'notAllowed') return { kind: 'refused', message };
    return kind === 'throttled' ? { kind, retryAfterMs } : { kind: 'failed', message };
  }
}
