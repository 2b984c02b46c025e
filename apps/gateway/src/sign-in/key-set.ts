/**
 * The keys of an issuer: fetched when the first token comes, kept, and fetched anew when they are old or a token names one that is not
 * among them (keys are rolled over without notice). One fetch at a time, and none sooner after the last than the cool-down: whoever
 * sends made-up tokens must not make the gateway knock at the issuer's door without end.
 */
import type { Clock } from '@spillway/clock';
import { isRecord } from '@spillway/protocol';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { quoteSafely } from '../credential/secret-safe.ts';
import { ask } from '../credential/token-http.ts';
import type { KeyPlace } from './trust.ts';

export const COOL_DOWN_MS = 30_000;
/** Older keys are fetched anew beside the work, and serve until then. */
export const FRESH_MS = 3_600_000;
/** Keys that could not be fetched anew for so long serve no more. */
export const KEYS_MS_MAX = 86_400_000;
/** Both documents together. */
export const FETCH_MS_MAX = 5_000;
/** A real issuer has a handful. */
export const KEYS_MAX = 100;

/** No keys: nothing can be said of a token. The operator has been told why. */
export class KeysUnavailable extends Error {}

interface Kept {
  readonly find: JWTVerifyGetKey;
  readonly atMs: number;
}

export interface KeySetParts {
  readonly place: KeyPlace;
  readonly clock: Clock;
  /** Told once for each fetch that failed: what, and the way out. */
  readonly onProblem: (message: string) => void;
}

export class KeySet {
  readonly #parts: KeySetParts;
  #kept: Kept | null = null;
  #triedMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | null = null;

  constructor(parts: KeySetParts) {
    this.#parts = parts;
  }

  /** As `jwtVerify` asks for it. @throws KeysUnavailable, and what jose throws where no key fits. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const kept = this.#kept;
    const ageMs = kept === null ? Number.POSITIVE_INFINITY : this.#nowMs() - kept.atMs;
    if (kept === null || ageMs > KEYS_MS_MAX) {
      await this.#fetch();
      return this.#usable().find(header, token);
    }
    if (ageMs > FRESH_MS) void this.#fetch();
    try {
      return await kept.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#fetch();
      return (this.#kept ?? kept).find(header, token);
    }
  };

  #usable(): Kept {
    const kept = this.#kept;
    if (kept === null || this.#nowMs() - kept.atMs > KEYS_MS_MAX) throw new KeysUnavailable();
    return kept;
  }

  #nowMs(): number {
    return this.#parts.clock.nowMs();
  }

  /** Never rejects. Does nothing within the cool-down. */
  #fetch(): Promise<void> {
    if (this.#fetching !== null) return this.#fetching;
    if (this.#nowMs() - this.#triedMs < COOL_DOWN_MS) return Promise.resolve();
    this.#triedMs = this.#nowMs();
    this.#fetching = this.#fetchNow().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetchNow(): Promise<void> {
    const { place, clock, onProblem } = this.#parts;
    const over = new AbortController();
    const timer = clock.after(FETCH_MS_MAX, () => over.abort());
    const read = await keysAt(place, over.signal, clock.nowMs());
    timer.cancel();
    if (typeof read === 'string') {
      const rest = this.#kept === null ? 'no token of it can be verified' : 'the keys at hand serve on';
      onProblem(
        `${read}: ${rest}. Next try in ${COOL_DOWN_MS / 1_000} s at the earliest; check that this machine reaches it.`,
      );
      return;
    }
    this.#kept = { find: createLocalJWKSet(read), atMs: this.#nowMs() };
  }
}

/** @returns why there are none, for the operator. */
async function keysAt(place: KeyPlace, signal: AbortSignal, nowMs: number): Promise<JSONWebKeySet | string> {
  if (!place.isDiscovery) return keySet(await document(place.url, signal, nowMs), place.url);
  const found = await document(place.url, signal, nowMs);
  if (typeof found === 'string') return found;
  const { jwks_uri: url, issuer } = found;
  if (place.issuer !== null && issuer !== place.issuer) return `${shown(place.url)} is of another issuer`;
  if (typeof url !== 'string') return `${shown(place.url)} names no jwks_uri`;
  return keySet(await document(url, signal, nowMs), url);
}

function keySet(read: Readonly<Record<string, unknown>> | string, url: string): JSONWebKeySet | string {
  if (typeof read === 'string') return read;
  const { keys } = read;
  if (!Array.isArray(keys) || !keys.every(isRecord)) return `${shown(url)} holds no keys`;
  if (keys.length > KEYS_MAX) return `${shown(url)} holds more than ${KEYS_MAX} keys`;
  return { keys: [...keys] };
}

async function document(
  text: string,
  signal: AbortSignal,
  nowMs: number,
): Promise<Readonly<Record<string, unknown>> | string> {
  const url = URL.parse(text);
  if (url === null || !isSafe(url)) return `${shown(text)} is not an https URL`;
  const answer = await ask({ method: 'GET', url, headers: { accept: 'application/json' }, body: '' }, signal, nowMs);
  if (answer.kind === 'silence') return `${shown(text)} gave no answer (${answer.why})`;
  if (answer.status !== 200) return `${shown(text)} answered ${answer.status}`;
  const read = parsed(answer.text);
  return isRecord(read) ? read : `${shown(text)} answered with what is no JSON object`;
}

/** What is read over plain http anybody in between could write; on this machine there is nobody. */
function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function shown(url: string): string {
  return quoteSafely(url, []);
}
