/**
 * What the configuration resolved to: the things a decision chooses among. Immutable; a reload makes a new Fleet.
 * What traffic did to them lives in state.ts.
 */

import type { DeploymentType } from '@spillway/protocol';
import type { RequestClass } from './need.ts';
import type { StrategyName } from './strategies/strategy.ts';

export { DEPLOYMENT_TYPES, type DeploymentType, isProvisioned, OPERATION_NAMES } from '@spillway/protocol';

/** How the gateway proves to a backend who it is. `key` is resolved, never printed. */
export type Credential =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'entra'; readonly scope: string };

/** One Azure OpenAI resource: origin and credential. */
export interface Backend {
  /** Appears in logs, metrics and decisions; unique in a fleet. */
  readonly name: string;
  /** Scheme, host and port, and a base path without a trailing slash where the resource is mounted below one. */
  readonly url: string;
  readonly credential: Credential;
  /** Azure region, for example `eastus`; null where the configuration does not say. */
  readonly region: string | null;
  /** Which paths it serves: classic (deployment in the path), v1 (in the body), or both, as Azure does. */
  readonly dialect: 'both' | 'classic' | 'v1';
  /** Sent on classic paths in place of the client's; null keeps that. */
  readonly apiVersion: string | null;
}

/** A model deployment on a backend: the unit that is picked, throttled, broken and metered. */
export interface Deployment {
  /** `<backend>/<deployment>`, unique in a fleet; the key of its state. */
  readonly id: string;
  readonly backend: Backend;
  /** The name Azure knows; '' stands for the resource itself, for requests that name no deployment. */
  readonly name: string;
  /** For example `gpt-4o`; null where the configuration does not say. */
  readonly model: string | null;
  /** For example `2024-11-20`; null where the configuration does not say. */
  readonly modelVersion: string | null;
  /** Name of its content filter (`raiPolicyName`); null where the configuration does not say. */
  readonly contentFilter: string | null;
  /** Longest prompt and answer together. Tokens; null where the configuration does not say. */
  readonly contextTokens: number | null;
  /** What it can do besides, in words that clients ask for: `vision`, `batch`. */
  readonly features: readonly string[];
  readonly type: DeploymentType | null;
  /** As in Azure: thousands of tokens per minute for Standard types, PTUs for provisioned ones; null where unknown. */
  readonly capacity: number | null;
  /** Requests a minute, where they are not those that come with the capacity; null: as the model has them. */
  readonly requestsPerMinute: number | null;
  /** A quota that several deployments draw on together; null: it has its own alone. */
  readonly quotaKey: QuotaKey | null;
  /** Lower is used first. Whole number of 0 or more. */
  readonly priority: number;
  /** Share among deployments of the same priority; above 0. */
  readonly weight: number;
}

/** What of a deployment is not known: nothing is assumed. */
export const NOTHING_KNOWN = {
  model: null,
  modelVersion: null,
  contentFilter: null,
  contextTokens: null,
  features: [],
  type: null,
  capacity: null,
  requestsPerMinute: null,
  quotaKey: null,
} as const;

/** Deployments of one subscription, region, model and type share one quota (wire §6.1). */
export interface QuotaKey {
  readonly name: string;
  /** As of a deployment: thousands of tokens per minute, or units; null where unknown. */
  readonly capacity: number | null;
}

/** Deployments that can stand in for one another. */
export interface Pool {
  readonly name: string;
  readonly members: readonly Deployment[];
  /** Longest time a request for it waits for quota, whatever its class; absent: as its class has it. Milliseconds. */
  readonly waitMsMax?: number;
}

/**
 * A backend of which no deployments are listed: it serves whatever name is asked for (the Container Apps sample's way, wire §10.1).
 * The pool of such a name is made when it is first asked for.
 */
export interface OpenBackend {
  readonly backend: Backend;
  /** Sent in place of the name asked for; null sends the name as it is. */
  readonly deploymentName: string | null;
  readonly type: DeploymentType | null;
  readonly capacity: number | null;
  readonly priority: number;
  readonly weight: number;
}

export interface Fleet {
  readonly backends: readonly Backend[];
  readonly deployments: readonly Deployment[];
  /** By the name a client asks for: pools, then aliases, then names of deployments all lead here. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly openBackends: readonly OpenBackend[];
  /** Each backend once, for requests that name no deployment (`/openai/models`, `/openai/files`). */
  readonly resources: Pool;
}

export interface ThrottleSettings {
  /** Longest time a deployment is left alone on a hint of its own. Milliseconds; default 60,000 (wire §3.4: 86,400 s were seen). */
  readonly capMs: number;
  /** Used where an answer gives no usable hint. Milliseconds; default 10,000 (wire §10.1). */
  readonly defaultMs: number;
}

export interface BreakerSettings {
  /** Failures in a row that open it; default 5. */
  readonly failuresInARow: number;
  /** Share of failures in the window that opens it, 0 to 1; default 0.5. */
  readonly failureShare: number;
  /** Attempts in the window below which the share says nothing; default 10. */
  readonly attemptsMin: number;
  /** Length of the window. Milliseconds; default 30,000. */
  readonly windowMs: number;
  /** First time open; doubles each time a probe fails. Milliseconds; default 10,000. */
  readonly cooldownMs: number;
  /** Longest time open. Milliseconds; default 60,000. */
  readonly cooldownMsMax: number;
}

export interface QuotaSettings {
  /** Utilisation of a provisioned deployment, by class, from which on the next deployment serves. Share; 1 is its brim. Defaults 1, 0.985, 0.965. */
  readonly spillAt: Readonly<Record<RequestClass, number>>;
}

export interface WaitingSettings {
  /** Longest time a request of each class waits for quota; 0: it is refused at once. Milliseconds; defaults 1,000, 1,000, 10,000. */
  readonly maxMs: Readonly<Record<RequestClass, number>>;
  /** Requests that wait at a time in one pool; more are refused at once. Default 1,000. */
  readonly waitersMax: number;
  /** A waiting request counts as one class higher after each such time. Milliseconds; default 5,000. */
  readonly ageingMs: number;
}

export interface PolicySettings {
  readonly throttle: ThrottleSettings;
  readonly breaker: BreakerSettings;
  /** How a deployment is chosen among equals. Default `headroom`. */
  readonly strategy: StrategyName;
  readonly quota: QuotaSettings;
  readonly waiting: WaitingSettings;
}

export const DEFAULT_POLICY: PolicySettings = {
  throttle: { capMs: 60_000, defaultMs: 10_000 },
  breaker: {
    failuresInARow: 5,
    failureShare: 0.5,
    attemptsMin: 10,
    windowMs: 30_000,
    cooldownMs: 10_000,
    cooldownMsMax: 60_000,
  },
  strategy: 'headroom',
  quota: { spillAt: { interactive: 1, standard: 0.985, batch: 0.965 } },
  waiting: { maxMs: { interactive: 1_000, standard: 1_000, batch: 10_000 }, waitersMax: 1_000, ageingMs: 5_000 },
};
