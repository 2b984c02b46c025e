/** The request as a backend gets it: its own path, host and credential; the client's headers without what ends at the gateway. */
import type { Deployment } from '@spillway/policy';
import { goesUp, type Span, splice, type Target, upstreamPath } from '@spillway/protocol';
import type { AuthHeader } from '../credential/credential.ts';
import { connectionOptions, type RawHeaders } from '../listen/inbound.ts';
import type { UpstreamRequest } from './upstream.ts';

export interface ClientRequest {
  readonly method: string;
  readonly target: Target;
  readonly query: string;
  readonly rawHeaders: RawHeaders;
  readonly body: Buffer;
  /** The name asked for in the body; null where there is none. */
  readonly model: string | null;
  readonly modelSpans: readonly Span[];
}

export function upstreamRequest(client: ClientRequest, deployment: Deployment, auth: AuthHeader): UpstreamRequest {
  const { origin, basePath } = originOf(deployment.backend.url);
  const path = basePath + pathFor(client, deployment);
  return {
    origin,
    method: client.method,
    path: client.query === '' ? path : `${path}?${client.query}`,
    headers: headersUp(client.rawHeaders, auth),
    body: client.body.length === 0 ? null : bodyFor(client, deployment),
  };
}

/** Path without base path and query, as logs show it. */
export function pathFor(client: Pick<ClientRequest, 'target'>, deployment: Deployment): string {
  return upstreamPath(client.target, deployment.name === '' ? null : deployment.name);
}

function bodyFor(client: ClientRequest, deployment: Deployment): Buffer {
  const { modelSpans, body, model } = client;
  if (modelSpans.length === 0 || deployment.name === '') return body;
  // A key that stands twice could be read as another name than the one that was let in.
  if (modelSpans.length === 1 && model === deployment.name) return body;
  const spliced = splice(body, modelSpans, Buffer.from(JSON.stringify(deployment.name)));
  return Buffer.from(spliced.buffer, spliced.byteOffset, spliced.byteLength);
}

/** Names as written by clients, and whether they go up; so that a name is lower-cased and looked up once, not on each request. */
const verdicts = new Map<string, boolean>();
const VERDICTS_MAX = 1_000;

function passesUp(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const verdict = goesUp(name.toLowerCase());
  if (verdicts.size < VERDICTS_MAX) verdicts.set(name, verdict);
  return verdict;
}

function headersUp(raw: RawHeaders, auth: AuthHeader): string[] {
  const headers: string[] = [];
  const named = connectionOptions(raw);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i];
    const value = raw[i + 1];
    if (name === undefined || value === undefined || !passesUp(name)) continue;
    if (named === null || !named.includes(name.toLowerCase())) headers.push(name, value);
  }
  headers.push(auth.name, auth.value);
  return headers;
}

interface Origin {
  readonly origin: string;
  readonly basePath: string;
}

const origins = new Map<string, Origin>();
const ORIGINS_MAX = 1_000;

/** Splits a backend's URL once, not on each request. */
export function originOf(url: string): Origin {
  const known = origins.get(url);
  if (known !== undefined) return known;
  const { origin, pathname } = new URL(url);
  const made = { origin, basePath: pathname === '/' ? '' : pathname.replace(/\/$/, '') };
  if (origins.size < ORIGINS_MAX) origins.set(url, made);
  return made;
}
