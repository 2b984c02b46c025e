/** What a request of the data plane asks for, told by method, path and query. Source: wire reference §1.2–1.4. */
import { apiVersionOf, parsePath, type Target } from '@spillway/protocol';
import { checkApiVersion } from './api-versions.ts';
import { API_VERSION_ON_V1, API_VERSION_UNKNOWN, RESOURCE_NOT_FOUND, type Refusal } from './wire/refusals.ts';

export interface GenerationRoute {
  readonly kind: 'chat' | 'completions' | 'embeddings' | 'responses';
  /** From the path; null where the body's `model` names it. */
  readonly deployment: string | null;
  /** As Azure's messages name it: a date, or `v1`. */
  readonly apiVersion: string;
  /** As Azure's messages name the operation: `ChatCompletions_Create`. */
  readonly operationId: string;
}

export type Route =
  | GenerationRoute
  | { readonly kind: 'models'; readonly dialect: 'resource' | 'v1'; readonly id: string | null }
  | ServiceRoute
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Anything else below `/openai`: one of the services may know it. */
export interface ServiceRoute {
  readonly kind: 'service';
  readonly dialect: 'classic' | 'resource' | 'v1';
  /** From the path; null where it names none. */
  readonly deployment: string | null;
  /** Behind deployment or prefix, without empty ones, percent-decoded. */
  readonly segments: readonly string[];
  readonly apiVersion: string;
}

const NOT_FOUND: Route = { kind: 'refused', refusal: RESOURCE_NOT_FOUND };
/** Bare mounts are a gateway's kindness; Azure has none. */
const BELOW_OPENAI = /^\/openai\//i;

/** By the path behind deployment or prefix. `inBody`: classic clients name the deployment in the body too. */
const GENERATIONS = new Map<string, { kind: GenerationRoute['kind']; operationId: string; inBody: boolean }>([
  ['chat/completions', { kind: 'chat', operationId: 'ChatCompletions_Create', inBody: false }],
  ['completions', { kind: 'completions', operationId: 'Completions_Create', inBody: false }],
  ['embeddings', { kind: 'embeddings', operationId: 'Embeddings_Create', inBody: false }],
  ['responses', { kind: 'responses', operationId: 'Responses_Create', inBody: true }],
]);

/** @param query without `?`. */
export function routeOf(method: string, path: string, query: string): Route {
  if (!BELOW_OPENAI.test(path)) return NOT_FOUND;
  const target = parsePath(path);
  if (target === null) return NOT_FOUND;
  const given = apiVersionOf(query);
  const problem = apiVersionProblem(target.dialect === 'v1', given, target.operation);
  if (problem !== null) return { kind: 'refused', refusal: problem };
  if (target.dialect !== 'classic' && method === 'GET' && isModels(target.operation)) {
    return modelsRoute(target.dialect, target.operation);
  }
  const generation = GENERATIONS.get(target.operation);
  if (method !== 'POST' || generation === undefined) return serviceRoute(target, given ?? 'v1');
  const { kind, operationId, inBody } = generation;
  if (target.dialect === (inBody ? 'classic' : 'resource')) return NOT_FOUND;
  return { kind, deployment: target.deployment, apiVersion: given ?? 'v1', operationId };
}

/** v1 accepts none, or `v1`; elsewhere a date is demanded, and its absence looks like an unknown path (wire §3.2, 404). */
function apiVersionProblem(v1: boolean, given: string | null, operation: string): Refusal | null {
  if (v1) return given === null || given === 'v1' ? null : API_VERSION_ON_V1;
  if (given === null) return RESOURCE_NOT_FOUND;
  switch (checkApiVersion(given, operation)) {
    case 'served':
      return null;
    case 'malformed':
      return API_VERSION_UNKNOWN;
    case 'unknown':
      return RESOURCE_NOT_FOUND;
  }
}

function serviceRoute({ dialect, deployment, operation }: Target, apiVersion: string): ServiceRoute {
  const segments = operation.split('/').filter((segment) => segment !== '');
  // parsePath lets only what can be decoded pass.
  return { kind: 'service', dialect, deployment, segments: segments.map(decodeURIComponent), apiVersion };
}

function isModels(operation: string): boolean {
  return operation === 'models' || operation.startsWith('models/');
}

function modelsRoute(dialect: 'resource' | 'v1', operation: string): Route {
  return { kind: 'models', dialect, id: operation === 'models' ? null : operation.slice('models/'.length) };
}
