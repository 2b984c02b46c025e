/** What a token says, read before it is verified: enough to know whose keys to ask, and nothing to rely on. */
import { decodeJwt, type JWTPayload } from 'jose';

/** Entra tokens with many groups pass 10 kB; the request's head is bounded anyway. Characters. */
export const TOKEN_CHARS_MAX = 24 * 1024;

const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

/** @returns null for what is no JWT. */
export function claimsOf(token: string): JWTPayload | null {
  if (token.length > TOKEN_CHARS_MAX || !JWT.test(token)) return null;
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}

/** `appid` in tokens of Entra's first version, `azp` in those of the second and of others, `client_id` by RFC 9068. */
export function applicationOf(claims: JWTPayload): string | null {
  const found = [claims.appid, claims.azp, claims.client_id].find((id) => typeof id === 'string');
  return typeof found === 'string' ? found : null;
}

/** The person's, or the identity's, object id in its tenant: Entra's tokens of both versions have it. */
export function principalOf({ oid }: JWTPayload): string | null {
  return typeof oid === 'string' ? oid : null;
}

export function rolesOf({ roles }: JWTPayload): readonly unknown[] {
  return Array.isArray(roles) ? roles : [roles];
}
