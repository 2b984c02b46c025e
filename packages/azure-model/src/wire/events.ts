/** A streamed answer, for whoever sends it: what comes first, then event by event, then what comes last. */

/** What is the same in every event of an answer, and in an answer of one piece. */
export interface Envelope {
  /** `chatcmpl-…`, `cmpl-…` or `resp_…`. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Model with version: `gpt-4o-2024-11-20`. */
  readonly model: string;
  readonly promptTokens: number;
  /** Of the prompt tokens, those that were found in the prompt cache. */
  readonly cachedTokens: number;
}

export interface StreamEvents {
  /** Content events, one for each token that is shown, of each choice. */
  readonly contentEvents: number;
  /** Choices generated side by side: so many content events come at each step. */
  readonly choices: number;
  /** What comes before anything of the answer. */
  preamble(): string;
  /** Content events from `from` up to, not with, `to`. */
  content(from: number, to: number): string;
  ending(): string;
}
