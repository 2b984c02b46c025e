/** What became of the requests that a client sent one way. A pure fold over what the client saw. */

export type Sight =
  | { readonly kind: 'sent'; readonly atMs: number }
  | { readonly kind: 'answered'; readonly atMs: number; readonly tookMs: number }
  /** 429. */
  | { readonly kind: 'refused'; readonly atMs: number }
  /** Any other error, or an answer that broke off. */
  | { readonly kind: 'failed'; readonly atMs: number; readonly why: string };

export interface Tally {
  readonly sent: number;
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  /** From sending to the end of each answer. Milliseconds. */
  readonly answerMs: readonly number[];
  /** When the first 429 came, from the start of the load; null where none did. */
  readonly firstRefusedMs: number | null;
  /** Why requests failed, each reason once, the first ones. */
  readonly failures: readonly string[];
}

export const NOTHING_SENT: Tally = {
  sent: 0,
  answered: 0,
  refused: 0,
  failed: 0,
  answerMs: [],
  firstRefusedMs: null,
  failures: [],
};

/** Reasons kept: enough to see what is wrong. */
const FAILURES_MAX = 3;

export function tally(before: Tally, sight: Sight): Tally {
  switch (sight.kind) {
    case 'sent':
      return { ...before, sent: before.sent + 1 };
    case 'answered':
      return { ...before, answered: before.answered + 1, answerMs: [...before.answerMs, sight.tookMs] };
    case 'refused':
      return { ...before, refused: before.refused + 1, firstRefusedMs: before.firstRefusedMs ?? sight.atMs };
    case 'failed':
      return { ...before, failed: before.failed + 1, failures: withReason(before.failures, sight.why) };
  }
}

/** Sent, and nothing heard of yet. */
export function waiting(of: Tally): number {
  return of.sent - of.answered - of.refused - of.failed;
}

/** null where there is nothing to take the middle of. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

function withReason(reasons: readonly string[], why: string): readonly string[] {
  return reasons.includes(why) || reasons.length >= FAILURES_MAX ? reasons : [...reasons, why];
}
