/**
 * Who is calling: by the client's key, as `api-key` or as Bearer, or by a token that an issuer signed; and whether from an allowed place.
 * Keys are looked up by digest, so that neither timing nor memory dumps of the lookup tell a key: how far a digest agrees with another
 * says nothing of the key. Source: design §4.8.
 */
import type { Client, ClientKey, DoorSettings } from '@spillway/config';
import type { Allowance, RequestClass } from '@spillway/policy';
import { bearerOf, digestOf, sameDigest } from '../key.ts';
import { hostOfOrigin, isLoopback, nameOfHost } from '../listen/exposure.ts';
import { remembered } from '../remembered.ts';
import type { SignIn, TokenProblem, Verdict } from '../sign-in/sign-in.ts';
import { addressList, type IsListed, Proxies } from './addresses.ts';

export interface KnownClient {
  readonly kind: 'client';
  readonly name: string;
  readonly allowance: Allowance | null;
  /** Names of pools it may ask for; null: all. */
  readonly models: readonly string[] | null;
  /** null: all. */
  readonly operations: readonly string[] | null;
  readonly class: RequestClass;
  /** Longest time a request of it waits for quota; null: as its pool, or its class, has it. Milliseconds. */
  readonly waitMsMax: number | null;
}

/** Why somebody is not let in. */
export type Refusal =
  /** Keys are asked for and none of them was given. */
  | { readonly kind: 'unknownKey'; readonly takesTokens: boolean }
  | { readonly kind: 'keyExpired'; readonly client: string; readonly atMs: number }
  | { readonly kind: 'token'; readonly problem: TokenProblem }
  | { readonly kind: 'signInUnavailable' }
  /** `client` null: the gateway's own list. */
  | { readonly kind: 'address'; readonly client: string | null };

/** anonymous: nobody is asked. */
export type Caller =
  | KnownClient
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What a request shows at the door. */
export interface Ask {
  /** Address of the connection. */
  readonly peer: string;
  header(lowerName: string): string | undefined;
}

export interface DoorsParts {
  readonly clients: readonly Client[];
  readonly settings: Pick<DoorSettings, 'addresses' | 'trustedProxies' | 'corsOrigins'>;
  /** null: no tokens are taken. */
  readonly signIn: SignIn | null;
  /** Lets a request pin its deployment; null where there is none. */
  readonly adminKey: string | null;
  /** An operator said that strangers may come, so pages of other machines may too. */
  readonly allowAnonymous: boolean;
  readonly nowMs: () => number;
}

interface Entry {
  readonly caller: KnownClient;
  readonly isListed: IsListed | null;
}

interface KeyEntry extends Entry {
  /** null: never. */
  readonly expiresMs: number | null;
}

const ANONYMOUS: Caller = { kind: 'anonymous' };
const HOSTS_MAX = 100;
/** A longer credential is no key of ours; it is not hashed. Characters. */
const KEY_LENGTH_MAX = 1024;

export class Doors {
  readonly #parts: DoorsParts;
  readonly #byDigest = new Map<string, KeyEntry>();
  readonly #byName = new Map<string, Entry>();
  readonly #adminDigest: string | null;
  readonly #asks: boolean;
  readonly #isListed: IsListed | null;
  readonly #proxies: Proxies;
  /** By the header's value, whether it names this machine: looked at once, not on each request. */
  readonly #isOwn = remembered(HOSTS_MAX, (host) => isLoopback(nameOfHost(host)));

  constructor(parts: DoorsParts) {
    const { clients, settings, signIn, adminKey } = parts;
    this.#parts = parts;
    this.#asks = clients.length > 0 || signIn !== null;
    this.#isListed = addressList(settings.addresses);
    this.#proxies = new Proxies(settings.trustedProxies);
    this.#adminDigest = adminKey === null ? null : digestOf(adminKey);
    for (const client of clients) this.#add(client);
  }

  #add({ name, keys, allowance, access, class: ofClass, waitMsMax }: Client): void {
    const { models, operations, addresses } = access;
    const entry: Entry = {
      caller: { kind: 'client', name, allowance, models, operations, class: ofClass, waitMsMax },
      isListed: addressList(addresses),
    };
    this.#byName.set(name, entry);
    for (const key of keys) this.#byDigest.set(digestOfKey(key), { ...entry, expiresMs: key.expiresMs });
  }

  /** A promise only for a token that is seen for the first time; it never rejects. */
  identify(ask: Ask): Caller | Promise<Caller> {
    if (this.#isListed !== null && !this.#isListed(this.#addressOf(ask)))
      return refused({ kind: 'address', client: null });
    if (!this.#asks) return ANONYMOUS;
    const bearer = bearerOf(ask.header('authorization'));
    const known = this.#known(ask.header('api-key')) ?? this.#known(bearer);
    if (known !== undefined) return this.#byKey(known, ask);
    const verdict = bearer === undefined ? null : (this.#parts.signIn?.verdictOn(bearer) ?? null);
    if (verdict === null) return refused({ kind: 'unknownKey', takesTokens: this.#parts.signIn !== null });
    if (verdict instanceof Promise) return verdict.then((late) => this.#byToken(late, ask));
    return this.#byToken(verdict, ask);
  }

  #byKey(entry: KeyEntry, ask: Ask): Caller {
    const { expiresMs, caller } = entry;
    if (expiresMs === null || this.#parts.nowMs() < expiresMs) return this.#fromHere(entry, ask);
    return refused({ kind: 'keyExpired', client: caller.name, atMs: expiresMs });
  }

  #byToken(verdict: Verdict, ask: Ask): Caller {
    if (verdict.kind === 'unavailable') return refused({ kind: 'signInUnavailable' });
    if (verdict.kind === 'refused') return refused({ kind: 'token', problem: verdict.problem });
    const entry = this.#byName.get(verdict.client);
    return entry === undefined ? refused({ kind: 'signInUnavailable' }) : this.#fromHere(entry, ask);
  }

  #fromHere({ caller, isListed }: Entry, ask: Ask): Caller {
    if (isListed === null || isListed(this.#addressOf(ask))) return caller;
    return refused({ kind: 'address', client: caller.name });
  }

  #addressOf(ask: Ask): string {
    return this.#proxies.clientOf(ask.peer, ask.header('x-forwarded-for'));
  }

  /**
   * Without keys the gateway serves this machine alone, but a browser on it runs pages from elsewhere: under a name that its owner
   * lets point to 127.0.0.1 (DNS rebinding), or with an origin of its own.
   * @returns which header gives a page from elsewhere away; null where none does.
   */
  foreignPage(host: string | undefined, origin: string | undefined): 'host' | 'origin' | null {
    if (this.#asks || this.#parts.allowAnonymous || host === undefined) return null;
    if (!this.#isOwn(host)) return 'host';
    if (origin === undefined || hostOfOrigin(origin) === host.toLowerCase()) return null;
    const { corsOrigins } = this.#parts.settings;
    return corsOrigins.includes('*') || corsOrigins.includes(origin.toLowerCase()) ? null : 'origin';
  }

  isAdmin(key: string | undefined): boolean {
    if (this.#adminDigest === null || key === undefined || key.length > KEY_LENGTH_MAX) return false;
    return sameDigest(digestOf(key), this.#adminDigest);
  }

  #known(key: string | undefined): KeyEntry | undefined {
    return key === undefined || key.length > KEY_LENGTH_MAX ? undefined : this.#byDigest.get(digestOf(key));
  }
}

function digestOfKey(key: ClientKey): string {
  return key.kind === 'plain' ? digestOf(key.key) : Buffer.from(key.hex, 'hex').toString('base64');
}

function refused(refusal: Refusal): Caller {
  return { kind: 'refused', refusal };
}
