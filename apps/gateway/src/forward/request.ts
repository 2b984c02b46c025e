/** The request as a backend gets it: its own path, host and credential; the client's headers without what ends at the gateway. */
import type { Deployment } from '@spillway/policy';
import { goesUp, type Replacement, replaceSpans, type Span, type Target, upstreamPath } from '@spillway/protocol';
import type { AuthHeader } from '../credential/credential.ts';
import { connectionOptions, type RawHeaders } from '../listen/inbound.ts';
import { remembered } from '../remembered.ts';
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
  /** What else stands otherwise in the body that goes up: ids as their owner knows them. In order. */
  readonly replacements: readonly Replacement[];
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
  const { body, replacements } = client;
  const names = nameReplacements(client, deployment);
  if (names.length === 0 && replacements.length === 0) return body;
  const all = replacements.length === 0 ? names : [...names, ...replacements].sort((a, b) => a.start - b.start);
  const replaced = replaceSpans(body, all);
  return Buffer.from(replaced.buffer, replaced.byteOffset, replaced.byteLength);
}

/** A key that stands twice could be read as another name than the one that was let in. */
function nameReplacements({ modelSpans, model }: ClientRequest, { name }: Deployment): readonly Replacement[] {
  if (modelSpans.length === 0 || name === '' || (modelSpans.length === 1 && model === name)) return [];
  const bytes = Buffer.from(JSON.stringify(name));
  return modelSpans.map(({ start, end }) => ({ start, end, bytes }));
}

const NAMES_MAX = 1_000;
/** By the name as clients write it. */
const passesUp = remembered(NAMES_MAX, (name) => goesUp(name.toLowerCase()));

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

const ORIGINS_MAX = 1_000;

/** Splits a backend's URL. */
export const originOf = remembered(ORIGINS_MAX, (url): Origin => {
  const { origin, pathname } = new URL(url);
  return { origin, basePath: pathname === '/' ? '' : pathname.replace(/\/$/, '') };
});
