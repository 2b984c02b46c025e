/** What the chat app asks of models. One implementation speaks to a gateway (model-client.ts); tests have their own. */
import type { CallParameters, FailureKind, GatewayEvent } from '../events.ts';
import type { ReasoningEffort } from '../settings/reasoning-effort.ts';

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** How an answer is to be written. */
export interface AnswerManner {
  /** null: as the settings say. */
  readonly temperature: number | null;
  readonly seed: number | null;
  readonly reasoningEffort: ReasoningEffort | null;
}

export interface AnswerAsk extends AnswerManner {
  readonly messages: readonly PromptMessage[];
}

/** A function that the model may call; its parameters as JSON schema. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type AnswerPiece =
  | { readonly kind: 'begun'; readonly gateway: GatewayEvent }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'usage'; readonly promptTokens: number | null; readonly completionTokens: number | null }
  /** `length`: it was cut where the limit of tokens was. */
  | { readonly kind: 'ended'; readonly finish: 'stop' | 'length' | 'filtered' };

/** What a model gave for a call of a function; one of the two may be empty. */
export interface Planned {
  /** JSON text of the function's arguments, a list where it was called several times; null: it was not called. */
  readonly call: string | null;
  readonly text: string;
  readonly gateway: GatewayEvent;
}

export interface Embedded {
  /** As many as texts, in their order, of one length. */
  readonly vectors: readonly Float32Array[];
  readonly gateway: GatewayEvent;
}

/** Every method fails with {@link ModelFailure} alone. */
export interface Models {
  /** null: no vectors. */
  readonly embeddingModel: string | null;
  /** What `answer` sends beside messages: as of now, since a model that turns out to think first is called otherwise from then on. */
  answerParameters(manner: AnswerManner): CallParameters;
  /** The same of `plan`. */
  planParameters(): CallParameters;
  answer(ask: AnswerAsk, signal: AbortSignal): AsyncIterable<AnswerPiece>;
  /** One short call that may answer with a call of `tool`. */
  plan(messages: readonly PromptMessage[], tool: ToolSpec, signal: AbortSignal): Promise<Planned>;
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded>;
}

export interface FailureFacts {
  /** As told by who refused; null: not told. */
  readonly retryAfterMs?: number | null;
  /** null: nobody answered. */
  readonly gateway?: GatewayEvent | null;
  /** For the operator's log: status and code as they came. */
  readonly detail?: string;
}

/** The message is for whoever asked a question; it names neither address nor credential. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';
  readonly kind: FailureKind;
  readonly retryAfterMs: number | null;
  readonly gateway: GatewayEvent | null;
  readonly detail: string;

  constructor(kind: FailureKind, message: string, facts: FailureFacts = {}) {
    super(message);
    this.kind = kind;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.gateway = facts.gateway ?? null;
    this.detail = facts.detail ?? '';
  }
}
