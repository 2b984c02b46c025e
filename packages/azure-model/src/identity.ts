/**
 * Who may call a resource: holders of one of its keys, and bearers of a token for one of the two audiences of Azure OpenAI.
 * A token's signature is not verified: what is simulated is how Azure refuses, not its trust. Source: wire reference §2.
 */
import { isRecord } from '@spillway/protocol';
import { textOfBase64Url } from './base64.ts';
import { type Refusal, TOKEN_UNAUTHORIZED, WRONG_KEY } from './wire/refusals.ts';

export const AUDIENCES = ['https://cognitiveservices.azure.com', 'https://ai.azure.com'] as const;

/** A client sends its key as `api-key`, or as plain OpenAI clients do, as Bearer; where both come, `api-key` decides. */
export function refusalOfCaller(
  apiKey: string | undefined,
  authorization: string | undefined,
  keys: readonly string[],
  nowMs: number,
): Refusal | null {
  if (apiKey !== undefined) return keys.includes(apiKey) ? null : WRONG_KEY;
  if (authorization === undefined) return WRONG_KEY;
  const bearer = /^Bearer +(.+)$/i.exec(authorization)?.[1];
  if (bearer === undefined) return TOKEN_UNAUTHORIZED;
  if (keys.includes(bearer)) return null;
  return isToken(bearer) ? refusalOfToken(bearer, nowMs) : WRONG_KEY;
}

/** Three parts, as a JSON web token has. */
function isToken(bearer: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(bearer);
}

function refusalOfToken(token: string, nowMs: number): Refusal | null {
  const claims = claimsOf(token);
  if (claims === null || typeof claims.aud !== 'string') return TOKEN_UNAUTHORIZED;
  const audience = claims.aud.replace(/\/$/, '');
  const expired = typeof claims.exp !== 'number' || claims.exp * 1000 <= nowMs;
  return expired || !AUDIENCES.some((known) => known === audience) ? TOKEN_UNAUTHORIZED : null;
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
