/**
 * Response headers as Azure's, in the dialect of 2026. As a flat list of names and values, because that is what costs node:http least.
 * Source: wire reference §4.1, §4.2 (capture of 2026-07).
 */
import type { Ids } from './ids.ts';
import type { Left, StandardLimits } from './standard.ts';

export type FlatHeaders = string[];

/** Sent with everything. @param clientRequestId what the client sent as `x-ms-client-request-id`. */
export function commonHeaders(ids: Ids, region: string, clientRequestId: string | undefined): FlatHeaders {
  return [
    'cache-control',
    'no-cache, must-revalidate',
    'apim-request-id',
    ids.guid(),
    'strict-transport-security',
    'max-age=31536000; includeSubDomains; preload',
    'x-content-type-options',
    'nosniff',
    'x-ms-client-request-id',
    clientRequestId ?? 'Not-Set',
    'x-ms-region',
    region,
  ];
}

/** Sent besides where a model served the request. */
export function servedHeaders(ids: Ids, deployment: string, servedModel: string, streaming: boolean): FlatHeaders {
  return [
    'x-request-id',
    ids.guid(),
    'x-accel-buffering',
    'no',
    'x-ms-rai-invoked',
    'true',
    'x-ms-deployment-name',
    deployment,
    'x-ms-served-model',
    servedModel,
    'x-ms-is-spilled-over',
    'false',
    'azureai-fe-is-streaming',
    streaming ? 'True' : 'False',
  ];
}

/**
 * The quota as the answer tells it. `limit-requests` is the rate of a minute, also where requests are counted in slices of 10 s: so the
 * capture of 2026-07 has it (180 for 30,000 TPM, period 10).
 * @param resetRequestsSeconds, resetTokensSeconds 0 where that limit did not refuse.
 */
export function rateLimitHeaders(
  key: string,
  limits: StandardLimits,
  left: Left,
  resetRequestsSeconds = 0,
  resetTokensSeconds = 0,
): FlatHeaders {
  return [
    'x-ratelimit-key',
    key,
    'x-ratelimit-limit-requests',
    String(limits.requestsPerMinute),
    'x-ratelimit-limit-tokens',
    String(limits.tokensPerMinute),
    'x-ratelimit-remaining-requests',
    String(left.requests),
    'x-ratelimit-remaining-tokens',
    String(left.tokens),
    'x-ratelimit-renewalperiod-requests',
    String(limits.requestWindowMs / 1000),
    'x-ratelimit-renewalperiod-tokens',
    '60',
    'x-ratelimit-reset-requests',
    String(resetRequestsSeconds),
    'x-ratelimit-reset-tokens',
    String(resetTokensSeconds),
    'x-ratelimit-abusepenalty-active',
    'False',
  ];
}
