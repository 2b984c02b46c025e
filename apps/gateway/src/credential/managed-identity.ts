/**
 * Tokens of a managed identity: from the endpoint that Container Apps and App Service put beside an app, or from the metadata service
 * of a virtual machine (IMDS). Both want a `resource`: the scope without its `/.default`.
 * Sources: Microsoft Learn, "How to use managed identities for App Service and Azure Functions" (REST endpoint reference) and "How to use
 * managed identities on an Azure VM to acquire an access token" (error handling, retry guidance).
 */
import type { Clock } from '@spillway/clock';
import type { Environment, Failed, Fetched, Method } from './method.ts';
import { variable } from './method.ts';
import { quoteSafely } from './secret-safe.ts';
import type { Question } from './token-http.ts';
import { ask, askForToken } from './token-http.ts';

const MACHINE_ENDPOINT = 'http://169.254.169.254';
const MACHINE_ENDPOINT_VARIABLE = 'AZURE_POD_IDENTITY_AUTHORITY_HOST';
const MACHINE_PATH = '/metadata/identity/oauth2/token';

/** Outside Azure nothing answers at the machine's endpoint, not even with a refusal; so long is waited to find out. Milliseconds. */
export const MACHINE_PROBE_MS_MAX = 1_000;

interface Target {
  readonly scope: string;
  readonly env: Environment;
}

/** `endpoint` and `header` are the values of IDENTITY_ENDPOINT and IDENTITY_HEADER. */
export function appIdentityMethod(target: Target, endpoint: string, header: string): Method {
  const fetch = async (clock: Clock, signal: AbortSignal): Promise<Fetched> => {
    const url = URL.parse(endpoint);
    if (!isHttp(url)) return badEndpoint('IDENTITY_ENDPOINT', endpoint);
    const question = identityQuestion(url, target, '2019-08-01', { 'x-identity-header': header });
    return askForToken(question, { ...VERDICTS, secrets: [header] }, signal, clock.nowMs());
  };
  return {
    name: 'managed identity of the app',
    asks: quoteSafely(endpoint, [header]),
    unreachable: VERDICTS.unreachable,
    fetch,
  };
}

export function machineIdentityMethod(target: Target): Method {
  const endpoint = variable(target.env, MACHINE_ENDPOINT_VARIABLE) ?? MACHINE_ENDPOINT;
  const fetch = async (clock: Clock, signal: AbortSignal): Promise<Fetched> => {
    const url = URL.parse(MACHINE_PATH, endpoint);
    if (!isHttp(url)) return badEndpoint(MACHINE_ENDPOINT_VARIABLE, endpoint);
    const absent = await probe(url, clock, signal);
    if (absent !== null) return { kind: 'absent', why: absent };
    const question = identityQuestion(url, target, '2018-02-01', { metadata: 'true' });
    // 400: the service is there, but this machine has no such identity; a developer's machine in Azure goes on to `az login`.
    const verdicts = { ...VERDICTS, isAbsent: (status: number) => status === 400, secrets: [] };
    return askForToken(question, verdicts, signal, clock.nowMs());
  };
  return {
    name: 'managed identity of the machine',
    asks: quoteSafely(endpoint, []),
    unreachable: VERDICTS.unreachable,
    fetch,
  };
}

const VERDICTS = {
  refused: 'assign a managed identity to this app or machine; if it has several, name one with AZURE_CLIENT_ID',
  unreachable: 'check that the managed identity endpoint of this app or machine is up',
  // 404 and 410: the service is being updated, for at most 70 seconds. 429 and 5xx: wait at least a second, then longer.
  isTransient: (status: number) => [404, 408, 410, 429].includes(status) || status >= 500,
  isAbsent: () => false,
};

function identityQuestion(
  endpoint: URL,
  target: Target,
  apiVersion: string,
  headers: Readonly<Record<string, string>>,
): Question {
  const url = new URL(endpoint);
  url.searchParams.set('api-version', apiVersion);
  url.searchParams.set('resource', target.scope.replace(/\/\.default$/, ''));
  const clientId = variable(target.env, 'AZURE_CLIENT_ID');
  if (clientId !== null) url.searchParams.set('client_id', clientId);
  return { method: 'GET', url, headers, body: '' };
}

/**
 * Why this is no machine of Azure's, or null if it may be one. The question lacks the header `Metadata`, so that Azure's
 * service refuses it at once. 401 and 403 come from other clouds' services at the same address, and from Docker Desktop, which
 * finds no way there.
 */
async function probe(url: URL, clock: Clock, signal: AbortSignal): Promise<string | null> {
  const limit = new AbortController();
  const timer = clock.after(MACHINE_PROBE_MS_MAX, () => limit.abort());
  const question: Question = { method: 'GET', url, headers: {}, body: '' };
  const answer = await ask(question, AbortSignal.any([signal, limit.signal]), clock.nowMs());
  timer.cancel();
  if (limit.signal.aborted) return `nothing answered at ${url.origin} within ${MACHINE_PROBE_MS_MAX} ms`;
  if (answer.kind === 'silence') return `nothing answered at ${url.origin} (${answer.why})`;
  if (answer.status === 401 || answer.status === 403) {
    return `${url.origin} answered ${answer.status}: not Azure's metadata service`;
  }
  return null;
}

function isHttp(url: URL | null): url is URL {
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}

function badEndpoint(name: string, value: string): Failed {
  const why = `${name}: "${quoteSafely(value, [])}" is not a URL`;
  return { kind: 'failed', why, wayOut: `correct ${name}`, transient: false, retryAfterMs: 0 };
}
