/** Entra ID over HTTP: tokens for applications, managed and workload identities, and the documents that clients read before. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { AdminAccess } from '../admin/access.ts';
import type { AdminDoor } from '../admin/doors.ts';
import { readBody } from '../body.ts';
import type { Simulation } from '../simulation.ts';
import type { Target } from '../target.ts';
import { aadErrorBody, tenantNotFound } from './aad-error.ts';
import { configuration, instance, keys } from './discovery.ts';
import type { Entra } from './entra.ts';
import { answerApp, answerMachine, type IdentityRequest } from './managed-identity.ts';
import { answerTokenRequest, isTenant } from './token-endpoint.ts';

/** Of a request for a token; an assertion is some 1,500. Bytes. */
export const TOKEN_BODY_BYTES_MAX = 64 * 1024;

interface Said {
  readonly status: number;
  readonly body: object;
}

/** What a path is for. Tenants are in the path: `/{tenant}/oauth2/v2.0/token`. */
interface Match {
  readonly method: 'GET' | 'POST';
  readonly tenant: string;
  readonly answer: (call: Call) => Said | Promise<Said>;
}

interface Call {
  readonly entra: Entra;
  readonly tenant: string;
  readonly origin: string;
  readonly host: string;
  readonly target: Target;
  readonly header: IdentityRequest['header'];
  readonly text: string;
}

/** Some clients end them with a slash. */
const PATHS: ReadonlyArray<readonly [pattern: RegExp, method: Match['method'], answer: Match['answer']]> = [
  [/^\/([^/]+)\/oauth2\/v2\.0\/token\/?$/, 'POST', (call) => token(call, 'v2')],
  [/^\/([^/]+)\/oauth2\/token\/?$/, 'POST', (call) => token(call, 'v1')],
  [/^\/()metadata\/identity\/oauth2\/token\/?$/, 'GET', (call) => answerMachine(call.entra, identityRequest(call))],
  [/^\/()msi\/token\/?$/, 'GET', (call) => answerApp(call.entra, identityRequest(call))],
  [/^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration\/?$/, 'GET', (call) => document(call, 'v2')],
  [/^\/([^/]+)\/\.well-known\/openid-configuration\/?$/, 'GET', (call) => document(call, 'v1')],
  [/^\/([^/]+)\/discovery\/(?:v2\.0\/)?keys\/?$/, 'GET', async ({ entra }) => ok(await keys(entra))],
  [/^\/()common\/discovery\/instance\/?$/, 'GET', ({ entra, origin, host }) => ok(instance(entra, origin, host))],
];

/**
 * @param access the rules of the port on names and on pages of other places hold here too, or such a page could fetch the token of a
 * managed identity, for which nobody is asked a secret. Its key does not count: nobody would have one before signing in.
 */
export function entraDoor({ entra }: Simulation, access: AdminAccess): AdminDoor {
  return (request, response, target) => {
    const match = matchOf(target.path);
    if (match === null) return false;
    const refusal = access.refusal(request.method ?? 'GET', (name) => headerOf(request, name), 'azure');
    if (refusal !== null && refusal.status !== 401) {
      request.resume();
      send(response, { status: refusal.status, body: { error: 'access_denied', error_description: refusal.message } });
      return true;
    }
    if (request.method !== match.method) {
      send(response, { status: 405, body: { error: 'invalid_request', error_description: `Use ${match.method}.` } });
      return true;
    }
    readBody(request, TOKEN_BODY_BYTES_MAX, (bytes) => {
      if (bytes === null) return send(response, TOO_LARGE, ['connection', 'close']);
      const call = { ...callOf(request, entra, target, match.tenant), text: bytes.toString('utf8') };
      Promise.resolve(match.answer(call)).then(
        (said) => send(response, said),
        (error) => send(response, { status: 500, body: { error: 'server_error', error_description: String(error) } }),
      );
    });
    return true;
  };
}

function matchOf(path: string): Match | null {
  for (const [pattern, method, answer] of PATHS) {
    const found = pattern.exec(path);
    if (found !== null) return { method, tenant: found[1] ?? '', answer };
  }
  return null;
}

function callOf(request: IncomingMessage, entra: Entra, target: Target, tenant: string): Omit<Call, 'text'> {
  const host = hostOf(request);
  const scheme = request.socket instanceof TLSSocket ? 'https' : 'http';
  const header = (name: string): string | undefined => headerOf(request, name);
  return { entra, tenant, host, origin: `${scheme}://${host}`, target, header };
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** As the client knows it: what it is told to ask next has to be there for it. */
function hostOf({ headers }: IncomingMessage): string {
  const { host = '' } = headers;
  return /^[\w.:[\]-]+$/.test(host) ? host : 'localhost';
}

async function token(call: Call, version: 'v1' | 'v2'): Promise<Said> {
  const { entra, tenant, origin, host, header, text } = call;
  const form = withBasic(new URLSearchParams(text), header('authorization'));
  const answer = await answerTokenRequest(entra, { tenant, version, form, origin, host });
  if (answer.kind === 'token') return ok(answer.body);
  const { error } = answer;
  return { status: error.status, body: aadErrorBody(error, entra.nowMs(), header('client-request-id')) };
}

/** Client id and secret may also come as RFC 6749 §2.3.1 has them. */
function withBasic(form: URLSearchParams, authorization: string | undefined): URLSearchParams {
  const basic = /^Basic +([\w+/=-]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return form;
  const [clientId = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
  form.set('client_id', formDecoded(clientId));
  form.set('client_secret', formDecoded(secret));
  return form;
}

function formDecoded(text: string): string {
  return new URLSearchParams(`v=${text}`).get('v') ?? '';
}

function document(call: Call, version: 'v1' | 'v2'): Said {
  const { entra, tenant, origin, header } = call;
  if (isTenant(entra, tenant) || SHARED_TENANTS.includes(tenant)) return ok(configuration(entra, origin, version));
  const error = tenantNotFound(tenant);
  return { status: error.status, body: aadErrorBody(error, entra.nowMs(), header('client-request-id')) };
}

/** Stand for any tenant in documents; a token is of one tenant. */
const SHARED_TENANTS = ['common', 'organizations'];

function identityRequest({ target, header, origin, host }: Call): IdentityRequest {
  return { query: new URLSearchParams(target.query), header, origin, host };
}

const TOO_LARGE: Said = {
  status: 413,
  body: { error: 'invalid_request', error_description: `The body has more than ${TOKEN_BODY_BYTES_MAX} bytes.` },
};

function ok(body: object): Said {
  return { status: 200, body };
}

function send(response: ServerResponse, { status, body }: Said, more: readonly string[] = []): void {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  const headers = [
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    length,
    'cache-control',
    'no-store, no-cache',
  ];
  if (status === 429 || status === 503) headers.push('retry-after', '1');
  response.writeHead(status, [...headers, ...more]);
  response.end(text);
}
