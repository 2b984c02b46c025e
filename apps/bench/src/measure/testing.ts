/** Calls for tests of what is counted. */
import type { CallResult } from '../drive/call.ts';

/** An answer of 100 tokens that took a second. */
export function call(of: Partial<CallResult> = {}): CallResult {
  const sentMs = of.sentMs ?? 0;
  const endMs = of.endMs ?? sentMs + 1_000;
  const status = of.status ?? 200;
  return {
    target: 0,
    phase: 'measure',
    intendedMs: sentMs,
    sentMs,
    headMs: sentMs + 50,
    firstContentMs: sentMs + 100,
    endMs,
    class: status === 429 ? 'throttled' : 'ok',
    status,
    errorCode: null,
    attempts: [{ sentMs, endMs, status, hintMs: null, waitedMs: 0 }],
    promptTokens: 500,
    completionTokens: 100,
    cachedTokens: 0,
    tokensFrom: 'usage',
    chunks: 10,
    gapsMs: [100, 100, 100, 100, 100, 100, 100, 100, 100],
    utilisation: null,
    quota: null,
    servedBy: null,
    spilledOver: false,
    ...of,
  };
}
