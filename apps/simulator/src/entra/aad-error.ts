/**
 * How Entra ID refuses: an error of OAuth 2.0 (RFC 6749 §5.2) with a number of its own, which people look up. The sentences are
 * Entra's, because clients match on them. Source: Microsoft Learn, "Microsoft Entra authentication and authorization error codes".
 */
import { randomUUID } from 'node:crypto';

export interface AadError {
  readonly status: 400 | 401 | 429 | 503;
  /** Of OAuth: `invalid_client`. */
  readonly error: string;
  /** Behind `AADSTS`. */
  readonly code: number;
  /** Behind the number. */
  readonly text: string;
}

function aadError(status: AadError['status'], error: string, code: number, text: string): AadError {
  return { status, error, code, text };
}

export function tenantNotFound(tenant: string): AadError {
  return aadError(
    400,
    'invalid_request',
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

export function parameterMissing(name: string): AadError {
  return aadError(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`);
}

export function grantUnsupported(grant: string): AadError {
  return aadError(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`);
}

export function applicationNotFound(clientId: string, tenant: string): AadError {
  return aadError(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );
}

export function secretWrong(clientId: string): AadError {
  return aadError(
    401,
    'invalid_client',
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  );
}

export function secretExpired(clientId: string): AadError {
  return aadError(
    401,
    'invalid_client',
    7000222,
    `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  );
}

export const PROOF_MISSING = aadError(
  401,
  'invalid_client',
  7000218,
  "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
);

export const ASSERTION_MALFORMED = aadError(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.');

export function assertionOutOfTime(nowMs: number, expiresMs: number): AadError {
  const [now, expires] = [nowMs, expiresMs].map((ms) => new Date(ms).toISOString());
  return aadError(
    401,
    'invalid_client',
    700024,
    `Client assertion is not within its valid time range. Current time: ${now}, expiry time of assertion ${expires}.`,
  );
}

export function subjectUnknown(subject: string): AadError {
  return aadError(
    401,
    'invalid_client',
    700213,
    `No matching federated identity record found for presented assertion subject '${subject}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
  );
}

/** The text is a guess in its first half: a scope that names no resource is told so. */
export function scopeInvalid(scope: string): AadError {
  return aadError(
    400,
    'invalid_scope',
    70011,
    `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
  );
}

export function scopeWithoutDefault(scope: string): AadError {
  return aadError(
    400,
    'invalid_scope',
    1002012,
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}

export function resourceNotFound(resource: string, tenant: string): AadError {
  return aadError(
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}

export const UNAVAILABLE = aadError(
  503,
  'temporarily_unavailable',
  90033,
  'A transient error has occurred. Please try again.',
);

/** The text is a guess. */
export const THROTTLED = aadError(
  429,
  'temporarily_unavailable',
  90055,
  'The request was throttled. Please try again.',
);

/** The body. @param correlationId what the client sent as `client-request-id`. */
export function aadErrorBody(
  { error, code, text }: AadError,
  nowMs: number,
  correlationId: string = randomUUID(),
): object {
  const traceId = randomUUID();
  const timestamp = new Date(nowMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  return {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  };
}
