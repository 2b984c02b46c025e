/** The request as a backend gets it: its own path, host and credential; the client's headers without what ends at the gateway. */
import type { Deployment } from '@spillway/policy';
import { goesUp, modelPart, type Replacement, type Span, type Target, upstreamPath } from '@spillway/protocol';
import { type Body, type BodyUp, formFacts, headOf, jsonFacts, replaced } from '../body/body.ts';
import type { AuthHeader } from '../credential/credential.ts';
import { connectionOptions, type RawHeaders } from '../listen/inbound.ts';
import { remembered } from '../remembered.ts';
import { aimAt } from './dialect.ts';
import type { UpstreamRequest } from './upstream.ts';

export interface ClientRequest {
  readonly method: string;
  readonly target: Target;
  readonly query: string;
  readonly rawHeaders: RawHeaders;
  readonly body: Body;
  readonly named: Named;
  /** What else stands otherwise in the body that goes up: ids as their owner knows them. In order. */
  readonly replacements: readonly Replacement[];
}

/** How the body names what is asked for. */
interface Named {
  /** null where it does not. */
  readonly model: string | null;
  /** Where; of JSON with the quotes. */
  readonly modelSpans: readonly Span[];
  /** Of a `multipart/form-data` body; null for others. */
  readonly boundary: string | null;
}

export function upstreamRequest(client: ClientRequest, deployment: Deployment, auth: AuthHeader): UpstreamRequest {
  const { origin, basePath } = originOf(deployment.backend.url);
  const aim = aimAt(client.target, client.query, deployment.backend);
  const path = basePath + pathAt(aim.target, deployment);
  return {
    origin,
    method: client.method,
    path: aim.query === '' ? path : `${path}?${aim.query}`,
    headers: headersUp(client.rawHeaders, auth),
    body: client.body.length === 0 ? null : bodyFor(client, deployment, aim.namesModel),
  };
}

/** Path without base path and query, as logs show it. */
export function pathFor({ target }: Pick<ClientRequest, 'target'>, deployment: Deployment): string {
  return pathAt(aimAt(target, '', deployment.backend).target, deployment);
}

function pathAt(target: Target, { name }: Deployment): string {
  return upstreamPath(target, name === '' ? null : name);
}

/** @param namesModel the path does not name the deployment any more. */
function bodyFor(client: ClientRequest, deployment: Deployment, namesModel: boolean): BodyUp {
  const { body, replacements } = client;
  const names = namesModel ? nameAdded(client, deployment) : nameReplacements(client, deployment);
  if (names.length === 0 && replacements.length === 0) return body;
  const all = replacements.length === 0 ? names : [...names, ...replacements].sort((a, b) => a.start - b.start);
  return replaced(body, all);
}

/** A key that stands twice could be read as another name than the one that was let in. */
function nameReplacements(client: ClientRequest, { name }: Deployment): readonly Replacement[] {
  const { modelSpans, model, boundary } = client.named;
  if (modelSpans.length === 0 || name === '' || (modelSpans.length === 1 && model === name)) return [];
  const bytes = Buffer.from(boundary === null ? JSON.stringify(name) : name);
  return modelSpans.map(({ start, end }) => ({ start, end, bytes }));
}

const OPEN_BRACE = 0x7b;

/** The name goes where the body has it, or to its beginning. A body that is neither object nor form is the backend's to refuse. */
function nameAdded({ body, named }: ClientRequest, { name }: Deployment): readonly Replacement[] {
  const { boundary } = named;
  const form = boundary === null ? null : formFacts(body, boundary);
  const facts = boundary === null ? jsonFacts(body) : null;
  const spans = form?.model ?? facts?.model ?? [];
  const written = Buffer.from(boundary === null ? JSON.stringify(name) : name);
  if (spans.length > 0) return spans.map(({ start, end }) => ({ start, end, bytes: written }));
  if (form !== null && boundary !== null) {
    return [{ start: form.start, end: form.start, bytes: Buffer.from(modelPart(boundary, name)) }];
  }
  if (facts === null) return [];
  const head = headOf(body);
  const start = head.indexOf(OPEN_BRACE) + 1;
  const comma = head.subarray(start).toString('latin1', 0, BLANKS_MAX).trimStart().startsWith('}') ? '' : ',';
  return [{ start, end: start, bytes: Buffer.from(`"model":${JSON.stringify(name)}${comma}`) }];
}

/** Blanks after the first brace that are looked past to see whether the object is empty. */
const BLANKS_MAX = 64;

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
