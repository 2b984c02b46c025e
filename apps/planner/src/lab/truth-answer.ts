/** What an answer of the truth shows a gateway: status, headers in Azure's names and spellings, and when it comes. */
import { rateLimitHeaders, retryHeaders, type StandardLimits, utilisationHeaders } from '@spillway/azure-model';
import type { HeaderLookup, Usage } from '@spillway/protocol';
import type { Draw, LabDeployment } from './types.ts';

/** One try, as it really went. */
export interface TrueAnswer {
  /** 0: the connection was refused. */
  readonly status: number;
  readonly header: HeaderLookup;
  /** From the request to the answer's head. Milliseconds. */
  readonly headMs: number;
  /** From the request to the answer's end. Milliseconds. */
  readonly durationMs: number;
  readonly usage: Usage;
  /** On arrival. Tokens; of provisioned deployments normalised; 0 where it was not let in. */
  readonly charged: number;
  /** Takes the place of `charged` when the answer is whole; equal to it where nothing is settled. */
  readonly used: number;
}

export const NO_HEADERS: HeaderLookup = () => undefined;

/** Names and values in turn. */
function lookupIn(flat: readonly string[]): HeaderLookup {
  return (name) => {
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return flat[i + 1];
    return undefined;
  };
}

/** A Standard quota as it is shown. */
export interface Shown {
  readonly limits: StandardLimits;
  readonly left: { readonly tokens: number; readonly requests: number; readonly requestsOfSlice: number };
  /** Requests that a slice takes. */
  readonly perSlice: number;
}

export interface Refusal {
  readonly exceeded: 'tokens' | 'requests';
  readonly waitMs: number;
}

export function standardHeaders(spec: LabDeployment, draw: Draw, shown: Shown, refusal: Refusal | null): HeaderLookup {
  switch (spec.headers) {
    case 'none':
      return NO_HEADERS;
    case 'minusOne':
      return lookupIn(MINUS_ONE);
    case 'remaining':
    case 'full': {
      const flat = rateLimitHeaders(
        spec.headers === 'full' ? '2026' : '2024',
        spec.model,
        ...told(shown, draw),
        resets(refusal),
      );
      return lookupIn(refusal === null ? flat : [...flat, ...hints(refusal.waitMs, draw.hintsMs)]);
    }
  }
}

/** As was seen on 429 from November 2025 on: no hint at all (wire §4.1). */
const MINUS_ONE = [
  'x-ratelimit-limit-tokens',
  '-1',
  'x-ratelimit-remaining-tokens',
  '-1',
  'x-ratelimit-remaining-requests',
  '-1',
  'x-ratelimit-reset-tokens',
  '0',
];

function told({ limits, left, perSlice }: Shown, { limitRequestsOf }: Draw): [StandardLimits, Shown['left']] {
  if (limitRequestsOf === 'minute') return [limits, left];
  return [
    { ...limits, requestsPerMinute: perSlice },
    { ...left, requests: left.requestsOfSlice },
  ];
}

function resets(refusal: Refusal | null): { readonly tokensSeconds: number; readonly requestsSeconds: number } {
  const seconds = Math.ceil((refusal?.waitMs ?? 0) / 1000);
  return refusal?.exceeded === 'requests'
    ? { tokensSeconds: 0, requestsSeconds: seconds }
    : { tokensSeconds: seconds, requestsSeconds: 0 };
}

/** @param inMs whether milliseconds are told beside the whole seconds. */
function hints(waitMs: number, inMs: boolean): readonly string[] {
  const both = retryHeaders(waitMs);
  return inMs ? both : both.slice(0, 2);
}

/** @param waitMs of a refusal; null: it was let in. */
export function provisionedHeaders(spec: LabDeployment, utilisation: number, waitMs: number | null): HeaderLookup {
  if (spec.headers === 'none') return NO_HEADERS;
  const shown = spec.headers === 'minusOne' ? [UTILISATION, ''] : utilisationHeaders(utilisation);
  return lookupIn(waitMs === null ? shown : [...shown, ...retryHeaders(waitMs)]);
}

/** May be empty (wire §4.1). */
const UTILISATION = 'azure-openai-deployment-utilization';
