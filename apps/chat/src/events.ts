/**
 * What is told of an answer while it is made: one JSON object a line (NDJSON), each with a number that only grows, so that a reader that
 * was cut off goes on behind the last one it has. A failure is an event too; the stream is never simply cut.
 */
export type AnswerPhase = 'planning' | 'searching' | 'answering' | 'checking';

export interface SourceEvent {
  /** As cited: `S1`. */
  readonly label: string;
  readonly documentId: string;
  readonly chunkId: string;
  readonly path: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly pageFrom: number | null;
  readonly pageTo: number | null;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Of the gateway's `x-spillway-*` headers; null where another gateway answered. */
export interface GatewayEvent {
  readonly requestId: string | null;
  readonly deployment: string | null;
  readonly attempts: number | null;
  /** `x-spillway-decision` as JSON text; null: not told. */
  readonly decision: string | null;
  readonly waitedMs: number | null;
}

export const FAILURE_KINDS = [
  'throttled',
  'filtered',
  'tooLong',
  'gatewayDown',
  'notAllowed',
  'timeout',
  'internal',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** How passages were searched for. */
export const RETRIEVAL_MODES = ['hybrid', 'text', 'vectors'] as const;
export type RetrievalMode = (typeof RETRIEVAL_MODES)[number];

/** What put passages in order by reading them: the search service, the chat model; or one of them was to, and could not. */
export const RERANKED = ['service', 'model', 'failed'] as const;
export type Reranked = (typeof RERANKED)[number];

/** Of a passage; larger is better, and comparable within its own ranking alone. */
export interface PassageScores {
  /** As cited: `S1`. */
  readonly label: string;
  /** The best of its chunks, for any of the queries; null: not among those that words found. */
  readonly words: number | null;
  /** The same by vectors. */
  readonly vectors: number | null;
  /** Of what put the passages in order by reading them; absent: nothing did. */
  readonly ranker?: number;
  /** What it is ranked by in the end. */
  readonly fused: number;
}

/** What a chat model is called for. */
export const MODEL_CALLS = ['plan', 'rerank', 'answer'] as const;
export type ModelCall = (typeof MODEL_CALLS)[number];

/** A message as it was sent to a model. */
export interface ToldMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  /** So much of its end was sent, too, and is not told. UTF-16 units. */
  readonly cut: number;
}

/** What a call of a model said beside its messages; null: it did not, so the model has its way. */
export interface CallParameters {
  /** Deployment on Azure, model elsewhere. */
  readonly model: string;
  readonly temperature: number | null;
  /** Of what it may write, thoughts included. Tokens. */
  readonly tokensMax: number;
  readonly reasoningEffort: string | null;
  readonly seed: number | null;
}

/** A step for the panel: its title, and what went in and out of it, in English. */
export interface StepEvent {
  readonly type: 'step';
  readonly title: string;
  readonly text: string;
  /** To a tenth. */
  readonly ms: number;
  /** The same in figures, for pages in other languages; absent where nobody has put it so. */
  readonly about?: StepAbout;
}

export interface ScopedDocument {
  readonly id: string;
  /** null: the reader may not see it, or there were too many to tell them all. */
  readonly title: string | null;
}

export type StepAbout =
  /** What alone was asked: these documents, if any are named; of these `category`, and without the other one. null: of any. */
  | {
      readonly kind: 'scope';
      readonly documents: readonly ScopedDocument[];
      readonly category: string | null;
      readonly without: string | null;
    }
  /** `failed`: why there is no plan; null: there is one. */
  | { readonly kind: 'queries'; readonly queries: readonly string[]; readonly failed: FailureKind | null }
  /** `withoutVectors`: why meaning was wanted and not searched. `isProbing`: how the index is searched best is being found out. */
  | {
      readonly kind: 'search';
      readonly queries: readonly string[];
      readonly mode: RetrievalMode;
      readonly passages: number;
      readonly withoutVectors: FailureKind | null;
      readonly isProbing?: boolean;
      /** Absent: nothing was to, or a step of its own tells it. */
      readonly reranked?: Reranked;
      /** In the order of the passages; absent: an older answer. */
      readonly scores?: readonly PassageScores[];
    }
  /** The chat model put so many passages in order. `failed`: why it did not, so that they are as found; null: it did. */
  | { readonly kind: 'rerank'; readonly passages: number; readonly failed: FailureKind | null }
  /** `leftOut`: messages that were sent and are not told, the oldest behind the first. */
  | {
      readonly kind: 'prompt';
      readonly call: ModelCall;
      readonly messages: readonly ToldMessage[];
      readonly leftOut: number;
      readonly parameters: CallParameters;
    }
  | { readonly kind: 'shortened'; readonly kept: number; readonly of: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'invented'; readonly labels: readonly string[] }
  /** `unsupported`: sentences. */
  | { readonly kind: 'check'; readonly unsupported: number };

export type AnswerEventBody =
  /**
   * The first one. With `turnId` the stream can be gone on with: `GET /api/chat/:turnId/stream?after=n`. The question is for a page that
   * comes by that way and did not ask it.
   */
  | { readonly type: 'begun'; readonly turnId: string; readonly conversationId: string; readonly question?: string }
  | { readonly type: 'phase'; readonly phase: AnswerPhase }
  | StepEvent
  | { readonly type: 'sources'; readonly sources: readonly SourceEvent[]; readonly mode: RetrievalMode }
  | { readonly type: 'delta'; readonly text: string }
  /** `at`: place in the answer's text so far. */
  | { readonly type: 'citation'; readonly label: string; readonly at: number }
  | { readonly type: 'followups'; readonly questions: readonly string[] }
  | { readonly type: 'gateway'; readonly step: ModelCall | 'embed'; readonly gateway: GatewayEvent }
  | { readonly type: 'usage'; readonly promptTokens: number | null; readonly completionTokens: number | null }
  /** Sentences without support in what they cite: places in the answer's text. */
  | { readonly type: 'check'; readonly unsupported: ReadonlyArray<{ readonly start: number; readonly end: number }> }
  /** A 429 is waited for, once. */
  | { readonly type: 'waiting'; readonly retryAtMs: number }
  | {
      readonly type: 'error';
      readonly kind: FailureKind;
      readonly message: string;
      readonly retryAfterMs: number | null;
    }
  | { readonly type: 'done'; readonly turnId: string; readonly conversationId: string };

export type AnswerEvent = AnswerEventBody & { readonly id: number };
