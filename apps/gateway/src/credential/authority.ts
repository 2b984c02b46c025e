/**
 * Tokens from Entra ID itself, as an application: by a secret, or by the token of a Kubernetes service account (workload identity).
 * Source: Microsoft Learn, "OAuth 2.0 client credentials flow on the Microsoft identity platform"; RFC 7523 §2.2 for the assertion.
 */
import { open } from 'node:fs/promises';
import type { Clock } from '@spillway/clock';
import type { Environment, Failed, Fetched, Method } from './method.ts';
import { variable } from './method.ts';
import { quoteSafely } from './secret-safe.ts';
import type { Question } from './token-http.ts';
import { askForToken } from './token-http.ts';

const DEFAULT_AUTHORITY = 'https://login.microsoftonline.com';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Bytes of the token file that are read; a service account's token is some 1,500. */
export const ASSERTION_BYTES_MAX = 65_536;

interface Application {
  readonly clientId: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly env: Environment;
}

/** What proves the application to Entra ID: form fields, and the secret among them. */
interface Proof {
  readonly fields: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly wayOut: string;
}

export function clientSecretMethod(app: Application, secret: string): Method {
  const wayOut = 'check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET: the secret may have expired';
  const proof: Proof = { fields: { client_secret: secret }, secret, wayOut };
  return { name: 'client secret', ...whereabouts(app), fetch: (clock, signal) => grant(app, proof, clock, signal) };
}

/** The file is read anew each time: Kubernetes replaces its token every hour. */
export function workloadIdentityMethod(app: Application, tokenFile: string): Method {
  const wayOut =
    'check AZURE_TENANT_ID, AZURE_CLIENT_ID, and that the identity has a federated credential for this cluster, namespace and service account';
  return {
    name: 'workload identity',
    ...whereabouts(app),
    async fetch(clock, signal) {
      const assertion = await readAssertion(tokenFile);
      if (typeof assertion !== 'string') return assertion;
      const fields = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
      return grant(app, { fields, secret: assertion, wayOut }, clock, signal);
    },
  };
}

function whereabouts(app: Application): Pick<Method, 'asks' | 'unreachable'> {
  const asks = quoteSafely(authority(app), []);
  return { asks, unreachable: `check that this machine reaches ${asks}, and AZURE_AUTHORITY_HOST if it is set` };
}

function authority(app: Application): string {
  return variable(app.env, 'AZURE_AUTHORITY_HOST') ?? DEFAULT_AUTHORITY;
}

function grant(app: Application, proof: Proof, clock: Clock, signal: AbortSignal): Promise<Fetched> {
  const url = tokenUrl(app);
  if (!(url instanceof URL)) return Promise.resolve(url);
  const form = { grant_type: 'client_credentials', client_id: app.clientId, scope: app.scope, ...proof.fields };
  const question: Question = {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
  };
  const verdicts = {
    refused: proof.wayOut,
    unreachable: whereabouts(app).unreachable,
    isTransient: (status: number) => status === 408 || status === 429 || status >= 500,
    isAbsent: () => false,
    secrets: [proof.secret],
  };
  return askForToken(question, verdicts, signal, clock.nowMs());
}

/** Plain http is for endpoints on this machine: elsewhere the secret would be there for all to read. */
function tokenUrl(app: Application): URL | Failed {
  const host = authority(app);
  const path = `${encodeURIComponent(app.tenantId)}/oauth2/v2.0/token`;
  const url = URL.parse(path, host.endsWith('/') ? host : `${host}/`);
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url;
  const why = `AZURE_AUTHORITY_HOST: "${quoteSafely(host, [])}" is not an https URL`;
  const wayOut = `give it as in ${DEFAULT_AUTHORITY}, or leave it out`;
  return { kind: 'failed', why, wayOut, transient: false, retryAfterMs: 0 };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

async function readAssertion(path: string): Promise<string | Failed> {
  const place = `AZURE_FEDERATED_TOKEN_FILE: ${quoteSafely(path, [])}`;
  try {
    const bytes = await readHead(path);
    const text = bytes.toString('utf8').trim();
    if (bytes.length > ASSERTION_BYTES_MAX) return badFile(`${place} has more than ${ASSERTION_BYTES_MAX} bytes`);
    return text === '' ? badFile(`${place} is empty`) : text;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return badFile(`${place} cannot be read (${code})`);
  }
}

/** At most one byte more than may be there. */
async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(ASSERTION_BYTES_MAX + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Transient: the kubelet writes the file a moment after the container has started. */
function badFile(why: string): Failed {
  const wayOut = 'check that the pod has the label azure.workload.identity/use: "true" and that the file is mounted';
  return { kind: 'failed', why, wayOut, transient: true, retryAfterMs: 0 };
}
