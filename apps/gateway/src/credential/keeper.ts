/**
 * Keeps one token fresh for all who send it: one request in flight, renewed ahead of expiry, tried again after failures.
 *
 *   asleep ── first ready() ──► asking ── token ──► holding ── renewal due, or refused ──► asking
 *                                 └──── failure ──► backing off (a token not yet expired still serves) ──► asking
 *
 * Who is waiting stays through the first few failures that pass by themselves; after those, or one that does not, waiting is no use:
 * the caller learns at once and can send the request elsewhere.
 */
import type { Clock, Timer, Unit } from '@spillway/clock';
import type { AuthHeader, CredentialEvent } from './credential.ts';
import { CredentialError } from './credential-error.ts';
import type { Obtained, TokenSupply } from './entra.ts';
import type { AccessToken, MethodName } from './method.ts';

/** How long one caller waits for a token. Milliseconds. */
export const READY_MS_MAX = 20_000;
/** Callers that wait at a time; those beyond are refused at once. */
export const WAITERS_MAX = 10_000;

/** A token is renewed this long before it expires, or a fifth of its life before, whichever is shorter. Milliseconds. */
export const RENEW_AHEAD_MS_MAX = 300_000;
const RENEW_AHEAD_SHARE = 0.2;
/** Least time from a token to the request for the next one, however short its life. Milliseconds. */
export const RENEW_MS_MIN = 1_000;

/**
 * Wait after the first failure; doubles with each one in a row. Source: the retry guidance cited in managed-identity.ts (a
 * second at least).
 */
export const BACKOFF_MS_MIN = 1_000;
export const BACKOFF_MS_MAX = 60_000;
/** Failures in a row, each of a kind that passes, through which callers keep waiting. */
export const PATIENT_FAILURES_MAX = 3;

/** Renewals and retries are moved by up to this share, so that replicas do not ask all at once. */
const JITTER_SHARE = 0.2;

export interface HeldToken {
  readonly header: AuthHeader;
  readonly expiresAtMs: number;
  readonly sinceMs: number;
}

interface Waiter {
  readonly resolve: (header: AuthHeader) => void;
  readonly reject: (error: CredentialError) => void;
  readonly timer: Timer;
}

export interface KeeperDeps {
  readonly clock: Clock;
  readonly unit: Unit;
  readonly emit: (event: CredentialEvent) => void;
}

export class TokenKeeper {
  readonly #scope: string;
  readonly #supply: TokenSupply;
  readonly #deps: KeeperDeps;
  readonly #waiters = new Set<Waiter>();
  #held: HeldToken | null = null;
  /** The request in flight; a result that belongs to another one comes too late. */
  #attempt: AbortController | null = null;
  /** The next renewal or retry. */
  #timer: Timer | null = null;
  #failures = 0;
  /** Set from a failure to the next success. */
  #error: CredentialError | null = null;
  /** Whether a caller should wait for the retry that follows the failure. */
  #patient = true;
  #closed = false;

  constructor(scope: string, supply: TokenSupply, deps: KeeperDeps) {
    this.#scope = scope;
    this.#supply = supply;
    this.#deps = deps;
  }

  /** The newest token, which may have expired. */
  get held(): HeldToken | null {
    return this.#held;
  }

  /** Resolves with a token that has not expired and is another than `refused`. */
  ready(refused: HeldToken | null): Promise<AuthHeader> {
    const held = this.#held;
    if (held !== null && held !== refused && this.#deps.clock.nowMs() < held.expiresAtMs) {
      return Promise.resolve(held.header);
    }
    if (this.#closed) return Promise.reject(this.#closedError());
    if (this.#attempt === null && this.#error !== null && !this.#patient) return Promise.reject(this.#error);
    if (this.#waiters.size >= WAITERS_MAX) {
      return Promise.reject(this.#waitError(`${WAITERS_MAX} callers wait for it already`));
    }
    if (this.#attempt === null && this.#error === null) this.#ask();
    return new Promise((resolve, reject) => this.#wait(resolve, reject));
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = null;
    this.#attempt?.abort();
    this.#attempt = null;
    this.#held = null;
    this.#rejectAll(this.#closedError());
  }

  #wait(resolve: (header: AuthHeader) => void, reject: (error: CredentialError) => void): void {
    const timer = this.#deps.clock.after(READY_MS_MAX, () => {
      this.#waiters.delete(waiter);
      reject(this.#waitError(`none came within ${READY_MS_MAX} ms`));
    });
    const waiter: Waiter = { resolve, reject, timer };
    this.#waiters.add(waiter);
  }

  readonly #ask = (): void => {
    this.#timer?.cancel();
    this.#timer = null;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const sentMs = this.#deps.clock.nowMs();
    void this.#supply.obtain(this.#deps.clock, attempt.signal).then((obtained) => {
      if (this.#attempt !== attempt) return;
      this.#attempt = null;
      this.#settle(obtained, sentMs);
    });
  };

  #settle(obtained: Obtained, sentMs: number): void {
    if (obtained.kind === 'token') this.#succeed(obtained.token, obtained.method, sentMs);
    else this.#fail(obtained);
  }

  #succeed(token: AccessToken, method: MethodName, sentMs: number): void {
    const { clock, unit, emit } = this.#deps;
    const nowMs = clock.nowMs();
    const { expiresAtMs } = token;
    this.#held = { header: { name: 'authorization', value: `Bearer ${token.value}` }, expiresAtMs, sinceMs: nowMs };
    this.#failures = 0;
    this.#error = null;
    this.#patient = true;
    const renewInMs = renewalDelayMs(expiresAtMs - nowMs, unit());
    this.#timer = clock.after(renewInMs, this.#ask);
    for (const waiter of this.#takeWaiters()) waiter.resolve(this.#held.header);
    const scope = this.#scope;
    emit({ kind: 'tokenObtained', scope, method, expiresAtMs, renewInMs, durationMs: nowMs - sentMs });
  }

  #fail(obtained: Obtained & { kind: 'failed' }): void {
    const { clock, unit, emit } = this.#deps;
    const { tried, wayOut, transient, retryAfterMs } = obtained;
    this.#failures++;
    const retryInMs = backoffMs(this.#failures, retryAfterMs, unit());
    const error = new CredentialError(this.#scope, 'the request for it failed', tried, wayOut);
    this.#error = error;
    this.#patient = transient && this.#failures <= PATIENT_FAILURES_MAX && retryInMs < READY_MS_MAX;
    this.#timer = clock.after(retryInMs, this.#ask);
    if (!this.#patient) this.#rejectAll(error);
    const servesUntilMs = this.#held !== null && clock.nowMs() < this.#held.expiresAtMs ? this.#held.expiresAtMs : null;
    emit({ kind: 'tokenFailed', scope: this.#scope, error, failures: this.#failures, retryInMs, servesUntilMs });
  }

  #rejectAll(error: CredentialError): void {
    for (const waiter of this.#takeWaiters()) waiter.reject(error);
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const { timer } of waiters) timer.cancel();
    return waiters;
  }

  #waitError(rule: string): CredentialError {
    const tried = this.#error?.tried ?? [];
    return new CredentialError(this.#scope, rule, tried, this.#error?.wayOut ?? 'try again in a moment');
  }

  #closedError(): CredentialError {
    return new CredentialError(this.#scope, 'the gateway is closing it', [], 'ask the gateway that runs in its place');
  }
}

/** `lifetimeMs` is what is left of the token's life; `unit` moves the renewal to an earlier moment, never to a later one. */
export function renewalDelayMs(lifetimeMs: number, unit: number): number {
  const aheadMs = Math.min(RENEW_AHEAD_MS_MAX, lifetimeMs * RENEW_AHEAD_SHARE);
  return Math.max(RENEW_MS_MIN, lifetimeMs - aheadMs * (1 + JITTER_SHARE * unit));
}

/** `askedMs` is what the endpoint asked for, 0 for nothing; it is heeded up to the same maximum. */
export function backoffMs(failures: number, askedMs: number, unit: number): number {
  const doubledMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(failures - 1, 16));
  return Math.max(doubledMs, Math.min(askedMs, BACKOFF_MS_MAX)) * (1 + JITTER_SHARE * unit);
}
