/** A way to get a token from Entra ID, and what may come of trying it. */
import type { Clock } from '@spillway/clock';

/** As errors and events call it. */
export type MethodName =
  | 'client secret'
  | 'workload identity'
  | 'managed identity of the app'
  | 'managed identity of the machine'
  | 'az login';

/** The environment of the process, or one made for a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface AccessToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

export interface Failed {
  readonly kind: 'failed';
  /** What was asked and what answered; without secrets. */
  readonly why: string;
  readonly wayOut: string;
  /** Whether the same request may succeed by itself a moment later. */
  readonly transient: boolean;
  /** How long the endpoint asks to be left alone. Milliseconds; 0 where it does not say. */
  readonly retryAfterMs: number;
}

export type Fetched =
  | { readonly kind: 'token'; readonly token: AccessToken }
  /** There is no such thing here; the next method may do. */
  | { readonly kind: 'absent'; readonly why: string }
  | Failed;

export interface Method {
  readonly name: MethodName;
  /** Whom it asks, and what to look at when that one is silent; for errors. */
  readonly asks: string;
  readonly unreachable: string;
  /** Tries once. The caller bounds it: when `signal` aborts, the result is no longer looked at. */
  fetch(clock: Clock, signal: AbortSignal): Promise<Fetched>;
}

/** The variable without blanks around it; null where it is not set or blank. */
export function variable(env: Environment, name: string): string | null {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? null : value;
}
