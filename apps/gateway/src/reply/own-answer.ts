/** Answers the gateway gives in its own name, in Azure's shape with a stable code. Source: wire reference §3.1, §3.4, §8.1. */
import type { BoundReason, NobodyFree } from '@spillway/policy';
import { azureError } from '@spillway/protocol';
import type { BodyRead } from '../listen/inbound.ts';
import { printable } from '../printable.ts';

export interface OwnAnswer {
  readonly status: number;
  /** Header names and values in turn, besides content type and length. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export function ownAnswer(status: number, code: string, message: string, headers: readonly string[] = []): OwnAnswer {
  return { status, headers, body: Buffer.from(JSON.stringify(azureError(code, message))) };
}

export function pinRefused(): OwnAnswer {
  return ownAnswer(
    403,
    'PinRefused',
    "'x-spillway-pin' needs the admin key in 'x-spillway-admin-key' (set SPILLWAY_ADMIN_KEY on the gateway).",
  );
}

/** TRACE sends a request back as it arrived, and it arrives with the gateway's own credential. */
export function methodRefused(method: string): OwnAnswer {
  return ownAnswer(405, 'MethodNotAllowed', `${method} is not passed on by this gateway.`, [
    'allow',
    'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  ]);
}

/** @param what the header that names another machine. */
export function foreignPage(what: 'host' | 'origin'): OwnAnswer {
  return ownAnswer(
    403,
    'ForeignPage',
    `'${what}' names another machine, and this gateway has no client keys, so it serves programs on this machine alone and no pages from elsewhere. Give clients keys, or start it with --allow-anonymous.`,
  );
}

export function badRequest(message: string): OwnAnswer {
  return ownAnswer(400, 'BadRequest', message);
}

export function notFound(path: string): OwnAnswer {
  return ownAnswer(
    404,
    '404',
    `Resource not found: ${printable(path)} is no path of Azure OpenAI; they begin with /openai/.`,
  );
}

export function deploymentNotFound(name: string): OwnAnswer {
  return ownAnswer(
    404,
    'DeploymentNotFound',
    `The API deployment '${printable(name)}' does not exist: no pool, alias or deployment of this gateway has that name.`,
  );
}

/** @param id as the client sent it. */
export function sealBroken(id: string): OwnAnswer {
  return ownAnswer(
    404,
    'UnknownState',
    `The id '${printable(id)}' was not made by this gateway, or with a key that it no longer has. Replicas need the same SPILLWAY_SEAL_KEY, and keep older keys for as long as clients keep ids.`,
  );
}

export function scatteredState([one, other]: readonly [string, string]): OwnAnswer {
  return ownAnswer(
    400,
    'StateOnTwoResources',
    `The request names state of '${printable(one)}' and of '${printable(other)}', and no resource has both: upload or create what it needs on one of them.`,
  );
}

export function ownerGone(owner: string): OwnAnswer {
  return ownAnswer(
    404,
    'StateOwnerGone',
    `What the request names is kept by the backend '${printable(owner)}', which this gateway's configuration no longer has. Put it back, or create the state anew.`,
  );
}

export function ownerNotInPool(owner: string, pool: string): OwnAnswer {
  return ownAnswer(
    404,
    'StateOwnerLacksModel',
    `What the request names is kept by the backend '${printable(owner)}', which has no deployment of '${printable(pool)}'. Ask for a model that it has, or create the state anew.`,
  );
}

const BOUND_KEYS: Readonly<Record<BoundReason, string>> = {
  regionNotAllowed: 'regions',
  typeNotAllowed: 'types',
  modelVersionNotAllowed: 'modelVersions',
  contentFilterNotAllowed: 'contentFilters',
  featureMissing: 'features',
  contextTooShort: 'contextTokensMin',
};

export function nobodyAllowed(pool: string, bound: BoundReason): OwnAnswer {
  return ownAnswer(
    403,
    'OutsideBounds',
    `This client may use no deployment of '${printable(pool)}': each is outside its '${BOUND_KEYS[bound]}'. Ask for another model, or have the bounds of the client changed.`,
  );
}

export function bodyRefused(read: Exclude<BodyRead, { readonly kind: 'whole' }>): OwnAnswer {
  if (read.kind === 'noRoom') {
    const message = `The gateway cannot keep the request body now: ${read.reason}; retry after 1 second.`;
    return ownAnswer(503, 'GatewayBusy', message, ['retry-after-ms', '1000', 'retry-after', '1']);
  }
  const message = `The request body is larger than ${read.bytesMax} bytes, the limit '${read.setting}' of this gateway.`;
  return ownAnswer(413, 'RequestTooLarge', message);
}

export function tooManyExchanges(exchangesMax: number): OwnAnswer {
  return ownAnswer(
    503,
    'GatewayBusy',
    `The gateway serves ${exchangesMax} requests at once, its limit 'limits.exchangesMax'; retry after 1 second.`,
    ['retry-after-ms', '1000', 'retry-after', '1'],
  );
}

export function tooManyOfClient(exchangesMax: number): OwnAnswer {
  return ownAnswer(
    429,
    'TooManyExchanges',
    `This client has ${exchangesMax} requests under way, the limit 'limits.exchangesPerClientMax' of this gateway; retry after 1 second, or send fewer at once.`,
    ['retry-after-ms', '1000', 'retry-after', '1'],
  );
}

/** @param lastFailure what became of the last try, for the operator who reads it; null where none was made. */
export function nobodyFreeAnswer(pool: string, verdict: NobodyFree, lastFailure: string | null): OwnAnswer {
  const seconds = Math.max(1, Math.ceil(verdict.retryAfterMs / 1000));
  const headers = ['retry-after-ms', String(verdict.retryAfterMs), 'retry-after', String(seconds)];
  const retry = `Please retry after ${seconds} second${seconds === 1 ? '' : 's'}.`;
  if (verdict.status === 429) {
    const message = `No deployment of ${printable(pool)} can take the request now: the rate limit is exceeded. ${retry}`;
    return ownAnswer(429, '429', message, headers);
  }
  const failure = lastFailure === null ? '' : ` The last try ended with: ${lastFailure}.`;
  return ownAnswer(
    503,
    'NoDeploymentAvailable',
    `No deployment of ${printable(pool)} can be used now.${failure} ${retry}`,
    headers,
  );
}

/** A failure that must not be repeated elsewhere, because the work may have been done. */
export function notRepeated(status: 502 | 504, deployment: string, failure: string): OwnAnswer {
  return ownAnswer(
    status,
    status === 504 ? 'UpstreamTimeout' : 'UpstreamFailed',
    `${deployment} did not answer (${failure}). The request may have taken effect there, so the gateway did not send it to another deployment; check before you repeat it.`,
  );
}

export function outOfTime(totalMs: number): OwnAnswer {
  return ownAnswer(
    504,
    'Timeout',
    `The request was not answered within ${totalMs} ms, the limit 'timeouts.totalMs' of this gateway.`,
  );
}
