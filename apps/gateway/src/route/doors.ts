/**
 * Who is calling: the client's key, as `api-key` or as Bearer. Keys are compared by digest, so that neither timing nor memory
 * dumps of the lookup tell a key. Source: design §4.8.
 */
import type { Client } from '@spillway/config';
import type { Allowance } from '@spillway/policy';
import { bearerOf, digestOf } from '../key.ts';
import { hostOfOrigin, isLoopback, nameOfHost } from '../listen/exposure.ts';
import { remembered } from '../remembered.ts';

/** stranger: keys are asked for and none of them was given. anonymous: no keys are asked for. */
export type Caller =
  | { readonly kind: 'client'; readonly name: string; readonly allowance: Allowance | null }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'stranger' };

const ANONYMOUS: Caller = { kind: 'anonymous' };
const STRANGER: Caller = { kind: 'stranger' };
const HOSTS_MAX = 100;
/** A longer credential is no key of ours; it is not hashed. Characters. */
const KEY_LENGTH_MAX = 1024;

export class Doors {
  readonly #byDigest = new Map<string, Caller>();
  readonly #adminDigest: string | null;
  readonly #openToPages: boolean;
  /** By the header's value, whether it names this machine: looked at once, not on each request. */
  readonly #isOwn = remembered(HOSTS_MAX, (host) => isLoopback(nameOfHost(host)));

  /**
   * @param adminKey lets a request pin its deployment; null where there is none.
   * @param allowAnonymous an operator said that strangers may come, so pages of other machines may too.
   */
  constructor(clients: readonly Client[], adminKey: string | null, allowAnonymous = false) {
    this.#openToPages = allowAnonymous || clients.length > 0;
    for (const { name, key, allowance } of clients) {
      this.#byDigest.set(digestOf(key), { kind: 'client', name, allowance });
    }
    this.#adminDigest = adminKey === null ? null : digestOf(adminKey);
  }

  identify(apiKey: string | undefined, authorization: string | undefined): Caller {
    if (this.#byDigest.size === 0) return ANONYMOUS;
    return this.#known(apiKey) ?? this.#known(bearerOf(authorization)) ?? STRANGER;
  }

  /**
   * Without keys the gateway serves this machine alone, but a browser on it runs pages from elsewhere: under a name that its owner
   * lets point to 127.0.0.1 (DNS rebinding), or with an origin of its own.
   * @returns which header gives a page from elsewhere away; null where none does.
   */
  foreignPage(host: string | undefined, origin: string | undefined): 'host' | 'origin' | null {
    if (this.#openToPages || host === undefined) return null;
    if (!this.#isOwn(host)) return 'host';
    return origin !== undefined && hostOfOrigin(origin) !== host.toLowerCase() ? 'origin' : null;
  }

  isAdmin(key: string | undefined): boolean {
    return (
      this.#adminDigest !== null &&
      key !== undefined &&
      key.length <= KEY_LENGTH_MAX &&
      digestOf(key) === this.#adminDigest
    );
  }

  #known(key: string | undefined): Caller | undefined {
    return key === undefined || key.length > KEY_LENGTH_MAX ? undefined : this.#byDigest.get(digestOf(key));
  }
}
