/**
 * What a configuration resolved to, and what is said when it does not. Immutable: a reload makes a new Config.
 * How the text is read lives in yaml.ts and environment.ts; what each key means, in schema.ts.
 */
import type { Allowance, Fleet, PolicySettings, PriceBook, RequestClass } from '@spillway/policy';

export interface Config {
  readonly fleet: Fleet;
  readonly policy: PolicySettings;
  /** Who may use the gateway; empty means that nobody is asked, and the gateway stays on loopback (design §4.8). */
  readonly clients: readonly Client[];
  readonly gateway: GatewaySettings;
  readonly doors: DoorSettings;
  /** What tokens cost; null: no costs are told. */
  readonly prices: PriceBook | null;
}

/** A caller of the gateway. Keys are resolved, never printed. */
export interface Client {
  readonly name: string;
  /** Each of them opens; none: it signs in by tokens alone. */
  readonly keys: readonly ClientKey[];
  /** What it may use; null: everything. */
  readonly allowance: Allowance | null;
  readonly access: Access;
  /** Whose work goes first when there is not enough for all. */
  readonly class: RequestClass;
  /** Longest time a request of it waits for quota; null: as its pool, or its class, has it. Milliseconds. */
  readonly waitMsMax: number | null;
}

/** What a client may ask for, and from where; null: no bound. */
export interface Access {
  /** Names of pools. Requests that name no model are not bound by it. */
  readonly models: readonly string[] | null;
  readonly operations: readonly string[] | null;
  /** Addresses and ranges. */
  readonly addresses: readonly string[] | null;
}

export const ANY_ACCESS: Access = { models: null, operations: null, addresses: null };

/** `expiresMs`: milliseconds since 1970; null: never. */
export type ClientKey =
  | { readonly kind: 'plain'; readonly key: string; readonly expiresMs: number | null }
  /** SHA-256 of the key, hexadecimal. */
  | { readonly kind: 'sha256'; readonly hex: string; readonly expiresMs: number | null };

/** Whose tokens are taken. Meaning and rules of each are in schema-doors.ts. */
export interface SignInEntry {
  /** Name of a client. */
  readonly client: string;
  readonly from: SignInSource;
  readonly audiences: readonly string[];
  /** Also the audiences that Azure's own clients ask tokens for. */
  readonly azureTokens: boolean;
  /** null: all. */
  readonly applications: readonly string[] | null;
  /** null: all. */
  readonly principals: readonly string[] | null;
  /** null: none is asked for. */
  readonly roles: readonly string[] | null;
  readonly clockSkewSeconds: number;
}

export type SignInSource =
  /** `authority` null: that of the environment, else that of the public cloud. */
  | { readonly kind: 'tenant'; readonly tenant: string; readonly authority: string | null }
  /** `jwksUrl` null: by discovery. */
  | { readonly kind: 'issuer'; readonly issuer: string; readonly jwksUrl: string | null };

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Who may come in, from where, and over what. */
export interface DoorSettings {
  readonly signIn: readonly SignInEntry[];
  /** Where requests may come from; null: anywhere. */
  readonly addresses: readonly string[] | null;
  /** Whose `x-forwarded-for` is believed: addresses, or how many proxies stand in front; null: nobody's. */
  readonly trustedProxies: number | readonly string[] | null;
  /** null: http. */
  readonly tls: TlsFiles | null;
  /** Of pages that may ask; none: CORS is off. */
  readonly corsOrigins: readonly string[];
  /** The first seals, all open. */
  readonly sealKeys: readonly string[];
}

export const DEFAULT_DOORS: DoorSettings = {
  signIn: [],
  addresses: null,
  trustedProxies: null,
  tls: null,
  corsOrigins: [],
  sealKeys: [],
};

export interface Timeouts {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  /** Of a stream that has begun; null: as long as totalMs allows. */
  readonly streamMs: number | null;
  readonly clientHeadMs: number;
  readonly clientRequestMs: number;
}

export interface Limits {
  readonly bodyBytesMax: number;
  /** What is longer is kept in a file. */
  readonly memoryBodyBytesMax: number;
  /** null: the system's folder for temporary files. */
  readonly spoolFolder: string | null;
  /** Of all files together. */
  readonly spoolBytesMax: number;
  /** A JSON answer up to this size is held until it is whole, so that it can fail over. */
  readonly heldAnswerBytesMax: number;
  /** At the same time. */
  readonly exchangesMax: number;
  readonly exchangesPerClientMax: number;
  readonly connectionsMax: number;
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

export interface UsageSettings {
  /** ask: a stream that would not tell its usage is asked for it, and the client does not see the answer. */
  readonly includeUsage: 'ask' | 'leave';
}

/** A second try beside a first one whose first token is late. */
export interface HedgeSettings {
  readonly afterMs: number;
  /** Of the requests that could have one. */
  readonly percentMax: number;
}

export interface StreamSettings {
  /** 0: none are sent. */
  readonly keepAliveSeconds: number;
  /** null: no hedges. */
  readonly hedge: HedgeSettings | null;
}

/** What is kept of decisions, so that they can be explained. */
export interface ExplainSettings {
  /** Records kept at a time; 0: none. */
  readonly recordsMax: number;
}

/** Meaning, range and default of each are in schema.ts, from which docs/config.md is made. */
export interface GatewaySettings {
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly drainMs: number;
  readonly headers: HeaderSettings;
  /** What happens to `api-version` on `/openai/v1/*` (wire §1.4). */
  readonly v1ApiVersion: 'strip' | 'pass';
  readonly usage: UsageSettings;
  readonly streams: StreamSettings;
  readonly explain: ExplainSettings;
}

export const DEFAULT_GATEWAY: GatewaySettings = {
  timeouts: {
    connectMs: 10_000,
    firstByteMs: 100_000,
    idleMs: 100_000,
    totalMs: 3_600_000,
    streamMs: null,
    clientHeadMs: 60_000,
    clientRequestMs: 300_000,
  },
  limits: {
    bodyBytesMax: 512 * 1024 * 1024,
    memoryBodyBytesMax: 4 * 1024 * 1024,
    spoolFolder: null,
    spoolBytesMax: 4 * 1024 * 1024 * 1024,
    heldAnswerBytesMax: 1024 * 1024,
    exchangesMax: 10_000,
    exchangesPerClientMax: 10_000,
    connectionsMax: 20_000,
    learnedNamesMax: 1_000,
    learnedNameExpiryMs: 3_600_000,
  },
  drainMs: 30_000,
  headers: { spillway: true, hideUpstreamHeaders: false, backendUrl: false },
  v1ApiVersion: 'strip',
  usage: { includeUsage: 'leave' },
  streams: { keepAliveSeconds: 0, hedge: null },
  explain: { recordsMax: 1_000 },
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
