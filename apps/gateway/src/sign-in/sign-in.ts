/**
 * Who a token says is calling: found by its issuer, verified by the issuer's keys, and matched with the entries of `signIn`. A token that
 * was found good is remembered until it expires, so that only its first request waits.
 */
import { hash } from 'node:crypto';
import type { Clock } from '@spillway/clock';
import type { SignInEntry } from '@spillway/config';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { KeySet, KeysUnavailable } from './key-set.ts';
import { claimsOf } from './token.ts';
import { type ClaimProblem, claimProblem, type KeyPlace, type Trust, trustOf } from './trust.ts';

/** Tokens that are remembered; beyond, the one that came first makes room. */
export const VERIFIED_MAX = 10_000;

/** Signatures that need a public key alone: `none`, and secrets that both sides share, are not among them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** expired, notYet, signature, claims: the token is not good. issuer, audience: it is not for us. application, principal, roles: its owner may not. */
export type TokenProblem = 'issuer' | 'expired' | 'notYet' | 'signature' | 'claims' | ClaimProblem;

export type Verdict =
  | { readonly kind: 'signedIn'; readonly client: string }
  | { readonly kind: 'refused'; readonly problem: TokenProblem }
  /** Nobody can tell at the moment. */
  | { readonly kind: 'unavailable' };

export interface SignInParts {
  readonly entries: readonly SignInEntry[];
  /** `AZURE_AUTHORITY_HOST`. */
  readonly authorityHost: string | undefined;
  readonly clock: Clock;
  /** For the operator; holds nothing of any token. */
  readonly onProblem: (message: string) => void;
}

interface Remembered {
  readonly verdict: Verdict;
  readonly untilMs: number;
}

export class SignIn {
  readonly #clock: Clock;
  readonly #trusts: readonly Trust[];
  /** By where they are: entries of one issuer share them. */
  readonly #keySets: ReadonlyMap<string, KeySet>;
  /** By digest, the one that came first in front. */
  readonly #verified = new Map<string, Remembered>();
  /** Tokens that are being looked at, so that many requests with one ask once. As many as there are exchanges, at most (`exchangesMax`). */
  readonly #pending = new Map<string, Promise<Verdict>>();

  constructor({ entries, authorityHost, clock, onProblem }: SignInParts) {
    this.#clock = clock;
    this.#trusts = entries.map((entry) => trustOf(entry, authorityHost));
    const places = new Map<string, KeyPlace>(this.#trusts.map(({ keys }) => [keys.url, keys]));
    this.#keySets = new Map([...places].map(([url, place]) => [url, new KeySet({ place, clock, onProblem })]));
  }

  /** Never rejects. @returns null for what is no token at all. */
  verdictOn(token: string): Verdict | Promise<Verdict> | null {
    const claims = claimsOf(token);
    if (claims === null) return null;
    const trusts = this.#trusts.filter(({ issuers }) => issuers.includes(claims.iss ?? ''));
    if (trusts.length === 0) return { kind: 'refused', problem: 'issuer' };
    const digest = hash('sha256', token, 'base64');
    const known = this.#verified.get(digest);
    if (known !== undefined && this.#clock.nowMs() < known.untilMs) return known.verdict;
    return this.#pending.get(digest) ?? this.#look(digest, token, { claims, trusts });
  }

  #look(
    digest: string,
    token: string,
    { claims, trusts }: { readonly claims: JWTPayload; readonly trusts: readonly Trust[] },
  ): Promise<Verdict> {
    const looking = this.#verify(token, best(trusts, claims)).then((found) => {
      this.#pending.delete(digest);
      if (found.verdict.kind === 'signedIn') this.#remember(digest, found);
      return found.verdict;
    });
    this.#pending.set(digest, looking);
    return looking;
  }

  /** Only of a token whose signature is good it is said what else is wrong with it. */
  async #verify(token: string, { entry, issuers, keys }: Trust): Promise<Remembered> {
    const nowMs = this.#clock.nowMs();
    const { clockSkewSeconds } = entry;
    const never = (verdict: Verdict): Remembered => ({ verdict, untilMs: nowMs });
    const keySet = this.#keySets.get(keys.url);
    if (keySet === undefined) return never({ kind: 'unavailable' });
    try {
      const { payload } = await jwtVerify(token, keySet.find, {
        issuer: [...issuers],
        algorithms: ALGORITHMS,
        clockTolerance: clockSkewSeconds,
        currentDate: new Date(nowMs),
        requiredClaims: ['exp'],
      });
      const problem = claimProblem({ entry, issuers, keys }, payload);
      if (problem !== null) return never({ kind: 'refused', problem });
      const untilMs = ((payload.exp ?? 0) + clockSkewSeconds) * 1_000;
      return { verdict: { kind: 'signedIn', client: entry.client }, untilMs };
    } catch (error) {
      return never(
        error instanceof KeysUnavailable ? { kind: 'unavailable' } : { kind: 'refused', problem: problemOf(error) },
      );
    }
  }

  #remember(digest: string, found: Remembered): void {
    this.#verified.delete(digest);
    const [oldest] = this.#verified.keys();
    if (this.#verified.size >= VERIFIED_MAX && oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.set(digest, found);
  }
}

const PROBLEMS: readonly (ClaimProblem | null)[] = ['audience', 'application', 'principal', 'roles', null];

/** The first entry that would let the token in, else the first of those that came nearest to it. */
function best(trusts: readonly Trust[], claims: JWTPayload): Trust {
  const near = (trust: Trust): number => PROBLEMS.indexOf(claimProblem(trust, claims));
  return trusts.reduce((chosen, trust) => (near(trust) > near(chosen) ? trust : chosen));
}

function problemOf(error: unknown): TokenProblem {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'nbf' ? 'notYet' : 'claims';
  return 'signature';
}
