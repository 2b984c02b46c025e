/**
 * Where a sweep finds its limit: the fastest step that was carried, and the first that was not. A 429 is a limit; what fails or is left
 * unanswered besides tells of the server, and of no quota.
 */
import { stepAt } from '../load/arrivals.ts';
import type { Step } from '../spec.ts';
import type { SeriesPoint } from './report.ts';

/** Refused calls in a step from which on it was too fast. Share of those that ended. */
const REFUSED_SHARE = 0.01;
/** Of those sent: what is not answered piles up. */
const ANSWERED_SHARE = 0.8;
/** So many failures other than 429, where they are more than may be missing of a step, need no whole step: the server is gone. */
const FAILED_MIN = 10;

export interface StepResult {
  readonly perMinute: number;
  readonly answered: number;
  readonly refused: number;
  /** Ended otherwise, without an answer. */
  readonly failed: number;
  readonly sent: number;
}

/** refused: with 429. unanswered: failed otherwise, or piled up. */
export type KneeReason = 'refused' | 'unanswered';

export interface Knee {
  readonly steps: readonly StepResult[];
  /** Requests per minute of the last step that was carried; null: not even the first. */
  readonly carriedPerMinute: number | null;
  /** Of the first that was not; null: the sweep ended before. */
  readonly beyondPerMinute: number | null;
  /** What was seen there; null likewise. */
  readonly why: KneeReason | null;
}

/**
 * @param points of the measured part. @param beginsMs when the first step began, since the run began.
 * @param untilMs what is known: of a step that has not ended by then, answers are still to come.
 */
export function kneeOf(
  points: readonly SeriesPoint[],
  steps: readonly Step[],
  beginsMs: number,
  untilMs = Number.POSITIVE_INFINITY,
): Knee {
  const results = new Map<number, StepResult>();
  const add = (offsetMs: number, more: Partial<StepResult>): void => {
    const step = offsetMs < 0 ? null : stepAt(steps, offsetMs);
    if (step === null) return;
    const { perMinute } = step;
    const { answered, refused, failed, sent } = results.get(perMinute) ?? NOTHING;
    results.set(perMinute, {
      perMinute,
      answered: answered + (more.answered ?? 0),
      refused: refused + (more.refused ?? 0),
      failed: failed + (more.failed ?? 0),
      sent: sent + (more.sent ?? 0),
    });
  };
  // What takes much longer than at first is piled up, not slow by nature.
  const usual = points.find(({ e2eP50 }) => e2eP50 !== null)?.e2eP50 ?? 0;
  for (const { seconds, sent, answered, throttled, failed, e2eP50 } of points) {
    const offsetMs = seconds * 1_000 - beginsMs;
    add(offsetMs, { sent, refused: throttled, failed });
    // Points have answers when they came; they belong to the step in which they were asked.
    add(offsetMs - 1_000 * Math.min(e2eP50 ?? 0, 2 * usual), { answered });
  }
  const done = [...results.values()].filter(({ sent }) => sent > 0).toSorted((a, b) => a.perMinute - b.perMinute);
  const endedSteps = endedBy(steps, untilMs - beginsMs - 2_000 * usual);
  const reasons = done.map((step) => reasonOf(step, endedSteps.has(step.perMinute)));
  const first = reasons.findIndex((reason) => reason !== null);
  return {
    steps: done,
    carriedPerMinute: (first < 0 ? done.at(-1) : done[first - 1])?.perMinute ?? null,
    beyondPerMinute: done[first]?.perMinute ?? null,
    why: reasons[first] ?? null,
  };
}

const NOTHING = { answered: 0, refused: 0, failed: 0, sent: 0 };

/** Why a step was too much; null: it was carried, as far as is known. */
function reasonOf({ answered, refused, failed, sent }: StepResult, isWhole: boolean): KneeReason | null {
  if (refused > REFUSED_SHARE * (answered + refused)) return 'refused';
  if (failed >= FAILED_MIN && failed > (1 - ANSWERED_SHARE) * sent) return 'unanswered';
  return isWhole && answered < ANSWERED_SHARE * (sent - refused) ? 'unanswered' : null;
}

/** Rates of the steps that are over. */
function endedBy(steps: readonly Step[], offsetMs: number): ReadonlySet<number> {
  const rates = new Set<number>();
  let endMs = 0;
  for (const { perMinute, forMs } of steps) {
    endMs += forMs;
    if (endMs <= offsetMs) rates.add(perMinute);
  }
  return rates;
}
