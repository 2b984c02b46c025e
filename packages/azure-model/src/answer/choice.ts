/** What a model generated: made by compose.ts, put into bytes by wire/. */

export type Finish = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** One answer: its thoughts, then its text, then its calls, each token in the order of its generation. */
export interface Choice {
  /** Pieces of the text; empty where the choice only calls tools. */
  readonly tokens: readonly string[];
  /** The tokens can stand in a JSON string as they are. */
  readonly plain: boolean;
  readonly calls: readonly Call[];
  readonly finish: Finish;
  /** Generated before the answer; billed and waited for, never shown. */
  readonly reasoningTokens: number;
  /** One for each of `tokens`; null where they were not asked for. */
  readonly logprobs: readonly TokenLogprob[] | null;
}

export interface Call {
  readonly id: string;
  readonly name: string;
  /** Pieces of the arguments, a JSON text. */
  readonly tokens: readonly string[];
}

export interface TokenLogprob {
  /** Natural logarithm, 0 or below. */
  readonly logprob: number;
  /** The likeliest tokens, this one first. */
  readonly top: ReadonlyArray<{ readonly token: string; readonly logprob: number }>;
}

/** Tokens of a choice that are sent: text and arguments. */
export function shownTokens(choice: Choice): number {
  let tokens = choice.tokens.length;
  for (const call of choice.calls) tokens += call.tokens.length;
  return tokens;
}

/** What the choices are billed as, thoughts included. */
export function completionTokens(choices: readonly Choice[]): number {
  let tokens = 0;
  for (const choice of choices) tokens += shownTokens(choice) + choice.reasoningTokens;
  return tokens;
}

export function reasoningTokens(choices: readonly Choice[]): number {
  let tokens = 0;
  for (const choice of choices) tokens += choice.reasoningTokens;
  return tokens;
}
