/** What a request asks of a quota, as far as can be told before it is answered. */

/** Whose work goes first when there is not enough for all: a person waits, a program waits, nobody waits. */
export const REQUEST_CLASSES = ['interactive', 'standard', 'batch'] as const;
export type RequestClass = (typeof REQUEST_CLASSES)[number];

export interface Need {
  /** Of the prompt: an estimate. Tokens. */
  readonly promptTokens: number;
  /** Of these, expected in the prompt cache of a deployment that has seen the prefix. Tokens. */
  readonly cachedTokens: number;
  /** Longest answer the request allows, for each choice; null where it sets no bound. Tokens. */
  readonly answerTokensMax: number | null;
  /** Expected of all answers together, from what the client's answers used to be. Tokens. */
  readonly answerTokens: number;
  /** Answers asked for: `n`, or `best_of` where that is more. */
  readonly choices: number;
  readonly class: RequestClass;
  /** What the prompt cache goes by: a hash of `prompt_cache_key` or of the prompt's beginning. Unsigned, 32 bits; null: nothing to go by. */
  readonly cacheKey: number | null;
}

/** Of a request that costs no tokens: a list, a file, a state. */
export const NO_NEED: Need = {
  promptTokens: 0,
  cachedTokens: 0,
  answerTokensMax: 0,
  answerTokens: 0,
  choices: 1,
  class: 'standard',
  cacheKey: null,
};
