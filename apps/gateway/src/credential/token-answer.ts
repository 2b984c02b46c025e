/**
 * Reads what token endpoints answer. Entra ID, the managed identity of an app and that of a machine differ in small things:
 * numbers as strings, `expires_on` in place of `expires_in`, errors flat or nested. Nothing here waits or sends.
 * Sources: RFC 6749 §5.1 and §5.2; Microsoft Learn, "How to use managed identities on a VM to acquire an access token".
 */
import type { AccessToken } from './method.ts';
import { quoteSafely } from './secret-safe.ts';

/** A token must fit into a request header beside all others; Entra's are a few thousand characters. */
export const TOKEN_CHARS_MAX = 16_384;

/** Longer lives are cut to this, so that a nonsense figure cannot keep a token for ever. Entra's managed identities get 24 hours. */
export const TOKEN_LIFETIME_MS_MAX = 24 * 3_600_000;

/** The token, or why the answer holds none. */
export type TokenReading = AccessToken | { readonly garbage: string };

/** `sentMs`: when the question went out; a life that is given as a duration is counted from there, to be on the safe side. */
export function readToken(text: string, sentMs: number): TokenReading {
  const body = parseObject(text);
  if (body === null) return { garbage: 'not a JSON object' };
  const value = body.access_token;
  if (typeof value !== 'string') return { garbage: 'no access_token' };
  const fault = tokenFault(value);
  if (fault !== null) return { garbage: fault };
  if (!isBearer(body.token_type)) return { garbage: 'a token_type other than Bearer' };
  const expiresAtMs = readExpiry(body, sentMs);
  if (expiresAtMs === null) return { garbage: 'no number of seconds in expires_in or expires_on' };
  if (expiresAtMs <= sentMs) return { garbage: "a token that has expired already; look at this machine's clock" };
  return { value, expiresAtMs };
}

/**
 * What keeps a token from being a header's value, or null. A blank or line break in it would begin another header.
 * Source for the characters: RFC 6750 §2.1.
 */
export function tokenFault(value: string): string | null {
  if (value === '') return 'an empty token';
  if (value.length > TOKEN_CHARS_MAX) return `a token of more than ${TOKEN_CHARS_MAX} characters`;
  return /^[\w.~+/=-]+$/.test(value) ? null : 'a token with characters that no token has';
}

/** What an answer says of its error, in one line without secrets; '' where it says nothing that can be read. */
export function readError(text: string, secrets: readonly string[]): string {
  const body = parseObject(text);
  if (body === null) return '';
  const nested = isObject(body.error) ? body.error : {};
  const parts = [body.error, nested.code, nested.message, body.error_description, body.message];
  const words = parts.filter((part): part is string => typeof part === 'string' && part !== '');
  return quoteSafely([...new Set(words)].join(': '), secrets);
}

/**
 * The earlier of what is given: the machine's endpoint answers from a cache, and its `expires_in` counts from the token's issue,
 * not from the answer.
 */
function readExpiry(body: Readonly<Record<string, unknown>>, sentMs: number): number | null {
  const lifetimeSeconds = readSeconds(body.expires_in);
  const atSeconds = readSeconds(body.expires_on);
  if (lifetimeSeconds === null && atSeconds === null) return null;
  return Math.min(
    sentMs + TOKEN_LIFETIME_MS_MAX,
    lifetimeSeconds === null ? Number.POSITIVE_INFINITY : sentMs + lifetimeSeconds * 1000,
    atSeconds === null ? Number.POSITIVE_INFINITY : atSeconds * 1000,
  );
}

function readSeconds(value: unknown): number | null {
  if (typeof value === 'string' && /^\s*\d{1,15}(\.\d{1,9})?\s*$/.test(value)) return Number(value);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function isBearer(type: unknown): boolean {
  return type === undefined || (typeof type === 'string' && type.toLowerCase() === 'bearer');
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
