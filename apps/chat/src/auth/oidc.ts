/** Signing in at an identity provider: authorization code with PKCE, by openid-client. What belongs together travels in a signed cookie. */
import type { Clock } from '@spillway/clock';
import type { Configuration } from 'openid-client';
import { z } from 'zod';
import type { Auth } from '../settings/auth-settings.ts';
import type { Tickets } from './ticket.ts';
import { cookie } from './visitor.ts';

export type OidcSettings = Extract<Auth, { kind: 'oidc' }>;

/** A person has so long to sign in. Milliseconds. */
const SIGN_IN_MS = 10 * 60 * 1_000;
const COOKIE = 'spillway_chat_sign_in';
const GROUPS_MAX = 200;

const factsSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });

export interface Begun {
  readonly location: string;
  readonly setCookie: string;
}

export interface SignedIn {
  readonly user: string;
  readonly groups: string[];
}

export class OidcSignIn {
  readonly #settings: OidcSettings;
  readonly #tickets: Tickets;
  readonly #clock: Clock;
  #provider: Promise<Configuration> | null = null;

  constructor(settings: OidcSettings, tickets: Tickets, clock: Clock) {
    this.#settings = settings;
    this.#tickets = tickets;
    this.#clock = clock;
  }

  static readonly cookieName = COOKIE;

  async begin(): Promise<Begun> {
    const oidc = await import('openid-client');
    const facts = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
    const url = oidc.buildAuthorizationUrl(await this.#known(), {
      redirect_uri: this.#settings.redirectUrl,
      scope: 'openid profile email',
      state: facts.state,
      nonce: facts.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(facts.verifier),
      code_challenge_method: 'S256',
    });
    const ticket = this.#tickets.issue(COOKIE, facts, this.#clock.nowMs() + SIGN_IN_MS);
    return { location: url.href, setCookie: cookie(COOKIE, ticket, SIGN_IN_MS, this.isSecure) };
  }

  get isSecure(): boolean {
    return this.#settings.redirectUrl.startsWith('https:');
  }

  /** @param query of the address that the browser came back with. @returns null where it did not begin here, or too long ago. */
  async end(query: string, held: string): Promise<SignedIn | null> {
    const facts = this.#tickets.read(COOKIE, held, factsSchema, this.#clock.nowMs());
    if (facts === null) return null;
    const oidc = await import('openid-client');
    const url = new URL(this.#settings.redirectUrl);
    url.search = query;
    const tokens = await oidc.authorizationCodeGrant(await this.#known(), url, {
      pkceCodeVerifier: facts.verifier,
      expectedState: facts.state,
      expectedNonce: facts.nonce,
      idTokenExpected: true,
    });
    const claims = new Map<string, unknown>(Object.entries(tokens.claims() ?? {}));
    return { user: nameIn(claims, this.#settings.userClaim), groups: groupsIn(claims.get(this.#settings.groupsClaim)) };
  }

  /** Looked up once; a failed look-up is tried again with the next sign-in. */
  #known(): Promise<Configuration> {
    this.#provider ??= this.#discover().catch((error: unknown) => {
      this.#provider = null;
      throw error;
    });
    return this.#provider;
  }

  async #discover(): Promise<Configuration> {
    const oidc = await import('openid-client');
    const { issuer, clientId, clientSecret } = this.#settings;
    const url = new URL(issuer);
    const options = url.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : {};
    return oidc.discovery(url, clientId, clientSecret?.reveal(), undefined, options);
  }
}

/** An address counts where the provider has verified it; a name that its owner can change never does, for access lists go by it. */
function nameIn(claims: ReadonlyMap<string, unknown>, wanted: string | null): string {
  const email = claims.get('email_verified') === true ? claims.get('email') : undefined;
  const value = wanted === null ? (email ?? claims.get('sub')) : claims.get(wanted);
  return typeof value === 'string' ? value : '';
}

function groupsIn(claim: unknown): string[] {
  const listed = Array.isArray(claim) ? claim : typeof claim === 'string' ? [claim] : [];
  return listed.filter((each) => typeof each === 'string').slice(0, GROUPS_MAX);
}
