/** Who may come in, and how they show who they are. Nobody signs in unless that is asked for, and then only on loopback (auth/). */
import { isIP } from 'node:net';
import { Secret } from './secret.ts';
import { listed, type Sheet } from './sheet.ts';

export interface AuthSettings {
  readonly how: Auth;
  /** Signs cookies; null: a new one with each start, after which everybody signs in again. */
  readonly sessionKey: Secret | null;
  /** Users, and groups as `group:NAME`, that see and change everything. */
  readonly admins: readonly string[];
  /** For programs: `Authorization: Bearer KEY`. */
  readonly apiKeys: readonly ApiKey[];
  /** Addresses of proxies that are believed in who is behind them; none unless they are named. */
  readonly proxies: readonly string[];
}

export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly users: readonly UserEntry[] }
  | {
      readonly kind: 'oidc';
      readonly issuer: string;
      readonly clientId: string;
      readonly clientSecret: Secret | null;
      /** As the identity provider knows it: https://CHAT/auth/callback. */
      readonly redirectUrl: string;
      /** null: the verified address, else `sub`. */
      readonly userClaim: string | null;
      readonly groupsClaim: string;
    }
  | {
      readonly kind: 'proxy';
      readonly userHeader: string;
      readonly groupsHeader: string;
      /** Addresses from which the headers are believed. */
      readonly addresses: readonly string[];
    };

export interface UserEntry {
  readonly user: string;
  /** `scrypt:SALT:HASH` (auth/password.ts). */
  readonly hash: Secret;
  readonly groups: readonly string[];
}

export interface ApiKey {
  readonly user: string;
  readonly key: Secret;
  readonly groups: readonly string[];
}

export function authSettings(sheet: Sheet): AuthSettings {
  const kind = sheet.choice('SPILLWAY_CHAT_AUTH', ['none', 'password', 'oidc', 'proxy'], 'none');
  const named = proxies(sheet);
  const read = { users: users(sheet), oidc: oidc(sheet, kind === 'oidc'), proxy: proxy(sheet, named) };
  if (kind === 'password' && read.users.length === 0) {
    sheet.missing(
      'SPILLWAY_CHAT_USERS',
      'is missing: SPILLWAY_CHAT_AUTH is password',
      'set it to NAME:HASH:GROUP+GROUP,…; spillway chat hash makes a hash of a password',
    );
  }
  return {
    how: kind === 'none' ? { kind } : kind === 'password' ? { kind, users: read.users } : read[kind],
    sessionKey: sheet.secret('SPILLWAY_CHAT_SESSION_KEY'),
    admins: sheet.list('SPILLWAY_CHAT_ADMINS'),
    apiKeys: apiKeys(sheet),
    proxies: named,
  };
}

/** Key and value stay hidden in what is said of a wrong one. */
function users(sheet: Sheet): readonly UserEntry[] {
  return sheet.list('SPILLWAY_CHAT_USERS').flatMap((entry, i) => {
    const found = /^([^:,]{1,200}):(scrypt:[\w-]+:[\w-]+)(?::([^:]*))?$/.exec(entry);
    if (found !== null) return [{ user: found[1] ?? '', hash: new Secret(found[2] ?? ''), groups: groupsIn(found[3]) }];
    const rule = `has no NAME:HASH:GROUP+GROUP as its entry ${i + 1}`;
    sheet.wrong('SPILLWAY_CHAT_USERS', null, rule, 'make the hash with: spillway chat hash');
    return [];
  });
}

/** Shorter ones can be guessed. Characters. */
const KEY_CHARS_MIN = 16;

function apiKeys(sheet: Sheet): readonly ApiKey[] {
  return sheet.list('SPILLWAY_CHAT_API_KEYS').flatMap((entry, i) => {
    const [user = '', key = '', of, ...rest] = entry.split(':');
    if (user !== '' && key.length >= KEY_CHARS_MIN && rest.length === 0) {
      return [{ user, key: new Secret(key), groups: groupsIn(of) }];
    }
    const rule = `has no NAME:KEY:GROUP+GROUP with a key of at least ${KEY_CHARS_MIN} characters as its entry ${i + 1}`;
    sheet.wrong('SPILLWAY_CHAT_API_KEYS', null, rule, 'make a key with: openssl rand -hex 24');
    return [];
  });
}

function groupsIn(text = ''): readonly string[] {
  return listed(text, '+');
}

function oidc(sheet: Sheet, isWanted: boolean): Auth {
  const issuer = sheet.url('SPILLWAY_CHAT_OIDC_ISSUER')?.href ?? '';
  const clientId = sheet.text('SPILLWAY_CHAT_OIDC_CLIENT_ID') ?? '';
  const redirectUrl = sheet.url('SPILLWAY_CHAT_OIDC_REDIRECT_URL')?.href ?? '';
  const wanted = { ISSUER: issuer, CLIENT_ID: clientId, REDIRECT_URL: redirectUrl };
  for (const [name, value] of Object.entries(wanted)) {
    if (!isWanted || value !== '' || sheet.text(`SPILLWAY_CHAT_OIDC_${name}`) !== null) continue;
    const remedy = 'set it as the identity provider says';
    sheet.missing(`SPILLWAY_CHAT_OIDC_${name}`, 'is missing: SPILLWAY_CHAT_AUTH is oidc', remedy);
  }
  return {
    kind: 'oidc',
    issuer,
    clientId,
    clientSecret: sheet.secret('SPILLWAY_CHAT_OIDC_CLIENT_SECRET'),
    redirectUrl,
    userClaim: sheet.text('SPILLWAY_CHAT_OIDC_USER_CLAIM'),
    groupsClaim: sheet.text('SPILLWAY_CHAT_OIDC_GROUPS_CLAIM') ?? 'groups',
  };
}

function proxy(sheet: Sheet, named: readonly string[]): Auth {
  return {
    kind: 'proxy',
    userHeader: (sheet.text('SPILLWAY_CHAT_PROXY_USER_HEADER') ?? 'x-forwarded-user').toLowerCase(),
    groupsHeader: (sheet.text('SPILLWAY_CHAT_PROXY_GROUPS_HEADER') ?? 'x-forwarded-groups').toLowerCase(),
    addresses: named.length === 0 ? ['127.0.0.1', '::1'] : named,
  };
}

function proxies(sheet: Sheet): readonly string[] {
  const named = sheet.list('SPILLWAY_CHAT_PROXY_ADDRESSES').map(plainAddress);
  const wrong = named.find((address) => isIP(address) === 0);
  if (wrong !== undefined) {
    const remedy = 'write addresses, by commas: 10.0.0.4,10.0.0.5';
    sheet.wrong('SPILLWAY_CHAT_PROXY_ADDRESSES', wrong, 'is not an IP address', remedy);
  }
  return named;
}

/** The same address, however it is written: IPv6 as URLs have it (RFC 5952), IPv4 within IPv6 as IPv4; what is no address as it stands. */
export function plainAddress(address: string): string {
  const told = address.trim().toLowerCase();
  // Null for an address with a zone (`fe80::1%eth0`), which no URL may hold.
  const url = isIP(told) === 6 ? URL.parse(`http://[${told}]`) : null;
  const v6 = url === null ? told : url.hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(v6) ?? [];
  return high === undefined || low === undefined ? v6 : `${bytesOf(high)}.${bytesOf(low)}`;
}

/** Two bytes, written as IPv4 has them. */
function bytesOf(hex: string): string {
  const value = Number.parseInt(hex, 16);
  return `${value >> 8}.${value & 0xff}`;
}
