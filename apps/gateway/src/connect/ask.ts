/** What to ask of each deployment: the smallest request that makes its model answer. */
import type { Backend, Deployment, Fleet } from '@spillway/policy';
import { modelFacts, upstreamPath } from '@spillway/protocol';
import { originOf } from '../forward/request.ts';

export interface ConnectAsk {
  readonly backend: Backend;
  /** Id of the deployment, `<backend>/` for the resource itself. */
  readonly id: string;
  /** The model configured; null where none is, or where no deployment is asked. */
  readonly model: string | null;
  readonly kind: 'chat' | 'embeddings' | 'models';
  readonly method: 'GET' | 'POST';
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly body: string | null;
  /** In words, for the finding. */
  readonly text: string;
}

/** The last dated version without `preview`; every resource has it. */
const API_VERSION = '2024-10-21';
/** Reasoning models want `max_completion_tokens`, which came with later ones. Source: wire reference, legend, SPEC. */
const API_VERSION_REASONING = '2025-03-01-preview';

/** Thoughts count too, so a reasoning model needs some before it comes to an answer. */
const REASONING_TOKENS_MAX = 16;

export function asksOf(fleet: Fleet): readonly ConnectAsk[] {
  const listed = fleet.deployments.map((deployment) => askDeployment(deployment));
  const open = fleet.openBackends.map(({ backend, deploymentName }) =>
    deploymentName === null
      ? askResource(backend)
      : askDeployment({ id: `${backend.name}/${deploymentName}`, backend, name: deploymentName, model: null }),
  );
  return [...listed, ...open];
}

function askDeployment({
  id,
  backend,
  name,
  model,
}: Pick<Deployment, 'id' | 'backend' | 'name' | 'model'>): ConnectAsk {
  const facts = modelFacts(model ?? name);
  // A picture, speech or a session has no smallest request that is nearly free: only the resource is asked.
  if (facts.kind !== 'chat' && facts.kind !== 'embeddings') return { ...askResource(backend), id };
  const { operation, apiVersion, body, limit } = requestFor(facts.kind, facts.reasoning);
  const target = { dialect: 'classic', deployment: name, operation } as const;
  const path = `${upstreamPath(target, null)}?api-version=${apiVersion}`;
  const ask = { backend, id, model, kind: facts.kind, method: 'POST', body: JSON.stringify(body) } as const;
  return { ...ask, ...located(backend, path, 'POST', limit) };
}

function requestFor(kind: 'chat' | 'embeddings', reasoning: boolean) {
  if (kind === 'embeddings') {
    return { operation: 'embeddings', apiVersion: API_VERSION, body: { input: 'Hi' }, limit: '' };
  }
  const messages = [{ role: 'user', content: 'Hi' }];
  const operation = 'chat/completions';
  if (reasoning) {
    const body = { messages, max_completion_tokens: REASONING_TOKENS_MAX };
    const limit = ` with max_completion_tokens ${REASONING_TOKENS_MAX}`;
    return { operation, apiVersion: API_VERSION_REASONING, body, limit };
  }
  return { operation, apiVersion: API_VERSION, body: { messages, max_tokens: 1 }, limit: ' with max_tokens 1' };
}

/** Needs no deployment, costs nothing, and is answered only to who has the key. */
function askResource(backend: Backend): ConnectAsk {
  const target = { dialect: 'resource', deployment: null, operation: 'models' } as const;
  const path = `${upstreamPath(target, null)}?api-version=${API_VERSION}`;
  const ask = { backend, id: `${backend.name}/`, model: null, kind: 'models', method: 'GET', body: null } as const;
  return { ...ask, ...located(backend, path, 'GET', '') };
}

function located(backend: Backend, path: string, method: string, limit: string) {
  const { origin, basePath } = originOf(backend.url);
  return { origin, path: basePath + path, text: `${method} ${origin}${basePath}${path}${limit}` };
}
