/** What an attempt tells of the quotas that it reserved from: by the head of its answer, and by how it ended. */
import {
  judge,
  type Outcome,
  readingOf,
  readQuota,
  type Settlement,
  type States,
  settleQuota,
  unreachable,
} from '@spillway/policy';
import type { HeaderLookup, Usage } from '@spillway/protocol';
import type { Attempt } from '../exchange/attempt.ts';

/** Once for each attempt, when its head has come: what is left of the quota is known long before a stream has ended. */
export function readHead(states: States, attempt: Attempt, header: HeaderLookup, nowMs: number): void {
  const status = attempt.head?.status ?? 0;
  const isWell = status >= 200 && status < 300;
  if (!isWell && status < 400) return;
  if (!isWell && !isThrottled(status, header, nowMs)) return;
  const reading = readingOf(isWell ? status : 429, header, nowMs);
  readQuota(states, attempt.deployment, attempt.reservations, reading, nowMs, attempt.quotas);
}

/** A 424 may stand for a 429 (wire §3.2). */
function isThrottled(status: number, header: HeaderLookup, nowMs: number): boolean {
  return judge({ status, header, facts: null }, nowMs).kind === 'throttled';
}

/** Once for each attempt, when it has ended. */
export function settleQuotas(states: States, attempt: Attempt, usage: Usage, nowMs: number): void {
  const { deployment, reservations, quotas, record, wasSent } = attempt;
  const settlement = settlementOf(record.outcome, wasSent, usage);
  settleQuota(states, deployment, reservations, settlement, nowMs, quotas);
}

const REFUSED: Settlement = { kind: 'refused' };
const UNSENT: Settlement = { kind: 'unsent' };
const LOST: Settlement = { kind: 'lost' };

/** @param wasSent there was a connection, so that Azure may have counted the request. */
function settlementOf(outcome: Outcome, wasSent: boolean, usage: Usage): Settlement {
  switch (outcome.kind) {
    case 'answered':
      // Azure may count what it refuses as the client's fault, too (wire §6.2).
      return outcome.status < 400 ? { kind: 'served', usage } : LOST;
    case 'throttled':
      return REFUSED;
    case 'connectFailed':
    case 'noCredential':
    case 'malformed':
    // Turned away at the door, before anything was counted.
    case 'refused':
    case 'deploymentMissing':
      return UNSENT;
    case 'tooLong':
    case 'serverError':
    case 'requestTimeout':
    case 'broken':
    case 'firstByteTimeout':
    case 'idleTimeout':
    case 'totalTimeout':
    case 'cut':
    case 'stalled':
    case 'clientGone':
    case 'outpaced':
      return wasSent ? LOST : UNSENT;
    default:
      return unreachable(outcome);
  }
}
