/** What callers ask for as their longest answers, what they use of it, and what would be enough: the admin port's `GET /admin/advice`. */

export interface AdviceReport {
  /** The gateway's clock when the report was made. Milliseconds since 1970. */
  readonly nowMs: number;
  /** Those who reserve the most that they do not use first. */
  readonly callers: readonly CallerAdvice[];
}

/** Of one client's requests for one operation of one model, as the client asks for it. */
export interface CallerAdvice {
  /** Null without client keys. */
  readonly client: string | null;
  readonly model: string;
  readonly operation: string;
  /** Answered since the gateway began, or since so many others came that this was forgotten. */
  readonly requests: number;
  /** Of these, with a bound for the answer. */
  readonly bounded: number;
  /** Of these, with an answer that ended at the bound. */
  readonly reached: number;
  /** Asked for as longest answers, by the requests with a bound. Tokens. */
  readonly reservedTokens: number;
  /** Of these, used. Tokens. */
  readonly usedTokens: number;
  /** 0 to 1; null where no request had a bound. */
  readonly wastedShare: number | null;
  /** Of each answer, for the newest `lengthsOf`. Tokens; null where none is known. */
  readonly answerTokensP50: number | null;
  readonly answerTokensP99: number | null;
  readonly answerTokensP999: number | null;
  /** Answers that the three rest on, older ones counting less. */
  readonly lengthsOf: number;
  /** A bound that would be enough. Tokens; null where there is nothing to say. */
  readonly suggestedTokensMax: number | null;
  /** So many times as many requests of this client the same quota would then admit; null where there is nothing to say. */
  readonly admits: number | null;
  /** For a person; null where there is nothing to say. */
  readonly text: string | null;
}
