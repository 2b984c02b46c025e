/**
 * What a configuration resolved to, and what is said when it does not. Immutable: a reload makes a new Config.
 * How the text is read lives in yaml.ts and environment.ts; what each key means, in schema.ts.
 */
import type { Allowance, Fleet, PolicySettings } from '@spillway/policy';

export interface Config {
  readonly fleet: Fleet;
  readonly policy: PolicySettings;
  /** Who may use the gateway; empty means nobody has a key, and the gateway stays on loopback (design §4.8). */
  readonly clients: readonly Client[];
  readonly gateway: GatewaySettings;
}

/** A caller of the gateway. `key` is resolved, never printed. */
export interface Client {
  readonly name: string;
  readonly key: string;
  /** What it may use; null: everything. */
  readonly allowance: Allowance | null;
}

export interface Timeouts {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

export interface Limits {
  readonly bodyBytesMax: number;
  /** A JSON answer up to this size is held until it is whole, so that it can fail over. */
  readonly heldAnswerBytesMax: number;
  /** At the same time. */
  readonly exchangesMax: number;
  readonly learnedNamesMax: number;
  readonly learnedNameExpiryMs: number;
}

export interface HeaderSettings {
  /** `x-spillway-*` on answers. */
  readonly spillway: boolean;
  /** Drops the headers that describe one deployment from answers. */
  readonly hideUpstreamHeaders: boolean;
  /** `x-openai-backendurl` on answers. */
  readonly backendUrl: boolean;
}

/** Meaning, range and default of each are in schema.ts, from which docs/config.md is made. */
export interface GatewaySettings {
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly drainMs: number;
  readonly headers: HeaderSettings;
  /** What happens to `api-version` on `/openai/v1/*` (wire §1.4). */
  readonly v1ApiVersion: 'strip' | 'pass';
}

export const DEFAULT_GATEWAY: GatewaySettings = {
  timeouts: { connectMs: 10_000, firstByteMs: 100_000, idleMs: 100_000, totalMs: 3_600_000 },
  limits: {
    bodyBytesMax: 64 * 1024 * 1024,
    heldAnswerBytesMax: 1024 * 1024,
    exchangesMax: 10_000,
    learnedNamesMax: 1_000,
    learnedNameExpiryMs: 3_600_000,
  },
  drainMs: 30_000,
  headers: { spillway: true, hideUpstreamHeaders: false, backendUrl: false },
  v1ApiVersion: 'strip',
};

/** One thing wrong: where, with what value, against which rule, and the way out. Safe to print: secrets never get in. */
export interface ConfigError {
  /** Null for the environment. */
  readonly file: string | null;
  /** From 1; null where there is no such place. */
  readonly line: number | null;
  readonly column: number | null;
  /** `backends[0].url`, or the name of an environment variable; '' for the file as a whole. */
  readonly path: string;
  /** As written, quoted if text and shortened if long; '' where something is missing. */
  readonly value: string;
  /** Reads on from the value: `is not above 0`. */
  readonly rule: string;
  readonly remedy: string;
}

export type Loaded =
  | { readonly kind: 'ok'; readonly config: Config; readonly warnings: readonly ConfigError[] }
  | { readonly kind: 'errors'; readonly errors: readonly ConfigError[] };
