/**
 * Response headers as Azure's, in the dialects of three years. As a flat list of names and values, because that is what costs
 * node:http least. Source: wire reference §4.1, §4.2 (captures of 2024-04, 2025 and 2026-07).
 */
import type { Ids } from '../ids.ts';
import type { Left, StandardLimits } from '../quota/window.ts';

export type FlatHeaders = string[];

/** Which year's headers and messages a resource speaks. */
export const DIALECTS = ['2024', '2025', '2026'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** What an answer's headers need to know of its resource and request. */
export interface HeaderContext {
  readonly ids: Ids;
  readonly dialect: Dialect;
  /** As Azure shows it: `East US`. */
  readonly region: string;
  /** What the client sent as `x-ms-client-request-id`. */
  readonly clientRequestId: string | undefined;
}

/** Sent with everything. */
export function commonHeaders({ ids, dialect, region, clientRequestId }: HeaderContext): FlatHeaders {
  const requestId = ids.guid();
  const absent = dialect === '2024' ? requestId : 'Not-Set';
  const headers = [
    'cache-control',
    'no-cache, must-revalidate',
    'apim-request-id',
    requestId,
    'strict-transport-security',
    'max-age=31536000; includeSubDomains; preload',
    'x-content-type-options',
    'nosniff',
    'x-ms-client-request-id',
    clientRequestId ?? absent,
    'x-ms-region',
    region,
  ];
  if (dialect === '2024') headers.push('access-control-allow-origin', '*');
  return headers;
}

/** What answered, for the headers. */
export interface Served {
  readonly deployment: string;
  readonly servedModel: string;
  readonly streaming: boolean;
  /** Name of the provisioned deployment that passed the request on, and the status it did that with; null for an ordinary answer. */
  readonly spilledFrom: { readonly deployment: string; readonly status: number } | null;
}

/** Sent besides where a model served the request. */
export function servedHeaders({ ids, dialect }: HeaderContext, served: Served): FlatHeaders {
  const { deployment, servedModel, streaming } = served;
  const headers = ['x-request-id', ids.guid(), 'x-accel-buffering', 'no', 'x-ms-rai-invoked', 'true'];
  if (dialect === '2024') headers.push('azureml-model-session', ids.modelSession());
  else headers.push('x-ms-deployment-name', deployment);
  if (dialect === '2026') {
    const spilled = served.spilledFrom === null ? 'false' : 'true';
    headers.push('x-ms-served-model', servedModel, 'x-ms-is-spilled-over', spilled);
    headers.push('azureai-fe-is-streaming', streaming ? 'True' : 'False');
  }
  return headers;
}

/** Sent besides, on success and failure alike, where a provisioned deployment passed the request on (wire §7.7). */
export function spilloverHeaders(spilledFrom: NonNullable<Served['spilledFrom']>): FlatHeaders {
  const { deployment, status } = spilledFrom;
  return ['x-ms-spillover-from-deployment', deployment, 'x-ms-spillover-error', String(status)];
}

/** Seconds until a limit is free again; 0 where it did not refuse. */
export interface Resets {
  readonly requestsSeconds: number;
  readonly tokensSeconds: number;
}

export const NO_RESETS: Resets = { requestsSeconds: 0, tokensSeconds: 0 };

/**
 * The quota as the answer tells it. `limit-requests` is the rate of a minute, also where requests are counted in slices of 10 s: so
 * the capture of 2026-07 has it (180 for 30,000 TPM, period 10).
 * @param key model or deployment that the quota is of.
 */
export function rateLimitHeaders(
  dialect: Dialect,
  key: string,
  limits: StandardLimits,
  left: Left,
  resets = NO_RESETS,
): FlatHeaders {
  const headers = limitHeaders(dialect, key, limits, left, resets);
  const limited = Number.isFinite(limits.tokensPerMinute) && Number.isFinite(limits.requestsPerMinute);
  return limited ? headers : withoutUnlimited(headers);
}

/** What is not limited is not told. */
function withoutUnlimited(headers: FlatHeaders): FlatHeaders {
  return headers.filter((_, i) => headers[i - (i % 2) + 1] !== 'Infinity');
}

function limitHeaders(dialect: Dialect, key: string, limits: StandardLimits, left: Left, resets: Resets): FlatHeaders {
  const { requestsSeconds, tokensSeconds } = resets;
  if (dialect === '2024') return rateLimitHeadersOf2024(left, resets);
  const headers = [
    'x-ratelimit-limit-requests',
    String(limits.requestsPerMinute),
    'x-ratelimit-limit-tokens',
    String(limits.tokensPerMinute),
    'x-ratelimit-remaining-requests',
    String(left.requests),
    'x-ratelimit-remaining-tokens',
    String(left.tokens),
  ];
  if (dialect === '2025') {
    if (requestsSeconds > 0) headers.push('x-ratelimit-reset-requests', String(requestsSeconds));
    if (tokensSeconds > 0) headers.push('x-ratelimit-reset-tokens', String(tokensSeconds));
    return headers;
  }
  headers.push('x-ratelimit-key', key);
  headers.push('x-ratelimit-renewalperiod-requests', String(limits.requestWindowMs / 1000));
  headers.push('x-ratelimit-renewalperiod-tokens', '60', 'x-ratelimit-abusepenalty-active', 'False');
  headers.push(
    'x-ratelimit-reset-requests',
    String(requestsSeconds),
    'x-ratelimit-reset-tokens',
    String(tokensSeconds),
  );
  return headers;
}

/** What remained, in the slice for requests (30,000 TPM: 29 after the first), and on a 429 which limit it was. */
function rateLimitHeadersOf2024(left: Left, { requestsSeconds, tokensSeconds }: Resets): FlatHeaders {
  const headers = [
    'x-ratelimit-remaining-requests',
    String(left.requestsOfSlice),
    'x-ratelimit-remaining-tokens',
    String(left.tokens),
  ];
  if (requestsSeconds > 0) headers.push('x-ratelimit-reset-requests', String(requestsSeconds));
  if (tokensSeconds > 0) headers.push('x-ratelimit-reset-tokens', String(tokensSeconds));
  return headers;
}

/** Of provisioned deployments, in place of the rate limits: on success and on 429 (wire §4.1). @param utilisation 1 is 100 %. */
export function utilisationHeaders(utilisation: number): FlatHeaders {
  return ['azure-openai-deployment-utilization', `${Math.round(utilisation * 1000) / 10}%`];
}

/** How long to wait, as both headers say it: milliseconds to the finest, seconds rounded up. */
export function retryHeaders(waitMs: number): FlatHeaders {
  const ms = Math.max(1, Math.ceil(waitMs));
  return ['retry-after', String(Math.max(1, Math.ceil(waitMs / 1000))), 'retry-after-ms', String(ms)];
}
