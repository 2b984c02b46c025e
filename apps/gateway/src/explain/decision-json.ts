/** The header `x-spillway-decision` for programs (`x-spillway-explain: json`): one line of JSON, ASCII, bounded. */
import { type Decision, type Outcome, passedOver, statusOf } from '@spillway/policy';
import type { Trail } from './trail.ts';

/** Whole header lines of 8 kB are refused by many. Characters. */
export const DECISION_JSON_CHARS_MAX = 2_048;
/** One takes `{"deployment":"a/b","outcome":"…","status":200}` at least. Deployments. */
const TOLD_MAX = Math.ceil(DECISION_JSON_CHARS_MAX / 40);

/** So far: the answer is about to begin. */
export interface SoFar {
  readonly requestId: string;
  readonly trail: Trail;
  /** The last one. */
  readonly decision: Decision | null;
  /** Ids, in turn. */
  readonly tried: readonly string[];
  readonly outcomes: readonly Outcome[];
}

/** Where there is too much to tell, the last deployments are left out, and `leftOut` counts them. */
export function decisionJson({ requestId, trail, decision: last, tried, outcomes }: SoFar): string {
  const tries = tried.map((deployment, i) => {
    const outcome = outcomes[i];
    return {
      deployment,
      outcome: outcome?.kind ?? 'pending',
      status: outcome === undefined ? null : statusOf(outcome),
    };
  });
  const others = (last === null ? [] : passedOver(last))
    .filter(({ reason }) => reason !== 'tried')
    .map(({ deployment, reason, untilMs }) => ({ deployment: deployment.id, reason, untilMs }));
  const { pool, waitedMs } = trail;
  const head = { requestId, pool, strategy: last?.strategy ?? null, waitedMs };
  const total = tries.length + others.length;
  // More than could ever fit are not even tried: each try writes all of them.
  for (let leftOut = Math.max(0, total - TOLD_MAX); leftOut <= total; leftOut++) {
    const kept = tries.slice(0, total - leftOut);
    const passed = others.slice(0, Math.max(0, others.length - leftOut));
    const line = asciiJson({ ...head, attempts: kept, passedOver: passed, leftOut });
    if (line.length <= DECISION_JSON_CHARS_MAX) return line;
  }
  return asciiJson({ requestId, leftOut: total });
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
