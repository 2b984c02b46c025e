/** What a request of the data plane asks for, told by method, path and query. Source: wire reference §1.2–1.4. */
import { apiVersionOf, parsePath } from '@spillway/protocol';
import { API_VERSION_ON_V1, API_VERSION_UNKNOWN, RESOURCE_NOT_FOUND, type Refusal } from './refusals.ts';

export type Route =
  | {
      readonly kind: 'chat' | 'embeddings';
      /** From the path; null where the body's `model` names it (v1). */
      readonly deployment: string | null;
      /** As Azure's messages name it: a date, or `v1`. */
      readonly apiVersion: string;
    }
  | { readonly kind: 'models'; readonly dialect: 'resource' | 'v1'; readonly id: string | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const NOT_FOUND: Route = { kind: 'refused', refusal: RESOURCE_NOT_FOUND };
/** Bare mounts are a gateway's kindness; Azure has none. */
const BELOW_OPENAI = /^\/openai\//i;
const API_VERSION = /^\d{4}-\d{2}-\d{2}(-preview)?$/;

/** @param query without `?`. */
export function routeOf(method: string, path: string, query: string): Route {
  if (!BELOW_OPENAI.test(path)) return NOT_FOUND;
  const target = parsePath(path);
  if (target === null) return NOT_FOUND;
  const given = apiVersionOf(query);
  const problem = checkApiVersion(target.dialect === 'v1', given);
  if (problem !== null) return { kind: 'refused', refusal: problem };
  const apiVersion = given ?? 'v1';
  if (target.dialect !== 'classic' && method === 'GET') return modelsRoute(target.dialect, target.operation);
  if (target.dialect === 'resource' || method !== 'POST') return NOT_FOUND;
  switch (target.operation) {
    case 'chat/completions':
      return { kind: 'chat', deployment: target.deployment, apiVersion };
    case 'embeddings':
      return { kind: 'embeddings', deployment: target.deployment, apiVersion };
    default:
      return NOT_FOUND;
  }
}

/** v1 accepts none, or `v1`; elsewhere a date is demanded, and its absence looks like an unknown path (wire §3.2, 404). */
function checkApiVersion(v1: boolean, given: string | null): Refusal | null {
  if (v1) return given === null || given === 'v1' ? null : API_VERSION_ON_V1;
  if (given === null) return RESOURCE_NOT_FOUND;
  return API_VERSION.test(given) ? null : API_VERSION_UNKNOWN;
}

function modelsRoute(dialect: 'resource' | 'v1', operation: string): Route {
  if (operation === 'models') return { kind: 'models', dialect, id: null };
  if (operation.startsWith('models/')) return { kind: 'models', dialect, id: operation.slice(7) };
  return NOT_FOUND;
}
