/** Backends, each with its breaker, and the pools over them. */
import { idOf, parameter, propertiesOf, text, type Value } from '../arm/expression.ts';
import { named, parentOf, type Resource } from '../arm/template.ts';
import type { PlannedBackend, PlannedPool } from './plan.ts';
import { SPILLWAY_BACKEND } from './policy.ts';
import { APIM_API, SERVICE, service } from './service.ts';

/** @param account where the template makes it; its URL is known to Azure alone. */
export function singleOf(planned: PlannedBackend, account: Resource | undefined, tripMs: number): Resource {
  return backendOf(planned.id, {
    description: planned.deployment === null ? `Azure OpenAI resource ${planned.backend.name}` : planned.deployment.id,
    type: 'Single',
    protocol: 'http',
    url: urlOf(planned, account),
    circuitBreaker: { rules: [breaker(tripMs)] },
    tls: { validateCertificateChain: true, validateCertificateName: true },
  });
}

function urlOf({ backend, deployment }: PlannedBackend, account: Resource | undefined): Value {
  const path = deployment === null ? 'openai' : `openai/deployments/${encodeURIComponent(deployment.name)}`;
  return account === undefined ? `${backend.url}/${path}` : text`${propertiesOf(account).at('endpoint')}${path}`;
}

/**
 * The first refusal or failure opens it, for as long as `Retry-After` says: a backend may have one rule only, and to wait for a second 429
 * would be to send it what it just refused.
 */
function breaker(tripMs: number): Value {
  return {
    name: 'throttled-or-failed',
    failureCondition: {
      count: 1,
      interval: 'PT10S',
      statusCodeRanges: [
        { min: 429, max: 429 },
        { min: 500, max: 599 },
      ],
    },
    tripDuration: duration(tripMs),
    acceptRetryAfter: true,
  };
}

/** ISO 8601, whole seconds. */
function duration(ms: number): string {
  return `PT${Math.max(1, Math.ceil(ms / 1000))}S`;
}

export function poolOf({ id, names, members }: PlannedPool, singles: ReadonlyMap<string, Resource>): Resource {
  const services = members.flatMap(({ backend, priority, weight }): Value[] => {
    const single = singles.get(backend.id);
    return single === undefined ? [] : [{ id: idOf(single), priority, weight }];
  });
  const description = names === null ? 'for every name that leads nowhere else' : `for ${names.join(', ')}`;
  return backendOf(id, { description: description.slice(0, 2_000), type: 'Pool', pool: { services } });
}

/** The gateway, which balances by itself. No breaker: its 429 is of one client, and must not silence the others. */
export function spillwayBackend(): Resource {
  return backendOf(SPILLWAY_BACKEND, {
    description: 'Spillway',
    type: 'Single',
    protocol: 'http',
    url: text`${parameter('spillwayUrl')}/openai`,
    tls: { validateCertificateChain: true, validateCertificateName: true },
  });
}

function backendOf(id: string, properties: { readonly [key: string]: Value }): Resource {
  return {
    symbol: `backend_${id.replaceAll('-', '_')}`,
    type: `${SERVICE}/backends`,
    apiVersion: APIM_API,
    name: named(id),
    parent: parentOf(service),
    body: { properties },
  };
}
