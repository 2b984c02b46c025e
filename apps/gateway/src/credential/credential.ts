/**
 * How the gateway proves itself to a backend: a key, or a token of Entra ID. This file is what the rest of the gateway knows of it.
 * A token belongs to a scope, not to a backend: backends share it, and one that refuses it does not take it from the others.
 */
import type { Clock, Unit } from '@spillway/clock';
import { systemUnit } from '@spillway/clock';
import type { Credential } from '@spillway/policy';
import type { LoadIdentity } from './azure-cli.ts';
import { loadAzureIdentity } from './azure-cli.ts';
import type { CredentialError } from './credential-error.ts';
import { EntraId } from './entra.ts';
import type { HeldToken } from './keeper.ts';
import { TokenKeeper } from './keeper.ts';
import type { Environment, MethodName } from './method.ts';

export { CredentialError } from './credential-error.ts';

export interface AuthHeader {
  readonly name: 'api-key' | 'authorization';
  readonly value: string;
}

export interface CredentialSource {
  /** The header to send now, without waiting; null while no usable token is at hand. */
  current(nowMs: number): AuthHeader | null;
  /**
   * Resolves once there is a token; rejects with a CredentialError. One request is in flight however many wait, each for at most
   * `READY_MS_MAX`. After the first call the token is renewed, and tried for again after failures, until `close`.
   */
  ready(): Promise<AuthHeader>;
  /**
   * The backend refused this token (401): it is not sent there again, and the next `ready` fetches another. A token younger than
   * `REFUSAL_MS_MIN` is kept, since another of the same kind would fare no better: a role is missing, or the audience is wrong.
   */
  refused(nowMs: number): void;
  close(): void;
}

/** What an operator may want to see; without secrets. */
export type CredentialEvent =
  | {
      readonly kind: 'tokenObtained';
      readonly scope: string;
      readonly method: MethodName;
      readonly expiresAtMs: number;
      readonly renewInMs: number;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'tokenFailed';
      readonly scope: string;
      readonly error: CredentialError;
      /** In a row. */
      readonly failures: number;
      readonly retryInMs: number;
      /** The token at hand serves until then; null: there is none. */
      readonly servesUntilMs: number | null;
    }
  | { readonly kind: 'tokenRefused'; readonly scope: string };

export interface CredentialDeps {
  readonly clock: Clock;
  readonly env: Environment;
  readonly onEvent?: (event: CredentialEvent) => void;
  readonly unit?: Unit;
  /** Loads `@azure/identity`, for `az login` only. */
  readonly loadIdentity?: LoadIdentity;
}

/** A backend that refuses token after token causes a request for a new one at most this often. Milliseconds. */
export const REFUSAL_MS_MIN = 60_000;

export interface SharedTokens {
  /** Each backend has a source of its own; those of one scope share the token. It is kept while one of them is open. */
  source(credential: Credential): CredentialSource;
}

/**
 * Keep one for the life of the gateway, so that a reload of the configuration keeps its tokens: open the new sources, then
 * close the old.
 */
export function sharedTokens(deps: CredentialDeps): SharedTokens {
  const shared = new Map<string, { readonly keeper: TokenKeeper; users: number }>();
  const emit = deps.onEvent ?? (() => {});
  const { clock, env, unit = systemUnit, loadIdentity = loadAzureIdentity } = deps;

  function entraSource(scope: string): CredentialSource {
    const entry = shared.get(scope) ?? {
      keeper: new TokenKeeper(scope, new EntraId(scope, env, loadIdentity), { clock, unit, emit }),
      users: 0,
    };
    shared.set(scope, entry);
    entry.users++;
    return new EntraSource(scope, entry.keeper, emit, () => {
      if (--entry.users > 0) return;
      shared.delete(scope);
      entry.keeper.close();
    });
  }

  return {
    source: (credential) => (credential.kind === 'key' ? keySource(credential.key) : entraSource(credential.scope)),
  };
}

/** A source that shares with nobody. */
export function credentialSource(credential: Credential, deps: CredentialDeps): CredentialSource {
  return sharedTokens(deps).source(credential);
}

/** A refused key stays: there is no other to be had. The breaker of the backend deals with that. */
function keySource(key: string): CredentialSource {
  const header: AuthHeader = { name: 'api-key', value: key };
  return { current: () => header, ready: () => Promise.resolve(header), refused: () => {}, close: () => {} };
}

/** One backend's view of a shared token. */
class EntraSource implements CredentialSource {
  readonly #scope: string;
  readonly #keeper: TokenKeeper;
  readonly #emit: (event: CredentialEvent) => void;
  #onClose: (() => void) | null;
  #refused: HeldToken | null = null;

  constructor(scope: string, keeper: TokenKeeper, emit: (event: CredentialEvent) => void, onClose: () => void) {
    this.#scope = scope;
    this.#keeper = keeper;
    this.#emit = emit;
    this.#onClose = onClose;
  }

  current(nowMs: number): AuthHeader | null {
    const held = this.#keeper.held;
    return held !== null && held !== this.#refused && nowMs < held.expiresAtMs ? held.header : null;
  }

  ready(): Promise<AuthHeader> {
    return this.#keeper.ready(this.#refused);
  }

  refused(nowMs: number): void {
    const held = this.#keeper.held;
    if (held === null || held === this.#refused || nowMs - held.sinceMs < REFUSAL_MS_MIN) return;
    this.#refused = held;
    this.#emit({ kind: 'tokenRefused', scope: this.#scope });
  }

  close(): void {
    this.#onClose?.();
    this.#onClose = null;
  }
}
