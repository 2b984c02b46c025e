/**
 * The gateway's routing decisions, gathered into a story that fits a few lines: attempts of the same fate in a row become one.
 * They are told when they end, but the story goes by when they began: an answer may still come from a resource that has
 * refused a later request meanwhile.
 */

export interface AttemptSeen {
  /** When it began, from the start of the load. Milliseconds. */
  readonly startedMs: number;
  readonly backend: string;
  readonly url: string;
  /** `200`, `429`, or a word where no answer came. */
  readonly fate: string;
  /** How long a 429 asked to wait. Milliseconds; null where it did not say, or was none. */
  readonly waitMs: number | null;
}

/** Attempts in a row on one backend with one fate. */
export interface DecisionRow extends AttemptSeen {
  readonly lastStartedMs: number;
  readonly count: number;
}

/** Rows kept; the oldest make room. */
export const DECISION_ROWS_MAX = 50;
/** After such a pause a new row begins. Milliseconds. */
const PAUSE_MS = 5_000;

/** @param rows by `startedMs`. */
export function addDecision(rows: readonly DecisionRow[], seen: AttemptSeen): readonly DecisionRow[] {
  const at = rows.findLastIndex((row) => row.startedMs <= seen.startedMs);
  const row = rows[at];
  if (row !== undefined && joins(row, seen)) return rows.with(at, { ...row, ...grown(row, seen) });
  const added = { ...seen, lastStartedMs: seen.startedMs, count: 1 };
  return rows.toSpliced(at + 1, 0, added).slice(-DECISION_ROWS_MAX);
}

function joins(row: DecisionRow, seen: AttemptSeen): boolean {
  const alike = row.backend === seen.backend && row.url === seen.url && row.fate === seen.fate;
  return alike && seen.startedMs - row.lastStartedMs < PAUSE_MS;
}

function grown(row: DecisionRow, seen: AttemptSeen) {
  return { count: row.count + 1, lastStartedMs: Math.max(row.lastStartedMs, seen.startedMs) };
}
