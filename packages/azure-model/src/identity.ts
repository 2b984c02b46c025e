/**
 * Who may call a resource: holders of one of its keys, and bearers of a token for one of the two audiences of Azure OpenAI whose role
 * allows what they ask. A token's signature is for a `TokenJudge` to verify; a token of an issuer that it does not know, such as the
 * real Entra ID, is good by audience and expiry alone. Source: wire reference §2.
 */
import { type HeaderLookup, isRecord } from '@spillway/protocol';
import { textOfBase64Url } from './base64.ts';
import { operationOf } from './data-actions.ts';
import type { ResourceFacts } from './resource.ts';
import { KEYS_DISABLED, permissionDenied, type Refusal, TOKEN_UNAUTHORIZED, WRONG_KEY } from './wire/refusals.ts';

export const AUDIENCES = ['https://cognitiveservices.azure.com', 'https://ai.azure.com'] as const;

/** What is known of a token before its audience and expiry are looked at. */
export type TokenVerdict =
  /** Of an issuer whose signature cannot be verified here. */
  | { readonly kind: 'foreign' }
  /** Forged, withdrawn, or of an issuer that is not wanted. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'principal'; readonly principal: Principal };

export interface Principal {
  /** As Azure's refusals name it. */
  readonly objectId: string;
  /** @param resource its name. */
  mayDo(resource: string, dataAction: string): boolean;
}

/** Verifies signatures and knows who has which role. */
export interface TokenJudge {
  verdictOn(token: string): TokenVerdict;
}

/** What of a request tells who sent it, and what for. */
export interface Knock {
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  readonly header: HeaderLookup;
}

/** Whose door it is. */
export type Door = Pick<ResourceFacts, 'name' | 'keys' | 'keyAuth' | 'dialect'>;

/**
 * A client sends its key as `api-key`, or as plain OpenAI clients do, as Bearer; where both come, `api-key` decides.
 * @param judge absent: every token is foreign.
 */
export function refusalOfCaller(
  knock: Knock,
  door: Door,
  judge: TokenJudge | undefined,
  nowMs: number,
): Refusal | null {
  const apiKey = knock.header('api-key');
  const authorization = knock.header('authorization');
  if (apiKey !== undefined) return refusalOfKey(apiKey, door);
  if (authorization === undefined) return WRONG_KEY;
  const bearer = /^Bearer +(.+)$/i.exec(authorization)?.[1];
  if (bearer === undefined) return TOKEN_UNAUTHORIZED;
  return !door.keys.includes(bearer) && isToken(bearer)
    ? refusalOfToken(bearer, knock, door, judge, nowMs)
    : refusalOfKey(bearer, door);
}

/** Where keys are not wanted, whether one is right is not told. */
function refusalOfKey(key: string, { keys, keyAuth }: Door): Refusal | null {
  if (keyAuth === 'disabled') return KEYS_DISABLED;
  return keys.includes(key) ? null : WRONG_KEY;
}

/** Three parts, as a JSON web token has. */
function isToken(bearer: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(bearer);
}

function refusalOfToken(
  token: string,
  { method, path }: Knock,
  { name, dialect }: Door,
  judge: TokenJudge | undefined,
  nowMs: number,
): Refusal | null {
  if (!isForUs(token, nowMs)) return TOKEN_UNAUTHORIZED;
  const verdict = judge?.verdictOn(token) ?? { kind: 'foreign' };
  if (verdict.kind === 'foreign') return null;
  if (verdict.kind === 'refused') return TOKEN_UNAUTHORIZED;
  const { principal } = verdict;
  const operation = operationOf(method, path);
  if (principal.mayDo(name, operation.dataAction)) return null;
  return permissionDenied(principal.objectId, operation, dialect);
}

function isForUs(token: string, nowMs: number): boolean {
  const claims = claimsOf(token);
  if (claims === null || typeof claims.aud !== 'string') return false;
  const audience = claims.aud.replace(/\/$/, '');
  const fresh = typeof claims.exp === 'number' && claims.exp * 1000 > nowMs;
  return fresh && AUDIENCES.some((known) => known === audience);
}

function claimsOf(token: string): Record<string, unknown> | null {
  const text = textOfBase64Url(token.split('.')[1] ?? '');
  if (text === null) return null;
  try {
    const claims: unknown = JSON.parse(text);
    return isRecord(claims) ? claims : null;
  } catch {
    return null;
  }
}
