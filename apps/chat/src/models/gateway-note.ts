/** What the gateway says of itself in `x-spillway-*` (design §7). Another gateway sends none of them, and works all the same. */
import type { GatewayEvent } from '../events.ts';

/** Longer ones are none of ours. Characters. */
const DECISION_CHARS_MAX = 8_192;

export function gatewayNote(headers: Headers): GatewayEvent {
  const decision = headers.get('x-spillway-decision');
  const told = decision !== null && decision.length <= DECISION_CHARS_MAX ? decision : null;
  return {
    requestId: headers.get('x-spillway-request-id'),
    deployment: headers.get('x-spillway-deployment'),
    attempts: wholeOf(headers.get('x-spillway-attempts')),
    decision: told,
    waitedMs: waitedOf(told),
  };
}

function wholeOf(text: string | null): number | null {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

function waitedOf(decision: string | null): number | null {
  if (decision === null) return null;
  try {
    const parsed: unknown = JSON.parse(decision);
    const isTold = typeof parsed === 'object' && parsed !== null && 'waitedMs' in parsed;
    return isTold && typeof parsed.waitedMs === 'number' ? parsed.waitedMs : null;
  } catch {
    return null;
  }
}

/** As `retry-after-ms`, or `retry-after` in seconds; null where neither is told. A date is not read: Azure sends none. */
export function retryAfterMs(headers: Headers): number | null {
  const ms = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(ms) && ms >= 0) return Math.ceil(ms);
  const seconds = Number.parseFloat(headers.get('retry-after') ?? '');
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1_000) : null;
}
