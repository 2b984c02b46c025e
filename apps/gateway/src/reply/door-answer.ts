/** What those read who are not let in, or not to what they asked for. Nothing of a key or token is repeated. */
import { printable } from '../printable.ts';
import type { Refusal } from '../route/doors.ts';
import { type OwnAnswer, ownAnswer } from './own-answer.ts';

const RETRY_SECONDS = 5;

export function doorAnswer(refusal: Refusal): OwnAnswer {
  switch (refusal.kind) {
    case 'unknownKey':
      return accessDenied(refusal.takesTokens);
    case 'keyExpired':
      return keyExpired(refusal.client, refusal.atMs);
    case 'token':
      return tokenRefused(refusal.problem);
    case 'signInUnavailable':
      return signInUnavailable();
    case 'address':
      return addressRefused(refusal.client);
  }
}

function accessDenied(takesTokens: boolean): OwnAnswer {
  const tokens = takesTokens ? ' It takes tokens of Entra ID as Bearer too.' : '';
  return ownAnswer(
    401,
    '401',
    `Access denied: this gateway does not know the key. Send a client's key as 'api-key', or as Bearer in 'authorization'.${tokens}`,
  );
}

function keyExpired(client: string, atMs: number): OwnAnswer {
  const until = new Date(atMs).toISOString();
  return ownAnswer(
    401,
    '401',
    `Access denied: this key of the client '${printable(client)}' expired at ${until} ('expires' of the key). Use a newer one.`,
  );
}

type TokenProblem = Extract<Refusal, { kind: 'token' }>['problem'];

const TOKEN_RULES: Readonly<Record<TokenProblem, readonly [status: 401 | 403, why: string]>> = {
  issuer: [401, "its issuer ('iss', the tenant) is none that 'signIn' names"],
  audience: [401, "its audience ('aud') is none that 'signIn' takes"],
  expired: [401, 'it has expired'],
  notYet: [401, 'it is not valid yet'],
  signature: [401, 'its signature is not good, or its issuer has no such key'],
  claims: [401, 'its claims are not complete, or not of the right kind'],
  application: [403, "its application ('appid' or 'azp') is none of 'applications' of 'signIn'"],
  principal: [403, "its owner ('oid') is none of 'principals' of 'signIn'"],
  roles: [403, "it carries none of the 'roles' of 'signIn'; have one assigned to the application"],
};

function tokenRefused(problem: TokenProblem): OwnAnswer {
  const [status, why] = TOKEN_RULES[problem];
  const headers = status === 401 ? ['www-authenticate', 'Bearer error="invalid_token"'] : [];
  const code = status === 401 ? '401' : 'PermissionDenied';
  return ownAnswer(status, code, `Access denied: the token is not taken, because ${why}.`, headers);
}

function signInUnavailable(): OwnAnswer {
  return ownAnswer(
    503,
    'SignInUnavailable',
    `The gateway cannot verify tokens now: it does not have the keys of their issuer, and its log says why. Retry after ${RETRY_SECONDS} seconds.`,
    ['retry-after-ms', String(RETRY_SECONDS * 1_000), 'retry-after', String(RETRY_SECONDS)],
  );
}

/** @param client null: nobody may come from there. */
function addressRefused(client: string | null): OwnAnswer {
  const whose = client === null ? 'of this gateway' : `of the client '${printable(client)}'`;
  return ownAnswer(
    403,
    'AddressRefused',
    `Access denied: the request comes from an address that is not among the 'addresses' ${whose}. Behind a proxy, see 'trustedProxies'.`,
  );
}

export function operationRefused(client: string, operation: string): OwnAnswer {
  return ownAnswer(
    403,
    'OperationNotAllowed',
    `The client '${printable(client)}' may not use the operation '${operation}': it is not among its 'operations'.`,
  );
}

export function modelRefused(client: string, model: string): OwnAnswer {
  return ownAnswer(
    403,
    'ModelNotAllowed',
    `The client '${printable(client)}' may not ask for '${printable(model)}': it is not among its 'models'.`,
  );
}
