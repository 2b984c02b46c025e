/** All of a document's texts to vectors, or none: throttling is waited for as told, other failures are tried again, both bounded. */
import type { Clock } from '@spillway/clock';
import { inBatches } from './batches.ts';
import type { EmbedAnswer, Embedder } from './embedder.ts';
import type { IngestLimits } from './limits.ts';

export interface EmbedParts {
  readonly embedder: Embedder;
  readonly clock: Clock;
  readonly limits: IngestLimits;
  readonly signal: AbortSignal;
}

export interface EmbedTold {
  /** So many more have their vector. */
  embedded(count: number): void;
  waiting(retryAtMs: number): void;
}

export type Embedded =
  | { readonly kind: 'vectors'; readonly vectors: readonly Float32Array[] }
  | { readonly kind: 'failed'; readonly message: string };

/** Before a second try where nothing was told; doubled each time. */
export const FIRST_WAIT_MS = 1_000;

export async function embedAll(texts: readonly string[], parts: EmbedParts, told: EmbedTold): Promise<Embedded> {
  const vectors: Float32Array[] = [];
  for (const batch of inBatches(texts)) {
    const answer = await embedBatch(batch, parts, told);
    if (answer.kind === 'failed') return answer;
    const problem = problemWith(answer.vectors, batch.length, vectors[0]?.length ?? null);
    if (problem !== null) return { kind: 'failed', message: `model ${parts.embedder.model}: ${problem}` };
    vectors.push(...answer.vectors);
    told.embedded(batch.length);
  }
  return { kind: 'vectors', vectors };
}

async function embedBatch(batch: readonly string[], parts: EmbedParts, told: EmbedTold): Promise<Embedded> {
  const { embedder, clock, limits, signal } = parts;
  for (let throttles = 0, failures = 0; ; ) {
    if (signal.aborted) return { kind: 'failed', message: 'stopped' };
    const answer = await embedder.embed(batch, signal);
    if (answer.kind === 'vectors') return answer;
    if (answer.kind === 'refused') return { kind: 'failed', message: answer.message };
    if (answer.kind === 'throttled') throttles++;
    else failures++;
    const waitMs = waitOf(answer, answer.kind === 'throttled' ? throttles : failures);
    const message = givesUp(answer, { throttles, failures, waitMs }, limits);
    if (message !== null) return { kind: 'failed', message };
    told.waiting(clock.nowMs() + waitMs);
    await waited(waitMs, clock, signal);
  }
}

type Trouble = Exclude<EmbedAnswer, { readonly kind: 'vectors' | 'refused' }>;

function waitOf(answer: Trouble, times: number): number {
  const ownMs = FIRST_WAIT_MS * 2 ** Math.min(times - 1, 5);
  return answer.kind === 'throttled' ? (answer.retryAfterMs ?? ownMs) : ownMs;
}

interface Tried {
  readonly throttles: number;
  readonly failures: number;
  readonly waitMs: number;
}

function givesUp(answer: Trouble, { throttles, failures, waitMs }: Tried, limits: IngestLimits): string | null {
  if (answer.kind === 'failed') return failures < limits.failuresPerBatchMax ? null : answer.message;
  if (waitMs > limits.throttleMsMax) {
    return `embedding is throttled for ${Math.ceil(waitMs / 1_000)} seconds; index again later`;
  }
  const isPatient = throttles <= limits.throttlesPerBatchMax;
  return isPatient
    ? null
    : `embedding was throttled ${throttles} times in a row; raise its quota, or index again later`;
}

function problemWith(vectors: readonly Float32Array[], count: number, dimensions: number | null): string | null {
  if (vectors.length !== count) return `gave ${vectors.length} vectors for ${count} texts`;
  const want = dimensions ?? vectors[0]?.length ?? 0;
  if (want === 0 || vectors.some((vector) => vector.length !== want))
    return 'gave vectors of different sizes, or empty ones';
  return vectors.every((vector) => vector.every(Number.isFinite))
    ? null
    : 'gave a vector with something else than numbers';
}

function waited(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    timer.cancel();
    signal.removeEventListener('abort', end);
    resolve();
  };
  const timer = clock.after(ms, end);
  signal.addEventListener('abort', end);
  return promise;
}
