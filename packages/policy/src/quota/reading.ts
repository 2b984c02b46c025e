/**
 * What an answer's headers tell of the quota. Values that are not positive are "unknown" (-1 and 0 stand for it, wire §4.1), but
 * for `remaining-*`, where 0 is the news. Source: wire reference §3.4, §4.1, §6.4.
 */
import { durationMs, type HeaderLookup, type RetryHint, retryHint } from '@spillway/protocol';

export interface Reading {
  readonly status: number;
  /** After the present request was deducted; null where not told. */
  readonly remainingTokens: number | null;
  readonly remainingRequests: number | null;
  /** In force, which may be below what is configured; null where not told. Per minute. */
  readonly limitTokens: number | null;
  /** Per minute or per renewal period: unconfirmed (wire §11 no. 4). */
  readonly limitRequests: number | null;
  /** Length of the window in which each is counted; null where not told. Milliseconds. */
  readonly renewalTokensMs: number | null;
  readonly renewalRequestsMs: number | null;
  /** Until the limit that refused is free again; null where not told. Milliseconds. */
  readonly resetTokensMs: number | null;
  readonly resetRequestsMs: number | null;
  /** Of a provisioned deployment, this request's estimate included; 1 is 100 %; null where not told. */
  readonly utilisation: number | null;
  /** Of a 429: how long to wait; null where none is told, and for other answers. */
  readonly hint: RetryHint | null;
}

export const NO_READING: Reading = {
  status: 200,
  remainingTokens: null,
  remainingRequests: null,
  limitTokens: null,
  limitRequests: null,
  renewalTokensMs: null,
  renewalRequestsMs: null,
  resetTokensMs: null,
  resetRequestsMs: null,
  utilisation: null,
  hint: null,
};

export function readingOf(status: number, header: HeaderLookup, nowMs: number): Reading {
  return {
    status,
    remainingTokens: countOf(header('x-ratelimit-remaining-tokens'), 0),
    remainingRequests: countOf(header('x-ratelimit-remaining-requests'), 0),
    limitTokens: countOf(header('x-ratelimit-limit-tokens'), 1),
    limitRequests: countOf(header('x-ratelimit-limit-requests'), 1),
    renewalTokensMs: periodOf(header('x-ratelimit-renewalperiod-tokens')),
    renewalRequestsMs: periodOf(header('x-ratelimit-renewalperiod-requests')),
    resetTokensMs: resetOf(header('x-ratelimit-reset-tokens')),
    resetRequestsMs: resetOf(header('x-ratelimit-reset-requests')),
    utilisation: utilisationOf(header('azure-openai-deployment-utilization')),
    hint: status === 429 ? retryHint(header, nowMs) : null,
  };
}

const WHOLE = /^\d{1,15}$/;
/** More is granted to nobody (wire §6.1): it was not Azure that said so. Tokens, or requests. */
const COUNT_MAX = 1e9;
/** Longer windows are not known (wire §6.4): what counts over years would never open again. Seconds. */
const PERIOD_SECONDS_MAX = 3_600;
/** More counts as this much: each 1 is a minute or more until it has drained, and one answer must not close a deployment for days. */
const UTILISATION_MAX = 5;

function countOf(text: string | undefined, min: number, max = COUNT_MAX): number | null {
  if (text === undefined || !WHOLE.test(text)) return null;
  const count = Number(text);
  return count >= min && count <= max ? count : null;
}

/** Told in seconds. */
function periodOf(text: string | undefined): number | null {
  const seconds = countOf(text, 1, PERIOD_SECONDS_MAX);
  return seconds === null ? null : seconds * 1000;
}

function resetOf(text: string | undefined): number | null {
  return text === undefined ? null : (durationMs(text) ?? null);
}

const PERCENT = /^(\d{1,6}(?:\.\d{1,6})?) ?%?$/;

/** `1.6%`; may be empty, and above 100. */
function utilisationOf(text: string | undefined): number | null {
  const percent = text === undefined ? undefined : PERCENT.exec(text)?.[1];
  return percent === undefined ? null : Math.min(UTILISATION_MAX, Number(percent) / 100);
}
