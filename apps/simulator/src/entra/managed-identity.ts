/**
 * Tokens without a secret, for those who run in Azure: the machine's endpoint (IMDS) and the one of App Service and Container Apps.
 * Source: Microsoft Learn, "How to use managed identities for Azure resources on an Azure VM to acquire an access token", and "How to
 * use managed identities for App Service and Azure Functions", read 2026-11-20.
 */
import { isKnown } from './audience.ts';
import type { IdentityAsked } from './directory.ts';
import type { Entra } from './entra.ts';

export interface IdentityRequest {
  readonly query: URLSearchParams;
  readonly header: (lowerName: string) => string | undefined;
  /** Of the endpoint: `https://127.0.0.1:9000`. */
  readonly origin: string;
  readonly host: string;
}

export interface IdentityAnswer {
  readonly status: number;
  readonly body: object;
}

/** `GET /metadata/identity/oauth2/token` */
export async function answerMachine(entra: Entra, request: IdentityRequest): Promise<IdentityAnswer> {
  const { query, header } = request;
  if (header('metadata')?.toLowerCase() !== 'true') return badRequest('Required metadata header not specified');
  const refusal = entra.takeRefusal();
  if (refusal === 401) return badRequest('Identity not found');
  if (refusal !== null) return { status: refusal, body: { error: 'temporarily_unavailable' } };
  const resource = query.get('resource');
  if (resource === null) return badRequest('Required audience parameter not specified');
  if (!isKnown(resource, request.host)) return unknownResource(resource, entra.plan.tenantId);
  const given = await give(entra, request, resource);
  if (given === null) return badRequest('Identity not found');
  const { token, clientId, issuedMs, expiresMs } = given;
  // Numbers are texts, as the machine's endpoint writes them.
  const seconds = `${(expiresMs - issuedMs) / 1000}`;
  const times = { expires_in: seconds, ext_expires_in: seconds, expires_on: `${expiresMs / 1000}` };
  const who = { client_id: clientId, not_before: `${issuedMs / 1000}`, resource };
  return { status: 200, body: { access_token: token, ...times, ...who, token_type: 'Bearer' } };
}

/** `GET /msi/token`, whose errors are guesses but for their shape. */
export async function answerApp(entra: Entra, request: IdentityRequest): Promise<IdentityAnswer> {
  const { query, header } = request;
  if (header('x-identity-header') !== entra.plan.identityHeader) {
    return appError(401, 'The X-IDENTITY-HEADER of the request is not that of this app.');
  }
  const refusal = entra.takeRefusal();
  if (refusal === 401) return NO_IDENTITY;
  if (refusal !== null) return appError(refusal, 'The token service is not available. Please try again.');
  const resource = query.get('resource');
  if (resource === null) return appError(400, 'The parameter resource is missing.');
  if (!isKnown(resource, request.host)) return appError(400, `The resource ${resource} is not known.`);
  const given = await give(entra, request, resource);
  if (given === null) return NO_IDENTITY;
  const { token, clientId, expiresMs } = given;
  const who = { resource, client_id: clientId };
  return {
    status: 200,
    body: { access_token: token, expires_on: `${expiresMs / 1000}`, ...who, token_type: 'Bearer' },
  };
}

async function give(entra: Entra, { query, origin }: IdentityRequest, audience: string) {
  const principal = entra.directory.managedIdentity(askedIn(query));
  if (principal === undefined) return null;
  const given = await entra.grant({ principal, audience, origin, proof: '2' });
  return { ...given, clientId: principal.clientId };
}

function askedIn(query: URLSearchParams): IdentityAsked {
  return {
    clientId: query.get('client_id'),
    objectId: query.get('object_id') ?? query.get('principal_id'),
    resourceId: query.get('msi_res_id') ?? query.get('mi_res_id'),
  };
}

function badRequest(text: string): IdentityAnswer {
  return { status: 400, body: { error: 'invalid_request', error_description: text } };
}

function unknownResource(resource: string, tenant: string): IdentityAnswer {
  const text = `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ${tenant}.`;
  return { status: 400, body: { error: 'invalid_resource', error_description: text } };
}

function appError(status: number, message: string): IdentityAnswer {
  return { status, body: { statusCode: status, message } };
}

const NO_IDENTITY = appError(
  400,
  'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
);
