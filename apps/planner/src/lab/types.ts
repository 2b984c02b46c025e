/** What the parts of the lab hand to one another. A scenario says what happens; a draw, what is not known of Azure; a trace, who asks. */
import type { RequestClass, StrategyName } from '@spillway/policy';
import type { DeploymentType, Usage } from '@spillway/protocol';

/** A deployment as the gateway is told of it, and as it is. */
export interface LabDeployment {
  /** `<backend>/<deployment>`. */
  readonly id: string;
  readonly model: string;
  readonly type: DeploymentType;
  /** As configured: thousands of tokens per minute, or PTUs; null: the gateway is not told. */
  readonly capacity: number | null;
  /** What it really has; as configured where the scenario does not say. */
  readonly trueCapacity: number;
  readonly priority: number;
  readonly weight: number;
  /** Deployments with the same name draw on one quota besides. */
  readonly quotaKey: { readonly name: string; readonly capacity: number } | null;
  /** Longest prompt that it serves; longer ones get 400. Tokens; null: as long as any. */
  readonly promptTokensMax: number | null;
  /** First byte after so long, at rest. Milliseconds. */
  readonly firstByteMs: number;
  /** Milliseconds for each token of the answer. */
  readonly tokenMs: number;
  /** What its answers tell. full: 2026's headers. remaining: 2024's. minusOne: -1 for all. none: nothing, also no hint. */
  readonly headers: 'full' | 'remaining' | 'minusOne' | 'none';
}

/** Happens to a deployment for a time. */
export interface LabFault {
  readonly deployment: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly fault: /** Others send so many tokens a minute to it. */
    | { readonly kind: 'others'; readonly tokensPerMinute: number; readonly requestTokens: number }
    /** Its limit is lowered to this share of it; `told`: its headers say so. */
    | { readonly kind: 'lowered'; readonly share: number; readonly told: boolean }
    /** Every answer is 500 (or the connection is refused: status 0). */
    | { readonly kind: 'outage'; readonly status: 500 | 503 | 0 }
    /** So many times slower. */
    | { readonly kind: 'slow'; readonly factor: number }
    /** 429 with 86,400 seconds for requests above this share of the limit. */
    | { readonly kind: 'dayHint'; readonly share: number }
    /** A share of requests is refused for regional demand, whatever is left of the quota. */
    | { readonly kind: 'demand'; readonly share: number; readonly waitMs: number };
}

/** One request of the trace. Figures are true ones; what the gateway sees of them is said beside each. */
export interface Arrival {
  readonly atMs: number;
  readonly client: string;
  readonly class: RequestClass;
  /** True tokens of the prompt; the gateway sees {@link promptBytes}. */
  readonly promptTokens: number;
  /** Seen, as the body has it in UTF-8. */
  readonly promptBytes: number;
  /** What Azure's charge for the prompt goes by, see {@link Draw.charsPerToken}. Fewer than the bytes in Chinese, Japanese, Korean. */
  readonly promptChars: number;
  /** As asked for (seen); null: no bound. */
  readonly answerTokensMax: number | null;
  /** That all choices of the answer together will have; at most the bound of each times the choices. Unseen until it ends. */
  readonly answerTokens: number;
  readonly choices: number;
  /** Of the conversation, or the client's own prompt; null: nothing in common with others (seen). */
  readonly cacheKey: number | null;
  /** Tokens at the beginning that earlier requests with the same key had too. */
  readonly sharedTokens: number;
  /** How often the client comes back, as told, after a refusal. */
  readonly comebacks: number;
}

/** What the reference leaves UNCONFIRMED (wire §11), drawn anew for each seed. */
export interface Draw {
  readonly window: 'fixed' | 'sliding';
  /** How far the window had run when the lab began. Milliseconds. */
  readonly phaseMs: number;
  /** Whether the estimate is replaced by what was used when the answer is whole. */
  readonly refunds: boolean;
  /** Whether refused requests count. */
  readonly countsRefused: boolean;
  /** Charged for an answer without a bound. Tokens. */
  readonly unboundedTokens: number;
  /** Whether `n` multiplies the charge. */
  readonly choicesCount: boolean;
  readonly requestSliceMs: 1_000 | 10_000 | 60_000;
  /** Whether `x-ratelimit-limit-requests` is of a minute or of a slice. */
  readonly limitRequestsOf: 'minute' | 'slice';
  /** Depth of a provisioned bucket. Seconds. */
  readonly bucketSeconds: number;
  /** Assumed of a provisioned answer without a bound. Tokens. */
  readonly provisionedUnboundedTokens: number;
  /** Characters to a token in what Azure charges for a prompt. */
  readonly charsPerToken: number;
  /** Hints of Standard deployments: in milliseconds, or whole seconds alone. */
  readonly hintsMs: boolean;
}

export interface Scenario {
  readonly name: string;
  /** Why it is in the lab: one sentence. */
  readonly why: string;
  readonly seconds: number;
  /** At the beginning, not measured. */
  readonly warmUpSeconds: number;
  readonly fleet: readonly LabDeployment[];
  readonly faults: readonly LabFault[];
  /** Longest wait, by class. Milliseconds; 0: none. */
  readonly waitMsMax: Readonly<Record<RequestClass, number>>;
  /** Which of the figures that the product promises apply; see promises.ts. */
  readonly promises: readonly PromiseName[];
  /** Why all seeds together are not held to the limit of their median, and what they are held to instead; null: they are. */
  readonly pooledMost: PooledMost | null;
  readonly traffic: Traffic;
}

/** An exception that is stated: it stands in every table beside what was measured. */
export interface PooledMost {
  /** Of 10,000 requests over all seeds, those refused that the oracle serves: at most. */
  readonly per10000: number;
  readonly why: string;
}

/**
 * Figures that the product promises, by what they are about. no429, noWait429: no refusal that the oracle avoids, with and without
 * waits. edge429: hardly more, where chance alone brings more than fits in some minutes. wasted10x: refused sends at full load. overload: goodput and honest times above it. ptuFirst:
 * units are filled before anything spills. halving: goodput after a limit fell in silence. others: wasted sends beside other tenants.
 * cache: share of cached tokens.
 */
export const PROMISE_NAMES = [
  'no429',
  'noWait429',
  'edge429',
  'wasted10x',
  'overload',
  'ptuFirst',
  'halving',
  'others',
  'cache',
] as const;
export type PromiseName = (typeof PROMISE_NAMES)[number];

export interface Traffic {
  /** Offered, as a share of what the fleet can serve in its worst moment; see traffic-capacity.ts. Above 0. */
  readonly load: number;
  /** Of all clients that do not have their own. */
  readonly arrivals: Arrivals;
  readonly clients: readonly LabClient[];
}

/** When requests come. The number of them is given by the load, not by chance: so that a load of 0.95 is no 0.97 with another seed. */
export type Arrivals =
  /** Independent of one another. */
  | { readonly kind: 'poisson' }
  /** At equal distances. */
  | { readonly kind: 'steady' }
  /** Poisson, in bursts of `onSeconds` on average `factor` times as many as in the `offSeconds` between them. */
  | { readonly kind: 'bursts'; readonly onSeconds: number; readonly offSeconds: number; readonly factor: number }
  /** Poisson, around a sine: from 1 − depth to 1 + depth times the mean, once in each period. */
  | { readonly kind: 'diurnal'; readonly depth: number; readonly periodSeconds: number };

/** Lengths, in whole tokens. */
export type Lengths =
  | { readonly kind: 'fixed'; readonly tokens: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  /** Half of them below the median; `spread` is the standard deviation of the logarithm; longer ones are cut to `max`. */
  | { readonly kind: 'lognormal'; readonly median: number; readonly spread: number; readonly max: number };

/** Bytes and characters to a token differ; see prompts.ts. */
export type Language = 'english' | 'code' | 'cjk';

/** A kind of client: how many there are of it, how often they ask, and what. */
export interface LabClient {
  /** With a number at its end where there are several. */
  readonly name: string;
  readonly count: number;
  readonly class: RequestClass;
  /** Of all requests, relative to the shares of the other kinds. Above 0. */
  readonly share: number;
  /** Of the user's text in each turn, without instructions and what was said before. */
  readonly prompt: Lengths;
  /** Of each choice, before it is cut at the bound. */
  readonly answer: Lengths;
  /** `max_tokens`; null: none. */
  readonly bound: number | null;
  /** Share of the requests that carry the bound. */
  readonly boundShare: number;
  /** `n` of some requests. */
  readonly choices: { readonly n: number; readonly share: number };
  readonly languages: Readonly<Record<Language, number>>;
  /** The same at the beginning of every prompt: what they have in common. Tokens; 0: nothing. */
  readonly instructionsTokens: number;
  /** Talks of several turns, each of which begins with all that was said before; null: each request stands alone. */
  readonly conversation: { readonly turns: number; readonly thinkSeconds: number } | null;
  /** Share of its requests that come back when they were told to, and how often at most. */
  readonly comebacks: { readonly share: number; readonly times: number };
  /** Its own way of coming; null: as the traffic has it. */
  readonly arrivals: Arrivals | null;
}

/** What came of one arrival under a strategy. */
export interface Fate {
  readonly arrival: Arrival;
  /** What the client saw in the end. */
  readonly status: number;
  /** Deployment that served it; null: none. */
  readonly servedBy: string | null;
  /** Tries sent, refused ones included. */
  readonly sends: number;
  /** Of these, answered with 429. */
  readonly wasted: number;
  /** When the request came, this time. Milliseconds. */
  readonly enteredMs: number;
  /** When its client saw the answer's head. Milliseconds. */
  readonly answeredMs: number;
  /** In the gateway's queue. Milliseconds. */
  readonly waitedMs: number;
  /** Told with a 429: when to come back. Milliseconds; null: it was served. */
  readonly toldMs: number | null;
  /** It came back as told before: the first time that it was refused does not count again as a request. */
  readonly isComeback: boolean;
  /** How often it had come back. */
  readonly comebacks: number;
  readonly usage: Usage;
  /** Counted against the quota for it by the truth, tokens (normalised for provisioned ones); 0 where refused. */
  readonly charged: number;
}

export interface RunSpec {
  readonly scenario: Scenario;
  readonly trace: readonly Arrival[];
  readonly draw: Draw;
  readonly seed: number;
  readonly strategy: StrategyName;
}
