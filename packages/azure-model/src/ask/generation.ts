/** What chat completions, completions and Responses ask for, once their bodies are read: one form, so that quota, answers and pace are the same for all. */
import type { Refusal } from '../wire/refusals.ts';
import type { Passage } from './held.ts';

export type GenerationKind = 'chat' | 'completions' | 'responses';

export interface GenerationAsk {
  readonly operation: GenerationKind;
  readonly prompt: Prompt;
  /** The conversation in its order, for those who answer from it. */
  readonly turns: readonly Turn[];
  /** Limit of each answer, thoughts included; null where none is set. Tokens. */
  readonly answerTokensMax: number | null;
  /** Answers that are shown. */
  readonly choices: number;
  /** Answers that are generated, of which the best are shown (`best_of`); never below `choices`. */
  readonly generated: number;
  readonly stop: readonly string[];
  readonly stream: boolean;
  /** `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  readonly tools: ToolsAsk | null;
  readonly format: FormatAsk;
  /** Alternatives wanted for each token besides its own log probability; null: no log probabilities. */
  readonly topLogprobs: number | null;
  /** null: the model's default. Of reasoning models alone. */
  readonly reasoningEffort: ReasoningEffort | null;
  /** What the answer repeats of the request, or is formed by, and nobody but wire/ reads. */
  readonly echo?: Readonly<Record<string, unknown>>;
  /** What the service looked up before it answered, of Responses alone; absent: nothing. */
  readonly searched?: Searched;
  /** What is to be kept of the request beside its answer; absent: nothing is kept. */
  readonly keep?: KeepAsk;
}

/** One call of the tool `file_search`. */
export interface Searched {
  readonly query: string;
  readonly passages: readonly Passage[];
  /** The client wants the passages themselves in the answer. */
  readonly shown: boolean;
}

export type KeepAsk =
  | {
      readonly kind: 'response';
      /** Items of the request alone, as a JSON list. */
      readonly input: string;
      readonly previous: string | null;
      readonly conversation: string | null;
      /** Items of that conversation until then, as a JSON list; null where there is none. */
      readonly history: string | null;
      /** The answer is made after the client has gone. */
      readonly background: boolean;
    }
  | {
      readonly kind: 'chat';
      /** As a JSON list. */
      readonly messages: string;
      readonly metadata: Readonly<Record<string, unknown>>;
    };

export const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
}

export interface Prompt {
  /** What `usage` will say of it. */
  readonly tokens: number;
  /** Of each message in its order: what the arrival estimates are made of. UTF-16 units. */
  readonly chars: readonly number[];
  /** Differs where the prompt differs; begins the chance of the answer. */
  readonly hash: number;
  /** What the content filter will say of it. */
  readonly verdict: PromptVerdict;
}

/** blocked: refused with 400. answerBlocked: the answer ends with `content_filter` (simulated on demand by words in the prompt). */
export type PromptVerdict = 'safe' | 'blocked' | 'answerBlocked';

export interface ToolsAsk {
  readonly tools: readonly Tool[];
  /** auto: the model may answer in words. required: it must call. named: it must call the one in `named`. */
  readonly choice: 'auto' | 'required' | 'named' | 'none';
  readonly named: string | null;
  /** Several calls at once are allowed. */
  readonly parallel: boolean;
}

export interface Tool {
  readonly name: string;
  /** What it is for, as sent; tells when it is meant. */
  readonly description?: string;
  /** JSON schema, as sent. */
  readonly parameters: unknown;
}

export type FormatAsk =
  | { readonly kind: 'text' }
  | { readonly kind: 'jsonObject' }
  | { readonly kind: 'jsonSchema'; readonly name: string; readonly schema: unknown };

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
}

export type AskRead = { readonly kind: 'ask'; readonly ask: GenerationAsk } | Refused;
