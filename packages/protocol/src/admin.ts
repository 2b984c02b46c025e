/**
 * What the gateway's admin port answers and the demo, the console and `spillway explain` read: the fleet's state as JSON.
 * Moments are milliseconds since 1970 (`…Ms`), counts run from the gateway's start unless their name has a window, `null` is not known.
 * Fields may be added; a reader passes over what it does not know.
 */

/** Answer of `GET /admin/fleet`. */
export interface FleetReport {
  /** The gateway's clock when the report was made; compare `untilMs` fields with it, not with the reader's clock. */
  readonly nowMs: number;
  readonly startedMs: number;
  /** The gateway's version, as in its `package.json`. */
  readonly version: string;
  readonly gateway: GatewayReport;
  readonly pools: readonly PoolReport[];
  readonly backends: readonly BackendReport[];
  readonly deployments: readonly DeploymentReport[];
}

/** `draining`: no new exchanges are taken; those under way are finished. */
export type GatewayPhase = 'starting' | 'ready' | 'draining';

export interface GatewayReport {
  readonly phase: GatewayPhase;
  readonly exchanges: ExchangeCounts;
  /** Over all deployments, also those that a reload has taken away; 429s from Azure are `byOutcome.throttled`. */
  readonly attempts: AttemptCounts;
  readonly tokens: TokenCounts;
  /** Exchanges that wait for quota at the moment. */
  readonly waiting: number;
}

/** Client requests, all tries included. `total` = `inFlight` + `answered` + `failed` + `throttledToClient` + `clientGone`. */
export interface ExchangeCounts {
  /** Begun. */
  readonly total: number;
  readonly inFlight: number;
  /** Ended with an answer that is the client's to read: 2xx, and errors of its own making such as 400. */
  readonly answered: number;
  /** Ended with 5xx, with a failure of the backend's or the gateway's own, or with a stream that was cut. */
  readonly failed: number;
  /** Ended with 429, the gateway's own or one passed on. */
  readonly throttledToClient: number;
  /** The client left first. */
  readonly clientGone: number;
  /** Of `answered`: not by the deployment that was tried first. What failover has hidden from clients. */
  readonly failedOver: number;
}

/** Deployments that can stand in for one another, by the name a client asks for. */
export interface PoolReport {
  readonly name: string;
  /** Ids of deployments. */
  readonly members: readonly string[];
  /** Exchanges that wait for its quota at the moment; of an alias, those of the pool that it leads to. */
  readonly waiting: number;
}

/** One Azure OpenAI resource. No part of a credential is ever in a report. */
export interface BackendReport {
  readonly name: string;
  readonly url: string;
  /** Azure region, for example `eastus`. */
  readonly region: string | null;
  readonly breaker: BreakerReport;
  /** How the gateway proves to it who it is. */
  readonly credential: 'key' | 'entra';
}

export interface BreakerReport {
  /** `open`: nothing is sent. `halfOpen`: one attempt at a time finds out whether it works again. */
  readonly state: 'closed' | 'open' | 'halfOpen';
  /** Until when it stays open; null unless `state` is `open`. */
  readonly untilMs: number | null;
}

/** A model deployment on a backend: the unit that is picked, throttled, broken and metered. */
export interface DeploymentReport {
  /** `<backend>/<deployment>`, unique in a fleet. */
  readonly id: string;
  /** Name of its {@link BackendReport}. */
  readonly backend: string;
  /** The name Azure knows; '' is the resource itself, for requests that name no deployment. */
  readonly name: string;
  /** For example `gpt-4o`. */
  readonly model: string | null;
  /** Azure's `sku.name`, for example `Standard` or `ProvisionedManaged`. */
  readonly type: string | null;
  /** As in Azure: thousands of tokens per minute for Standard types, PTUs for provisioned ones. */
  readonly capacity: number | null;
  /** Lower is used first. */
  readonly priority: number;
  /** Share among deployments of the same priority. */
  readonly weight: number;
  /** By an operator. */
  readonly paused: boolean;
  /** Attempts that have begun and not ended. */
  readonly inFlight: number;
  /** "Not before", from the last 429; null or past when it is not throttled now. */
  readonly throttledUntilMs: number | null;
  /** The header that said so, or `default` where none did; null when it never was throttled. */
  readonly throttleSource: string | null;
  readonly breaker: BreakerReport;
  readonly attempts: AttemptCounts;
  readonly tokens: TokenCounts;
  readonly lastMinute: MinuteCounts;
  /** What Azure last said was left in its present window; a hint, late and per front-end node (wire reference §6.5). */
  readonly remaining: QuotaReport | null;
  /** What Azure last said the window holds; lower than `capacity` while Azure has cut it for a time (wire reference §3.4). */
  readonly limit: QuotaReport | null;
  /** What the gateway believes of the quotas that it draws on: its own, and then the one it shares. */
  readonly quotas: readonly ForecastReport[];
  /** Tokens held for exchanges that wait, and for clients that were told when to come back. */
  readonly owedTokens: number;
  /** Usual time to the head of an answer: a running mean over those that were answered well. Milliseconds; null: none yet. */
  readonly latencyMs: number | null;
  /** When an attempt last began; null before the first. */
  readonly lastUsedMs: number | null;
}

export interface AttemptCounts {
  /** Ended. */
  readonly total: number;
  /** Of `total`, by how they ended, for example `answered`, `throttled`, `serverError`; only those that occurred. */
  readonly byOutcome: Readonly<Record<string, number>>;
}

/** Sums of what answers reported as used. Answers without usage (streams that did not ask for it) are missing here. */
export interface TokenCounts {
  readonly prompt: number;
  readonly completion: number;
  /** Part of `prompt`. */
  readonly cached: number;
  /** Part of `completion`. */
  readonly reasoning: number;
}

/** The 60 seconds before `nowMs`; for a Standard deployment to be set against `capacity` × 1,000 tokens. */
export interface MinuteCounts {
  readonly attempts: number;
  /** 429s among them. */
  readonly throttled: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Figures of `x-ratelimit-*` headers. */
export interface QuotaReport {
  /** null: not sent, or negative (Azure writes -1 for "unknown", wire reference §4.1). */
  readonly tokens: number | null;
  /** null as for `tokens`. A limit is per minute or per renewal period of 1, 10 or 60 s; Azure does not say which (wire reference §6.4). */
  readonly requests: number | null;
  /** When Azure said so. */
  readonly atMs: number;
}

/** What is believed of a quota. Tokens as they are counted against it: of provisioned deployments normalised (wire reference §7.2). */
export interface ForecastReport {
  /** Name of a quota that several deployments draw on; null: the deployment's own. */
  readonly name: string | null;
  readonly kind: 'standard' | 'provisioned';
  /** null: not configured. Tokens per minute. */
  readonly configuredTokensPerMinute: number | null;
  /** Believed to be in force. Tokens per minute; null: unknown. */
  readonly usableTokensPerMinute: number | null;
  /** What set `usableTokensPerMinute`. */
  readonly usableFrom: 'configured' | 'headers' | 'refusals' | 'unknown';
  /** Of the present window. Tokens; null: unknown. */
  readonly remainingTokens: number | null;
  /** Of the present slice or minute; null: unknown, or not limited. */
  readonly remainingRequests: number | null;
  /** Of a provisioned deployment, 1 is 100 %; null for others. */
  readonly utilisation: number | null;
  /** How the window is believed to move; null: not told apart yet, or provisioned. */
  readonly window: 'fixed' | 'sliding' | null;
  /** null: unknown. */
  readonly windowEndsMs: number | null;
  /** How far the forecast was off lately, on average. Tokens; null: never compared. */
  readonly errorTokens: number | null;
  /** What others are believed to send to the same deployment. */
  readonly othersTokensPerMinute: number;
}
