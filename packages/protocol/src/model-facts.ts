/** What is known of a model, and what is assumed where nothing is published. The figures themselves are in the tables beside this file. */

/** What a model does. transcription: speech to text. speech: text to speech. realtime: both, in one session. */
export const MODEL_KINDS = ['chat', 'embeddings', 'images', 'speech', 'transcription', 'realtime'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** What `sku.capacity` of a Standard deployment counts (wire §6.1, §6.3). requests: tokens are not limited, as of pictures and whisper. */
export const CAPACITY_UNITS = ['thousandTokens', 'requests'] as const;
export type CapacityUnit = (typeof CAPACITY_UNITS)[number];

export interface ModelFacts {
  /** As in Azure's model catalogue. */
  readonly name: string;
  readonly kind: ModelKind;
  /** Version an answer names after the model (`gpt-4o-2024-11-20`); null where none is known, or none is named. */
  readonly version: string | null;
  readonly capacityUnit: CapacityUnit;
  /** Requests per minute that come with each 1,000 tokens per minute of a Standard deployment, or with each unit of its capacity. */
  readonly requestsPerThousandTokens: number;
  /** Length of the slices in which requests are counted. Seconds. */
  readonly requestWindowSeconds: 10 | 60;
  /** Thinks before it answers: `max_tokens` is refused, `max_completion_tokens` bounds thoughts and answer together. */
  readonly reasoning: boolean;
  /** Length of a vector of an embeddings model; null for others. */
  readonly dimensions: number | null;
  /** Whether `dimensions` may ask for a shorter vector. */
  readonly dimensionsSettable: boolean;
  /** Prompt and answer together. Tokens. */
  readonly contextTokens: number;
  /** The longest answer, thoughts included. Tokens; 0 for embeddings. */
  readonly answerTokensMax: number;
  /** When Azure retires the version above at the earliest: `2026-03-31`; null where no date is known. */
  readonly retiresOn: string | null;
  readonly provisioned: ProvisionedFigures;
}

/** What a provisioned throughput unit (PTU) of a model is worth. Source: wire reference §7.3. */
export interface ProvisionedFigures {
  /** Input tokens per minute that one unit serves. */
  readonly inputTokensPerMinutePerUnit: number;
  /** Input tokens that one output token counts for. */
  readonly outputWeight: number;
  /** Of Global and Data Zone deployments; null where they are not offered. */
  readonly global: UnitSteps | null;
  /** Of Regional deployments; null where they are not offered. */
  readonly regional: UnitSteps | null;
  /** Output tokens per second that 99 % of requests get at least. */
  readonly tokensPerSecondTarget: number;
  /** Whether prompts above 128,000 tokens are served. */
  readonly longContext: boolean;
  /** Date of the table the figures are from; null: nothing is published, and the defaults are assumed. */
  readonly asOf: string | null;
}

/** Units that can be bought: at least `min`, in steps. */
export interface UnitSteps {
  readonly min: number;
  readonly step: number;
}

/** A model that a user's file adds, or what it says otherwise of one that is known; what is not given stays. */
export interface ModelExtension extends Partial<Omit<ModelFacts, 'provisioned'>> {
  readonly name: string;
  readonly provisioned?: Partial<ProvisionedFigures>;
}

/** Assumed where nothing is published: the figures of gpt-4o, the most common model of the table. */
export const ASSUMED_PROVISIONED: ProvisionedFigures = {
  inputTokensPerMinutePerUnit: 2500,
  outputWeight: 4,
  global: { min: 15, step: 5 },
  regional: { min: 50, step: 50 },
  tokensPerSecondTarget: 25,
  longContext: true,
  asOf: null,
};

/** How long prompts and answers may be. Tokens. */
export interface TokenLimits {
  readonly contextTokens: number;
  readonly answerTokensMax: number;
}

/**
 * Assumed where nothing is published: those of gpt-4o, and of the embeddings models of today; of media, those of gpt-image-1 (32,000
 * characters), tts (4,096 characters), gpt-4o-transcribe and gpt-realtime. What is drawn and spoken is not counted here.
 */
export const ASSUMED_LIMITS: Readonly<Record<ModelKind, TokenLimits>> = {
  chat: { contextTokens: 128_000, answerTokensMax: 16_384 },
  embeddings: { contextTokens: 8_192, answerTokensMax: 0 },
  images: { contextTokens: 8_000, answerTokensMax: 0 },
  speech: { contextTokens: 1_024, answerTokensMax: 0 },
  transcription: { contextTokens: 16_000, answerTokensMax: 2_000 },
  realtime: { contextTokens: 32_768, answerTokensMax: 4_096 },
};

/** Requests per 1,000 tokens where the tables name none: the documented ratio of the older chat models (wire reference §6.3). */
export const ASSUMED_REQUESTS_PER_THOUSAND_TOKENS = 6;

/** Length of a vector where nothing is published: that of text-embedding-3-small. */
export const ASSUMED_DIMENSIONS = 1536;
