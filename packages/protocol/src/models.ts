/**
 * What is published about the models: how a Standard deployment's request rate follows from its tokens, and what a model is.
 * Data, not behaviour: a wrong figure is put right here. Sources: wire reference §6.3 (quota tables of 2026) and §6.4 (slices);
 * dates of versions: the model names of the `openai` package 7.55.
 */

export type ModelKind = 'chat' | 'embeddings';

export interface ModelFacts {
  /** As in Azure's model catalogue. */
  readonly name: string;
  readonly kind: ModelKind;
  /** Version an answer names after the model (`gpt-4o-2024-11-20`); null where none is known, or none is named. */
  readonly version: string | null;
  /** Requests per minute that come with each 1,000 tokens per minute of a Standard deployment. */
  readonly requestsPerThousandTokens: number;
  /** Length of the slices in which requests are counted. Seconds. */
  readonly requestWindowSeconds: 10 | 60;
  /** Thinks before it answers: `max_tokens` is refused, `max_completion_tokens` bounds thoughts and answer together. */
  readonly reasoning: boolean;
  /** Length of a vector of an embeddings model; null for others. */
  readonly dimensions: number | null;
  /** Whether `dimensions` may ask for a shorter vector. */
  readonly dimensionsSettable: boolean;
}

type Row = readonly [name: string, version: string | null, requestsPerThousandTokens: number, windowSeconds: 10 | 60];

/**
 * Chat models. Where the tables give a rate for each deployment type, the row is that of Global Standard (or the only one).
 * 10 s: gpt-4o by response headers of 2026 (`x-ratelimit-renewalperiod-requests: 10`), gpt-35-turbo by headers of 2024
 * (30,000 TPM, 29 requests remaining), audio previews by the quota table.
 */
const CHAT: readonly Row[] = [
  ['gpt-35-turbo', '0125', 6, 10],
  ['gpt-4', '0613', 6, 60],
  ['gpt-4-32k', '0613', 6, 60],
  ['gpt-4-turbo', '2024-04-09', 6, 60],
  ['gpt-4o', '2024-11-20', 6, 10],
  ['gpt-4o-mini', '2024-07-18', 10, 60],
  ['gpt-4o-audio-preview', '2024-12-17', 6, 10],
  ['gpt-4o-mini-audio-preview', '2024-12-17', 6, 10],
  ['gpt-audio', null, 6, 10],
  ['gpt-4.1', '2025-04-14', 1, 60],
  ['gpt-4.1-mini', '2025-04-14', 1, 60],
  ['gpt-4.1-nano', '2025-04-14', 1, 60],
  ['gpt-5-chat', null, 1, 60],
  ['gpt-5.1-chat', null, 10, 60],
  ['gpt-5.2-chat', '2025-12-11', 10, 60],
  ['gpt-5.3-chat', null, 1, 60],
  ['gpt-oss-120b', null, 1, 60],
  ['model-router', null, 1, 60],
];

const REASONING: readonly Row[] = [
  ['o1', '2024-12-17', 1 / 6, 60],
  ['o1-preview', '2024-09-12', 1 / 6, 60],
  ['o1-mini', '2024-09-12', 1 / 10, 60],
  ['o3', '2025-04-16', 1, 60],
  ['o3-mini', '2025-01-31', 1 / 10, 60],
  ['o3-pro', '2025-06-10', 1 / 10, 60],
  ['o3-deep-research', '2025-06-26', 1, 60],
  ['o4-mini', '2025-04-16', 1, 60],
  ['codex-mini', null, 1, 60],
  ['gpt-5', '2025-08-07', 10, 60],
  ['gpt-5-mini', '2025-08-07', 1, 60],
  ['gpt-5-nano', '2025-08-07', 1, 60],
  ['gpt-5-pro', '2025-10-06', 10, 60],
  ['gpt-5-codex', null, 1, 60],
  ['gpt-5.1', '2025-11-13', 10, 60],
  ['gpt-5.1-codex', null, 1, 60],
  ['gpt-5.1-codex-mini', null, 1, 60],
  ['gpt-5.1-codex-max', null, 10, 60],
  ['gpt-5.2', '2025-12-11', 10, 60],
  ['gpt-5.2-codex', null, 10, 60],
  ['gpt-5.3-codex', null, 10, 60],
  ['gpt-5.4', null, 10, 60],
  ['gpt-5.4-pro', null, 1, 60],
  ['gpt-5.4-mini', '2026-03-17', 1, 60],
  ['gpt-5.4-nano', '2026-03-17', 1, 60],
  ['gpt-5.5', '2026-04-23', 1, 60],
  ['gpt-5.6-luna', null, 1, 60],
  ['gpt-5.6-sol', null, 1, 60],
  ['gpt-5.6-terra', null, 1, 60],
  ['gpt-6-astra', null, 1, 60],
  ['gpt-6-luna', null, 1, 60],
  ['gpt-6-sol', null, 1, 60],
];

/** 1,000 requests per 10 s and 1 million TPM in the quota table. Answers name no version. */
const EMBEDDINGS: ReadonlyArray<
  readonly [name: string, dimensions: number, settable: boolean, windowSeconds: 10 | 60]
> = [
  ['text-embedding-3-small', 1536, true, 10],
  ['text-embedding-3-large', 3072, true, 10],
  ['text-embedding-ada-002', 1536, false, 60],
];

const MODELS: ReadonlyMap<string, ModelFacts> = new Map(
  [
    ...CHAT.map((row) => chatFacts(row, false)),
    ...REASONING.map((row) => chatFacts(row, true)),
    ...EMBEDDINGS.map(
      ([name, dimensions, dimensionsSettable, requestWindowSeconds]): ModelFacts => ({
        name,
        kind: 'embeddings',
        version: null,
        requestsPerThousandTokens: 6,
        requestWindowSeconds,
        reasoning: false,
        dimensions,
        dimensionsSettable,
      }),
    ),
  ].map((facts) => [facts.name, facts]),
);

function chatFacts([name, version, requestsPerThousandTokens, windowSeconds]: Row, reasoning: boolean): ModelFacts {
  return {
    name,
    kind: 'chat',
    version,
    requestsPerThousandTokens,
    requestWindowSeconds: windowSeconds,
    reasoning,
    dimensions: null,
    dimensionsSettable: false,
  };
}

/** Names of all models of which something is known. */
export const MODEL_NAMES: readonly string[] = [...MODELS.keys()];

/**
 * What is known about a model, by its name in any case, with or without the date of its version, in Azure's or OpenAI's spelling
 * (`gpt-3.5-turbo`). null for a model that is not in the table; {@link unknownModel} then says what to assume.
 */
export function knownModel(name: string): ModelFacts | null {
  const plain = name
    .toLowerCase()
    .replace(/^gpt-3\.5/, 'gpt-35')
    .replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return MODELS.get(plain) ?? null;
}

/** Assumed of a model that is not in the table: the documented default of 6 requests per 1,000 tokens, counted by the minute (wire §6.3). */
export function unknownModel(name: string): ModelFacts {
  const embeddings = name.toLowerCase().includes('embedding');
  return {
    name,
    kind: embeddings ? 'embeddings' : 'chat',
    version: null,
    requestsPerThousandTokens: 6,
    requestWindowSeconds: 60,
    reasoning: false,
    dimensions: embeddings ? 1536 : null,
    dimensionsSettable: embeddings,
  };
}

export function modelFacts(name: string): ModelFacts {
  return knownModel(name) ?? unknownModel(name);
}

/** Requests per minute of a Standard deployment. Azure derives them; they cannot be set (wire §6.1). At least 1. */
export function requestsPerMinuteOf(facts: ModelFacts, tokensPerMinute: number): number {
  return Math.max(1, Math.round((tokensPerMinute / 1000) * facts.requestsPerThousandTokens));
}
