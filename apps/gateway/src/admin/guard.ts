/**
 * Who may ask the admin port. With a key configured, only who has it. Without one it listens on loopback alone (listen/exposure.ts)
 * and is open to programs of this machine, but not to pages in a browser on it: those could reach it under a name that an attacker
 * lets point to 127.0.0.1 (DNS rebinding), or send a POST without being able to read the answer. Source: design §4.8.
 */
import { bearerOf, digestOf } from '../key.ts';
import { hostOfOrigin, isLoopback, nameOfHost } from '../listen/exposure.ts';

export interface GuardSettings {
  /** Address or name that the admin port listens on. */
  readonly adminHost: string;
  readonly adminKey: string | null;
}

export interface AdminAsk {
  readonly method: string;
  readonly path: string;
  readonly header: (lowerName: string) => string | undefined;
}

export interface Refusal {
  readonly status: 401 | 403;
  readonly code: string;
  readonly message: string;
}

/** Answered without a key: a platform's probes have none. */
export const OPEN_PATHS: readonly string[] = ['/healthz', '/livez', '/readyz'];

export class Guard {
  readonly #adminHost: string;
  readonly #digest: string | null;

  constructor({ adminHost, adminKey }: GuardSettings) {
    this.#adminHost = adminHost;
    this.#digest = adminKey === null ? null : digestOf(adminKey);
  }

  refusal(ask: AdminAsk): Refusal | null {
    const host = ask.header('host') ?? '';
    if (isLoopback(this.#adminHost) && !this.#isOwnName(nameOfHost(host))) return FOREIGN_HOST;
    const reads = ask.method === 'GET' || ask.method === 'HEAD';
    const origin = ask.header('origin');
    if (!reads && origin !== undefined && hostOfOrigin(origin) !== host.toLowerCase()) return FOREIGN_ORIGIN;
    if (this.#digest === null || OPEN_PATHS.includes(ask.path)) return null;
    return this.#holdsKey(ask, this.#digest) ? null : NO_KEY;
  }

  #isOwnName(name: string): boolean {
    return isLoopback(name) || name === this.#adminHost.toLowerCase();
  }

  #holdsKey({ header }: AdminAsk, wanted: string): boolean {
    const given = [header('api-key'), bearerOf(header('authorization'))];
    return given.some((key) => key !== undefined && digestOf(key) === wanted);
  }
}

const FOREIGN_HOST: Refusal = {
  status: 403,
  code: 'HostRefused',
  message:
    "The admin port answers on loopback, and 'host' names another machine. Ask it as localhost or 127.0.0.1; " +
    'to reach it from elsewhere, start the gateway with --admin-host and SPILLWAY_ADMIN_KEY.',
};
const FOREIGN_ORIGIN: Refusal = {
  status: 403,
  code: 'OriginRefused',
  message:
    "A page of another origin asked for an action ('origin' is not this host); only the gateway's own pages may.",
};
const NO_KEY: Refusal = {
  status: 401,
  code: '401',
  message:
    "Access denied: send the admin key (SPILLWAY_ADMIN_KEY of the gateway) as 'api-key', or as Bearer in 'authorization'.",
};
