/** What a run is: made from the command line once, checked there, and not changed after. */

/** What is asked. */
export type Api = 'chat' | 'responses' | 'embeddings';

/** How the address is built: `classic` is `/openai/deployments/NAME/…?api-version=`, `v1` is `/openai/v1/…`, `exact` the address as given. */
export type Dialect = 'classic' | 'v1' | 'exact';

/** Read from its variable when the run begins; never printed, never part of a report. */
export type Credential =
  | { readonly kind: 'key'; readonly header: 'api-key' | 'authorization'; readonly variable: string }
  | { readonly kind: 'entra' }
  | { readonly kind: 'none' };

export interface Target {
  /** As it is called in reports. */
  readonly name: string;
  /** As given; without a trailing slash. */
  readonly endpoint: string;
  readonly api: Api;
  readonly dialect: Dialect;
  /** Deployment, or model where there are none. */
  readonly deployment: string;
  readonly apiVersion: string;
  readonly credential: Credential;
  /** Sent with each request besides. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is asked of the answer. null: left out of the body. */
export interface Answer {
  readonly stream: boolean;
  /** Tokens. */
  readonly tokensMax: number | null;
  readonly tokensField: 'max_tokens' | 'max_completion_tokens' | 'max_output_tokens';
  /** `n`. */
  readonly completions: number;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly frequencyPenalty: number | null;
  readonly presencePenalty: number | null;
}

export type Shape = 'balanced' | 'context' | 'generation' | 'custom' | 'mix';

/** Of one call. */
export interface PromptSize {
  /** Tokens of the whole prompt. */
  readonly contextTokens: number;
  /** Tokens of the answer at most; null: as in all calls. */
  readonly answerTokensMax: number | null;
}

/** Where the words come from. */
export type Prompts =
  | {
      readonly kind: 'generated';
      readonly shape: Shape;
      /** Tokens of the whole prompt; on average, where there are several sizes. */
      readonly contextTokens: number;
      /** Where calls differ: taken in turns. */
      readonly sizes?: readonly PromptSize[];
      /** Share of the prompt that is the same in all calls, so that a server may have it in its cache: 0 to 1. */
      readonly cacheShare: number;
    }
  | { readonly kind: 'replayed'; readonly file: string; readonly order: 'random' | 'file' };

/** When requests are to come, in open loop. Rates are requests per minute. */
export type Arrivals =
  | { readonly kind: 'constant'; readonly perMinute: number }
  | { readonly kind: 'poisson'; readonly perMinute: number }
  | { readonly kind: 'ramp'; readonly fromPerMinute: number; readonly toPerMinute: number; readonly overMs: number }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  /** Each step this many times the rate of the one before, until answers are refused. */
  | { readonly kind: 'sweep'; readonly fromPerMinute: number; readonly factor: number; readonly stepMs: number }
  /** Offsets from the beginning, ascending. Milliseconds. */
  | { readonly kind: 'trace'; readonly offsetsMs: readonly number[] };

export interface Step {
  readonly perMinute: number;
  readonly forMs: number;
}

/**
 * closed: whoever has an answer asks again, so a slow server slows its load (coordinated omission). open: requests come when they come,
 * whatever the server does; latency counts from the intended moment too.
 */
export type Pace = { readonly kind: 'closed' } | { readonly kind: 'open'; readonly arrivals: Arrivals };

export type RetryPolicy = 'none' | 'exponential' | 'retry-after' | 'hedged';

export interface End {
  /** Calls; null: no bound. */
  readonly requests: number | null;
  /** Of the measured part; null: no bound. Milliseconds. */
  readonly durationMs: number | null;
  /** `or`: whichever comes first; `and`: both. */
  readonly mode: 'or' | 'and';
}

export interface LoadSpec {
  /** One, or two that are asked in turns. */
  readonly targets: readonly Target[];
  readonly prompts: Prompts;
  readonly answer: Answer;
  readonly pace: Pace;
  /** Calls under way at most: the load itself in closed loop, a safety cap in open loop. */
  readonly clients: number;
  readonly workers: number;
  readonly end: End;
  /** Sent but not measured, at the beginning. Milliseconds. */
  readonly warmUpMs: number;
  /** Warm-up goes on until the first 429, or this is over: a provisioned deployment has credit at first. */
  readonly warmUpUntilThrottled: boolean;
  /** How long the calls under way may take at the end. Milliseconds. */
  readonly drainMs: number;
  readonly retry: RetryPolicy;
  /** Of `hedged`: a request is sent once more where no answer has begun after so long. Milliseconds. */
  readonly hedgeAfterMs: number;
  /** All tries of one call together. Milliseconds. */
  readonly retryMsMax: number;
  /** One call, from its send. Milliseconds. */
  readonly timeoutMs: number;
  /** Sliding window of the lines. Milliseconds. */
  readonly windowMs: number;
  /** The run stops when so many tokens were used or are under way; null: no bound. */
  readonly totalTokensMax: number | null;
  /** A time before each prompt keeps a server from answering out of its cache. */
  readonly preventServerCaching: boolean;
  /** Latencies less the network's round trip are given besides; what was measured stays as it is. */
  readonly adjustForNetwork: boolean;
  /** What is sent and answered is handed on with each result, cut and without credentials. */
  readonly logContent: boolean;
  readonly seed: number;
}
