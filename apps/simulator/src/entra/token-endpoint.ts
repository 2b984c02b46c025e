/** `POST /{tenant}/oauth2/v2.0/token`, and its first version: client credentials (RFC 6749 §4.4), by a secret or by an assertion. */
import { parsedJson } from '@spillway/azure-model';
import { isRecord } from '@spillway/protocol';
import {
  type AadError,
  ASSERTION_MALFORMED,
  applicationNotFound,
  assertionOutOfTime,
  grantUnsupported,
  PROOF_MISSING,
  parameterMissing,
  resourceNotFound,
  scopeInvalid,
  scopeWithoutDefault,
  secretExpired,
  secretWrong,
  subjectUnknown,
  THROTTLED,
  tenantNotFound,
  UNAVAILABLE,
} from './aad-error.ts';
import { isKnown } from './audience.ts';
import type { Entra, Grant, RefusedWith } from './entra.ts';
import type { PlannedApplication } from './identity-options.ts';

export interface TokenRequest {
  readonly tenant: string;
  /** v1 names a `resource`, v2 a `scope`. */
  readonly version: 'v1' | 'v2';
  readonly form: URLSearchParams;
  /** Of the endpoint: `https://127.0.0.1:9000`. */
  readonly origin: string;
  readonly host: string;
}

export type TokenAnswer =
  | { readonly kind: 'token'; readonly body: object }
  | { readonly kind: 'error'; readonly error: AadError };

const DEFAULT_SUFFIX = '/.default';

export async function answerTokenRequest(entra: Entra, request: TokenRequest): Promise<TokenAnswer> {
  const decided = decide(entra, request);
  if ('code' in decided) return { kind: 'error', error: decided };
  const { token, issuedMs, expiresMs } = await entra.grant(decided);
  const seconds = (expiresMs - issuedMs) / 1000;
  const common = { token_type: 'Bearer', access_token: token };
  if (request.version === 'v2') {
    return { kind: 'token', body: { ...common, expires_in: seconds, ext_expires_in: seconds } };
  }
  // The first version writes its numbers as texts.
  const times = { expires_in: `${seconds}`, ext_expires_in: `${seconds}` };
  const moments = { expires_on: `${expiresMs / 1000}`, not_before: `${issuedMs / 1000}` };
  return { kind: 'token', body: { ...common, ...times, ...moments, resource: decided.audience } };
}

/** In the order in which Entra ID looks: tenant, grant, application, proof, what for. */
function decide(entra: Entra, request: TokenRequest): Grant | AadError {
  const { tenant, form, origin, host } = request;
  if (!isTenant(entra, tenant)) return tenantNotFound(tenant);
  const grantType = form.get('grant_type');
  if (grantType === null) return parameterMissing('grant_type');
  if (grantType !== 'client_credentials') return grantUnsupported(grantType);
  const clientId = form.get('client_id');
  if (clientId === null) return parameterMissing('client_id');
  const application = entra.directory.application(clientId);
  if (application === undefined) return applicationNotFound(clientId, tenant);
  const refusal = entra.takeRefusal();
  if (refusal !== null) return refusedOnDemand(refusal, clientId);
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  const problem =
    assertion === null ? secretProblem(application, secret) : assertionProblem(application, assertion, entra.nowMs());
  if (problem !== null) return problem;
  const audience = audienceOf(request);
  if (typeof audience !== 'string') return audience;
  if (!isKnown(audience, host)) return resourceNotFound(audience, tenant);
  return { principal: application, audience, origin, proof: assertion === null ? '1' : '2' };
}

/** By its id, whatever the case. */
export function isTenant({ plan }: Entra, tenant: string): boolean {
  return tenant.toLowerCase() === plan.tenantId.toLowerCase();
}

function refusedOnDemand(status: RefusedWith, clientId: string): AadError {
  switch (status) {
    case 401:
      return secretExpired(clientId);
    case 429:
      return THROTTLED;
    case 503:
      return UNAVAILABLE;
  }
}

function secretProblem(application: PlannedApplication, secret: string | null): AadError | null {
  if (secret === null) return PROOF_MISSING;
  return secret === application.secret ? null : secretWrong(application.clientId);
}

/** Its signature is that of a cluster which is not there; what else it says is looked at. */
function assertionProblem({ federatedSubject }: PlannedApplication, assertion: string, nowMs: number): AadError | null {
  const claims = parsedJson(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'));
  if (!isRecord(claims) || typeof claims.sub !== 'string') return ASSERTION_MALFORMED;
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= nowMs) {
    return assertionOutOfTime(nowMs, Math.max(0, claims.exp * 1000));
  }
  return federatedSubject === null || claims.sub === federatedSubject ? null : subjectUnknown(claims.sub);
}

function audienceOf({ version, form }: TokenRequest): string | AadError {
  if (version === 'v1') return form.get('resource') ?? parameterMissing('resource');
  const scope = form.get('scope');
  if (scope === null) return parameterMissing('scope');
  // Clients add those of OpenID Connect by themselves; nothing comes of them without a user.
  const scopes = scope
    .split(' ')
    .filter((each) => each !== '' && !['openid', 'profile', 'offline_access'].includes(each));
  const [first] = scopes;
  if (first === undefined || scopes.length > 1) return scopeInvalid(scope);
  return first.endsWith(DEFAULT_SUFFIX) ? first.slice(0, -DEFAULT_SUFFIX.length) : scopeWithoutDefault(first);
}
