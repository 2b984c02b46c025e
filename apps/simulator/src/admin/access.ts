/**
 * Who may ask the admin port (design §4.8: closed by default). Without a key it listens on loopback alone, and is open to programs of
 * this machine but not to pages in a browser on it: those could reach it under a name that an attacker lets point to 127.0.0.1, or
 * send a POST without being able to read the answer. With a key, only who has it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

export interface AdminOptions {
  /** Address of the admin port. Default: `host` where that is loopback, else 127.0.0.1. Another one wants `adminKey`. */
  readonly adminHost?: string;
  /** Asked for as `api-key` or as Bearer. Default: none. */
  readonly adminKey?: string;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host === 'localhost' || host.endsWith('.localhost');
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Where a hosts file or a proxy leads Azure's own clients here (tls/tls.ts): as good as a name of this machine, since a page elsewhere can
 * take on none of them. Only hosts that Azure alone gives out: of `*.azure.com` anybody may have a label of `cloudapp`.
 */
const AZURE_HOST =
  /^(?:management\.azure\.com|login\.microsoftonline\.com|[a-z0-9-]+\.metrics\.monitor\.azure\.com|169\.254\.169\.254)$/;

export interface AdminRefusal {
  readonly status: 401 | 403;
  readonly code: string;
  readonly message: string;
}

export class AdminAccess {
  /** Address that the admin port listens on. */
  readonly host: string;
  readonly #digest: Buffer | null;

  /** @param host of the resources. @throws Error where strangers could do as they like. */
  constructor(host: string, { adminHost, adminKey }: AdminOptions) {
    this.host = adminHost ?? (isLoopback(host) ? host : '127.0.0.1');
    this.#digest = adminKey === undefined ? null : digestOf(adminKey);
    if (adminKey === '') throw new Error('adminKey: is empty; give a key, or leave it out to serve this machine alone');
    if (this.#digest === null && !isLoopback(this.host)) throw new Error(exposed(this.host));
  }

  /** @param names azure: of a door that Azure has too, under names of its own. */
  refusal(
    method: string,
    header: (lowerName: string) => string | undefined,
    names: 'own' | 'azure' = 'own',
  ): AdminRefusal | null {
    const host = (header('host') ?? '').toLowerCase();
    const name = /^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, '');
    if (isLoopback(this.host) && !this.#isOwnName(name) && !(names === 'azure' && AZURE_HOST.test(name))) {
      return FOREIGN_HOST;
    }
    const origin = header('origin');
    const reads = method === 'GET' || method === 'HEAD';
    if (!reads && origin !== undefined && URL.parse(origin)?.host !== host) return FOREIGN_ORIGIN;
    if (this.#digest === null) return null;
    const bearer = /^Bearer +(.+)$/i.exec(header('authorization') ?? '')?.[1];
    return [header('api-key'), bearer].some((key) => this.#isKey(key)) ? null : NO_KEY;
  }

  #isOwnName(name: string): boolean {
    return isLoopback(name) || name === this.host.toLowerCase();
  }

  #isKey(key: string | undefined): boolean {
    return key !== undefined && this.#digest !== null && timingSafeEqual(digestOf(key), this.#digest);
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function exposed(host: string): string {
  return (
    `adminHost: anybody who reaches ${host} could stop the resources. ` +
    'Set adminKey (spillway simulate reads it from SPILLWAY_ADMIN_KEY), or keep the admin port to 127.0.0.1: the resources may listen elsewhere without it.'
  );
}

const FOREIGN_HOST: AdminRefusal = {
  status: 403,
  code: 'hostRefused',
  message:
    'host: names another machine, and the admin port answers this one alone; ask it as localhost or 127.0.0.1, or start the simulator with adminHost and adminKey',
};
const FOREIGN_ORIGIN: AdminRefusal = {
  status: 403,
  code: 'originRefused',
  message: 'origin: is a page of another place, and only programs and pages of this port may change things',
};
const NO_KEY: AdminRefusal = {
  status: 401,
  code: 'keyMissing',
  message: 'api-key: is not the admin key; send it as `api-key`, or as Bearer in `authorization`',
};
